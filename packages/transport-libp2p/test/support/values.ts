import { sha256 } from '@noble/hashes/sha2.js'

type Outcome<Value> = { ok: true; value: Value } | { ok: false; error: { code: string; message: string } }

export function expectValue<Value>(outcome: Outcome<Value>): Value {
  if (!outcome.ok) throw new Error(`${outcome.error.code}: ${outcome.error.message}`)
  return outcome.value
}

/** Bytes that snappy cannot make shorter, the same for the same length. */
export function incompressible(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let block = sha256(Uint8Array.of(length & 255, (length >> 8) & 255, length >> 16))
  for (let offset = 0; offset < length; offset += block.length) {
    block = sha256(block)
    bytes.set(block.subarray(0, Math.min(block.length, length - offset)), offset)
  }
  return bytes
}
