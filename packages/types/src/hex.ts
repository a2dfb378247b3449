/** A 32-byte root as text: `0x` and 64 lowercase hex digits. The key of maps. */
export type RootHex = string

const DIGITS = new TextEncoder().encode('0123456789abcdef')
const ascii = new TextDecoder()
/** For the text of a root, which is what is nearly always asked for. */
const rootText = new TextEncoder().encode(`0x${'0'.repeat(64)}`)

/**
 * Bytes as `0x` and lowercase hex digits. By way of a decoder, because a text put together digit by digit is a chain of
 * pieces that costs twice as much by the time it is the key of a map.
 */
export function toHex(bytes: Uint8Array): string {
  let text = rootText
  if (bytes.length !== 32) {
    text = new Uint8Array(2 + 2 * bytes.length)
    text.set(rootText.subarray(0, 2))
  }
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index]!
    text[2 + 2 * index] = DIGITS[byte >>> 4]!
    text[3 + 2 * index] = DIGITS[byte & 15]!
  }
  return ascii.decode(text)
}

const NOT_A_DIGIT = 0x100

/** Value of a hex digit by its character code. */
const HEX_DIGITS = Uint16Array.from({ length: 128 }, (_, code) => {
  const text = String.fromCharCode(code)
  return /[0-9a-fA-F]/.test(text) ? Number.parseInt(text, 16) : NOT_A_DIGIT
})

/** The bytes of a hex string, `0x` optional; undefined when the text is not an even number of hex digits. */
export function fromHex(text: string): Uint8Array | undefined {
  const start = text.startsWith('0x') ? 2 : 0
  if (text.length % 2 !== 0) return undefined
  const bytes = new Uint8Array((text.length - start) / 2)
  for (let index = 0; index < bytes.length; index++) {
    const high = HEX_DIGITS[text.charCodeAt(start + 2 * index)] ?? NOT_A_DIGIT
    const low = HEX_DIGITS[text.charCodeAt(start + 2 * index + 1)] ?? NOT_A_DIGIT
    if ((high | low) >= NOT_A_DIGIT) return undefined
    bytes[index] = (high << 4) | low
  }
  return bytes
}

/** The 32 bytes of a root. Throws when the text is none, which that of a `RootHex` inside the node always is. */
export function rootBytes(root: RootHex): Uint8Array {
  const bytes = fromHex(root)
  if (bytes?.length !== 32) throw new RangeError(`expected a root of 32 bytes in hex, got "${root}"`)
  return bytes
}

/** Whether two byte strings are the same. */
export function bytesEqual(left: Uint8Array, right: Uint8Array): boolean {
  if (left === right) return true
  if (left.length !== right.length) return false
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false
  return true
}

/** The all-zero root. Never write to it. */
export const ZERO_ROOT: Uint8Array = new Uint8Array(32)

export const ZERO_ROOT_HEX: RootHex = toHex(ZERO_ROOT)
