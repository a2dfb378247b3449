/**
 * Inputs of the PRF (leanSpec xmss/prf.py): SHAKE128(separator | kind | key | epoch | ...), whose output, read as
 * big-endian integers modulo P, gives elements. All integers in the input are big-endian.
 */

const SEPARATOR = [
  0xae, 0xae, 0x22, 0xff, 0x00, 0x01, 0xfa, 0xff, 0x21, 0xaf, 0x12, 0x00, 0x01, 0x11, 0xff, 0x00,
]
const CHAIN_START = 0
const RANDOMNESS = 1

/** The start of a chain: key | epoch (4 bytes) | chain index (8 bytes). Gives HASH_LENGTH elements. */
export function chainStartInput(prfKey: Uint8Array, epoch: number, chain: number): Uint8Array {
  return concatenate([CHAIN_START], prfKey, bigEndian(epoch, 4), bigEndian(chain, 8))
}

/** Randomness of a signing attempt: key | epoch | message | counter (8 bytes). Gives RANDOMNESS_LENGTH elements. */
export function randomnessInput(
  prfKey: Uint8Array,
  epoch: number,
  message: Uint8Array,
  counter: number,
): Uint8Array {
  return concatenate([RANDOMNESS], prfKey, bigEndian(epoch, 4), message, bigEndian(counter, 8))
}

function concatenate(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const all = [SEPARATOR, ...parts]
  const bytes = new Uint8Array(all.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of all) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

function bigEndian(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, index) => Math.floor(value / 256 ** (bytes - 1 - index)) % 256)
}
