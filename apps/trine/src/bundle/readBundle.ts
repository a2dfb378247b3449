import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { StoreStep } from '@trine/node'
import { UserError } from '../userError.ts'
import type { StoreHeads } from './recentSteps.ts'
import { readStep, readStoreText } from './storeText.ts'

/** Of a bundle, unpacked. */
const MOST_BYTES = 1 << 29
const GZIP = 0x1f8b
const FIRST_LINE = '{"part":"about"'

/** What a bundle has for a replay. */
export type BundledStore = {
  /** Node and reason, as the bundle says. */
  readonly name: string
  readonly detail: string
  /** Where the node was. */
  readonly heads: StoreHeads
  /** An anchor first. */
  readonly steps: readonly StoreStep[]
}

/** Reads a bundle; undefined when the file is none. Throws UserError, with file and line, for one that is damaged. */
export function readBundle(path: string): BundledStore | undefined {
  const first = firstBytes(path)
  const isPacked = first.length > 1 && first.readUInt16BE(0) === GZIP
  if (!isPacked && first.toString() !== FIRST_LINE) return undefined
  let text: string
  try {
    const content = readFileSync(path)
    text = (isPacked ? gunzipSync(content, { maxOutputLength: MOST_BYTES }) : content).toString()
  } catch (error) {
    throw new UserError(`${path}: expected a whole bundle (${(error as Error).message})`)
  }
  return parseBundle(path, text.split('\n'))
}

/** None of a file that cannot be read: whoever reads journals tells of it. */
function firstBytes(path: string): Buffer {
  const buffer = Buffer.alloc(FIRST_LINE.length)
  try {
    const file = openSync(path, 'r')
    try {
      return buffer.subarray(0, readSync(file, buffer))
    } finally {
      closeSync(file)
    }
  } catch {
    return buffer.subarray(0, 0)
  }
}

function parseBundle(path: string, lines: readonly string[]): BundledStore {
  let about: Readonly<Record<string, unknown>> = {}
  let store: ReturnType<typeof readStoreText> | undefined
  const steps: StoreStep[] = []
  const readLine = (text: string) => {
    const line = JSON.parse(text) as Readonly<Record<string, unknown>> | null
    if (line?.['part'] === 'about') about = line
    if (line?.['part'] === 'store') store = readStoreText(line)
    if (line?.['part'] === 'step') steps.push(readStep(line))
  }
  for (const [index, line] of lines.entries()) {
    try {
      if (line !== '') readLine(line)
    } catch (error) {
      throw new UserError(`${path}:${index + 1}: ${(error as Error).message.split('\n')[0]}`)
    }
  }
  if (store === undefined) throw new UserError(`${path}: expected a bundle with a line "store", found none`)
  const { anchor, text } = store
  if (steps.length !== text.steps) {
    throw new UserError(`${path}: expected ${text.steps} lines "step", found ${steps.length}`)
  }
  const { name, detail } = about
  return {
    name: String(name),
    detail: String(detail),
    heads: text.heads,
    steps: [{ type: 'anchor', anchor }, ...steps],
  }
}
