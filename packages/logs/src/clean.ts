import type { FieldValue } from './line.ts'

/** Longest text of a field; what peers send can be any length. */
const LONGEST = 400

/** Control characters, line separators, and what turns the direction of text around. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g

/** Names of fields whose values are nobody's business. */
const SECRET = /pass(word|phrase)|secret|token|private_?key|priv_?key|node_?key|mnemonic|seed/i

/** Text that is safe on a terminal and in a file: one line, nothing but what is seen, not too long. */
export function cleanText(text: string): string {
  const short = text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}... (${text.length} characters)`
  return short.replace(UNPRINTABLE, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/** Fields as they may be written: texts cleaned, secrets hidden, nothing undefined, nothing but plain values. */
export function cleanFields(
  fields: Readonly<Record<string, FieldValue>>,
): Record<string, string | number | boolean> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(
    entries.map(([name, value]) => {
      if (SECRET.test(name)) return [name, '[hidden]']
      if (typeof value === 'number' || typeof value === 'boolean') return [name, value]
      return [name, typeof value === 'string' ? cleanText(value) : '[not shown]']
    }),
  )
}
