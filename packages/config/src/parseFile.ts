import { checkSettings, refuseSettings, type SettingsResult } from '@trine/settings'
import { parseDocument } from 'yaml'
import type { z } from 'zod'

/** Longest file of a network that is read, in bytes: 4096 validators with keys take less than 1 MB. */
export const MAX_FILE_BYTES = 4 * 1024 * 1024

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
    const document = parseDocument(text, { schema: 'failsafe', logLevel: 'error' })
    if (document.errors[0]) throw document.errors[0]
    content = document.toJS()
  } catch (error) {
    const message = (error as Error).message.split('\n')[0] ?? ''
    return refuseSettings('invalid-yaml', '', `expected YAML: ${message.replace(/:$/, '')}`)
  }
  return checkSettings(content, schema)
}
