import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import type { JournalEntry } from './journal.ts'
import type { Message } from './message.ts'
import { OpenReply } from './reply.ts'

/**
 * A journal entry as one line of JSON. What JSON has no word for becomes an object with one field: bytes
 * `{"$bytes": hex}`, a bigint `{"$bigint": decimal}`, a reply `{"$reply": true}`, an instance of a class, which no
 * message should hold, `{"$opaque": name}`.
 */
export function encodeJournalEntry(entry: JournalEntry): string {
  return JSON.stringify(entry, function (this: Record<string, unknown>, key) {
    // Not the value that is passed: a Buffer would already have turned itself into something else.
    return encodeValue(this[key])
  })
}

export type JournalDecodeError = { readonly code: 'BAD_JOURNAL_ENTRY'; readonly message: string }

/** Reads a line back; replies come back open and lead nowhere. */
export function decodeJournalEntry(
  line: string,
):
  | { readonly ok: true; readonly value: JournalEntry }
  | { readonly ok: false; readonly error: JournalDecodeError } {
  let entry: Partial<JournalEntry> | null
  try {
    entry = JSON.parse(line, (_key, value: unknown) => decodeValue(value)) as Partial<JournalEntry> | null
  } catch (error) {
    return bad(`expected a line of JSON: ${(error as Error).message}`)
  }
  if (typeof entry !== 'object' || entry === null) return bad(`expected an object, got ${line.slice(0, 40)}`)
  const { sequence, time, monotonic = time, actor, message } = entry
  if (typeof sequence !== 'number') return bad(`sequence: expected a number, got ${JSON.stringify(sequence)}`)
  if (typeof time !== 'number') return bad(`time: expected a number, got ${JSON.stringify(time)}`)
  if (typeof monotonic !== 'number') {
    return bad(`monotonic: expected a number, got ${JSON.stringify(monotonic)}`)
  }
  if (typeof actor !== 'string') return bad(`actor: expected a text, got ${JSON.stringify(actor)}`)
  if (typeof (message as Message | undefined)?.type !== 'string') {
    return bad('message.type: expected a text, found none')
  }
  return { ok: true, value: { sequence, time, monotonic, actor, message: message as Message } }
}

function bad(message: string): { readonly ok: false; readonly error: JournalDecodeError } {
  return { ok: false, error: { code: 'BAD_JOURNAL_ENTRY', message } }
}

function encodeValue(value: unknown): unknown {
  if (typeof value === 'bigint') return { $bigint: value.toString() }
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return { $bytes: bytesToHex(value) }
  if (value instanceof OpenReply) return { $reply: true }
  const prototype = Object.getPrototypeOf(value) as object | null
  if (Array.isArray(value) || prototype === Object.prototype || prototype === null) return value
  return { $opaque: prototype.constructor.name }
}

function decodeValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const { $bytes, $bigint, $reply } = value as Record<string, unknown>
  if (typeof $bytes === 'string') return hexToBytes($bytes)
  if (typeof $bigint === 'string') return BigInt($bigint)
  if ($reply === true) return new OpenReply(() => {})
  return value
}
