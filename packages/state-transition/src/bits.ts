/** `count` bits from bit `start` of `source`, least significant first, moved to the beginning of new bytes. */
export function copyBits(source: Uint8Array, start: number, count: number): Uint8Array {
  const target = new Uint8Array(Math.ceil(count / 8))
  const firstByte = start >>> 3
  const shift = start & 7
  for (let index = 0; index < target.length; index++) {
    const low = (source[firstByte + index] ?? 0) >>> shift
    const high = shift === 0 ? 0 : (source[firstByte + index + 1] ?? 0) << (8 - shift)
    target[index] = low | high
  }
  const spare = 8 * target.length - count
  if (spare > 0) target[target.length - 1]! &= 0xff >>> spare
  return target
}

/** Writes bits into `target` from bit `start` on; the bits there must be zero. */
export function orBits(target: Uint8Array, start: number, bits: Uint8Array): void {
  const firstByte = start >>> 3
  const shift = start & 7
  for (let index = 0; index < bits.length; index++) {
    const byte = bits[index]!
    target[firstByte + index]! |= byte << shift
    const carry = byte >>> (8 - shift)
    if (shift > 0 && carry > 0) target[firstByte + index + 1]! |= carry
  }
}

/** How many bits are set. */
export function countBits(bytes: Uint8Array): number {
  let count = 0
  for (let byte of bytes) {
    for (; byte > 0; byte &= byte - 1) count += 1
  }
  return count
}
