/** A 32-byte root as text: `0x` and 64 lowercase hex digits. The key of maps. */
export type RootHex = string

const HEX_BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Bytes as `0x` and lowercase hex digits. */
export function toHex(bytes: Uint8Array): string {
  let text = '0x'
  for (let index = 0; index < bytes.length; index++) text += HEX_BYTES[bytes[index]!]
  return text
}

/** The bytes of a hex string, `0x` optional; undefined when the text is not an even number of hex digits. */
export function fromHex(text: string): Uint8Array | undefined {
  const digits = text.startsWith('0x') ? text.slice(2) : text
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) return undefined
  const bytes = new Uint8Array(digits.length / 2)
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16)
  }
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
