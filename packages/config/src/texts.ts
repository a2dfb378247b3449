import { fromHex } from '@trine/types'
import { z } from 'zod'

/** Schemas for scalars that arrive as text; every message completes the sentence "expected ...". */

type Reading<T> = {
  readonly expected: string
  readonly isSecret?: boolean
  readonly read: (text: string) => T | undefined
}

/** A text that `read` makes a value of; undefined refuses it. A secret is not shown when it is refused. */
export function textOf<T>({ expected, isSecret = false, read }: Reading<T>) {
  return z.unknown().transform((text, context): T => {
    const value = typeof text === 'string' ? read(text) : undefined
    if (value !== undefined) return value
    context.addIssue({ code: 'custom', message: expected, params: { isSecret }, input: text })
    return z.NEVER
  })
}

export function wholeNumberText(min: number, max: number, what = 'a whole number') {
  return textOf({
    expected: `${what} from ${min} to ${max}`,
    read: (text) => {
      const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
      return value >= min && value <= max ? value : undefined
    },
  })
}

export function portText() {
  return wholeNumberText(0, 65_535, 'a port')
}

/** Unix time in seconds; the limit, in the year 3058, tells it from milliseconds. */
export function unixTimeText() {
  return wholeNumberText(0, 2 ** 35, 'a Unix time in seconds')
}

/** Bytes in hex, `0x` or not. */
export function hexText(length: number, what: string) {
  return textOf({ expected: `${what}: ${length} bytes in hex`, read: (text) => hexOf(text, length) })
}

const SECP256K1_ORDER = 'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141'

/** A secret key of secp256k1: 32 bytes in hex, `0x` or not. */
export function nodeKeyText() {
  return textOf({
    expected: 'a secp256k1 secret key: 64 hex digits',
    isSecret: true,
    read: (text) => {
      const bytes = hexOf(text, 32)
      const digits = text.replace(/^0x/, '').toLowerCase()
      return bytes && /[^0]/.test(digits) && digits < SECP256K1_ORDER ? bytes : undefined
    },
  })
}

function hexOf(text: string, length: number): Uint8Array | undefined {
  const bytes = /^(0x)?[0-9a-fA-F]+$/.test(text) ? fromHex(text) : undefined
  return bytes?.length === length ? bytes : undefined
}

/** Name of a node, which is also that of its key file. */
export function nodeNameText() {
  return textOf({
    expected: 'a name of at most 64 letters, digits, "_", "." and "-"',
    read: (text) => (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(text) ? text : undefined),
  })
}

export function ipText() {
  const schema = z.union([z.ipv4(), z.ipv6()])
  return textOf({ expected: 'an IP address', read: (text) => schema.safeParse(text).data })
}

/** Name of a file in the same folder. */
export function fileNameText(what: string) {
  return textOf({
    expected: `the name of ${what}`,
    read: (text) => (/^[^/\\\0]{1,255}$/.test(text) && text !== '.' && text !== '..' ? text : undefined),
  })
}

/** An object of which only these fields matter; others are what other clients read. */
export function fieldsAmongOthers<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object(shape, { error: `a mapping with ${Object.keys(shape).join(', ')}` })
}

/** A list of at most 4096 items, the protocol's limit of validators. */
export function items<Item extends z.ZodType>(item: Item, what: string) {
  const error = `a list of at most 4096 ${what}`
  return z.array(item, { error }).max(4096, { error })
}
