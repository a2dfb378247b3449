type Outcome<Value> = { ok: true; value: Value } | { ok: false; error: { code: string; message: string } }

export function expectValue<Value>(outcome: Outcome<Value>): Value {
  if (!outcome.ok) throw new Error(`${outcome.error.code}: ${outcome.error.message}`)
  return outcome.value
}

/** Bytes that snappy cannot make shorter, the same for the same length. */
export function incompressible(length: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4))
  let word = length + 1
  for (let index = 0; index < words.length; index++) {
    word ^= word << 13
    word ^= word >>> 17
    word ^= word << 5
    words[index] = word
  }
  return new Uint8Array(words.buffer, 0, length)
}
