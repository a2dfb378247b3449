import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Journal } from './journal.ts'
import { OpenReply } from './reply.ts'

/** Longer texts and byte strings stand in the trace as their hashes, which are kept as long as the object lives. */
const LONGEST_IN_FULL = 128

/** Characters collected before they are hashed. */
const HASH_AT = 1 << 16

export type TraceDigest = Journal & {
  readonly messages: number
  /** SHA-256, as hex, over all messages so far with their times and actors. */
  digest(): string
}

/** A journal that keeps nothing but a digest: two runs with the same digest handled the same messages in the same order. */
export function createTraceDigest(): TraceDigest {
  const hash = sha256.create()
  const texts = new WeakMap<object, string>()
  let text = ''
  let messages = 0
  const flush = () => {
    hash.update(utf8ToBytes(text))
    text = ''
  }
  return {
    get messages() {
      return messages
    },
    record(time, actor, message) {
      text += `${time} ${actor} ${fieldsOf(message, texts)}\n`
      messages += 1
      if (text.length >= HASH_AT) flush()
    },
    digest() {
      flush()
      return bytesToHex(hash.clone().digest())
    },
  }
}

function textOf(value: unknown, texts: WeakMap<object, string>): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object' || value === null) return String(value)
  if (value instanceof OpenReply) return 'reply'
  const known = texts.get(value)
  if (known !== undefined) return known
  const text = value instanceof Uint8Array ? textOfBytes(value) : textOfObject(value, texts)
  if (text.length > LONGEST_IN_FULL / 2) texts.set(value, text)
  return text
}

function textOfBytes(bytes: Uint8Array): string {
  return bytes.length * 2 > LONGEST_IN_FULL
    ? `bytes#${bytesToHex(sha256(bytes))}`
    : `bytes ${bytesToHex(bytes)}`
}

function textOfObject(value: object, texts: WeakMap<object, string>): string {
  const text = Array.isArray(value)
    ? `[${value.map((item) => textOf(item, texts)).join()}]`
    : fieldsOf(value, texts)
  return text.length > LONGEST_IN_FULL ? `object#${bytesToHex(sha256(utf8ToBytes(text)))}` : text
}

/** Sorted by name, so that the order in which a message was put together does not count. */
function fieldsOf(value: object, texts: WeakMap<object, string>): string {
  const fields = value as Record<string, unknown>
  let text = '{'
  for (const name of Object.keys(fields).sort()) text += `${name}:${textOf(fields[name], texts)},`
  return `${text}}`
}
