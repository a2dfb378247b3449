import { checkSettings, refuseSettings, type SettingsResult } from '@trine/settings'
import { type Document, isScalar, parseDocument, visit } from 'yaml'
import type { z } from 'zod'

/** Longest file of a network that is read, in bytes: those of 4096 validators take 0.7 MB. */
export const MAX_FILE_BYTES = 1024 * 1024

/** Brackets within brackets, of which YAML's reader takes its time to say that they are too many. */
const MAX_DEPTH = 64

/**
 * Reads YAML with the failsafe schema, in which every scalar is text, and checks it: an unquoted `0x4b3c` or `1234e567`
 * would be a number otherwise. Any text gives a value or one refusal, never an exception.
 */
export function parseFile<T>(text: string, schema: z.ZodType<T>): SettingsResult<T> {
  if (text.length > MAX_FILE_BYTES) {
    const message = `expected at most ${MAX_FILE_BYTES} characters, got ${text.length}`
    return refuseSettings('invalid-yaml', '', message)
  }
  let content: unknown
  try {
    if (isTooDeep(text)) throw new Error(`more than ${MAX_DEPTH} brackets are open`)
    // The library compares each key with all others, which takes minutes where there are many.
    const document = parseDocument(text, { schema: 'failsafe', logLevel: 'error', uniqueKeys: false })
    if (document.errors[0]) throw document.errors[0]
    checkKeys(document)
    content = document.toJS()
  } catch (error) {
    const message = (error as Error).message.split('\n')[0] ?? ''
    return refuseSettings('invalid-yaml', '', `expected YAML: ${message.replace(/:$/, '')}`)
  }
  return checkSettings(content, schema)
}

function isTooDeep(text: string): boolean {
  let depth = 0
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1
    if (depth > MAX_DEPTH) return true
  }
  return false
}

function checkKeys(document: Document): void {
  visit(document, {
    Map: (_, { items }) => {
      const keys = new Set<unknown>()
      for (const { key } of items) {
        const name = isScalar(key) ? key.value : key
        if (keys.has(name)) throw new Error(`the key ${JSON.stringify(name)} stands twice in a mapping`)
        keys.add(name)
      }
    },
  })
}
