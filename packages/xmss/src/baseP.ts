import { MESSAGE_LENGTH } from './constants.ts'
import { P } from './field.ts'

/** Numbers as digits in base P, lowest first (leanSpec xmss/utils.py, int_to_base_p). */

/** Two digits of a number below 2^53. */
export function writeNumber(number: number, output: Uint32Array, at: number): void {
  output[at] = number % P
  output[at + 1] = Math.floor(number / P)
}

/** The tweak of step 1 .. base - 1 of a chain: epoch << 24 | chain << 16 | step << 8, up to 56 bits. */
export function writeChainTweak(
  epoch: number,
  chain: number,
  step: number,
  output: Uint32Array,
  at: number,
): void {
  // Above 2^53 in one number: the low byte is 0, so count in units of 2^8 and divide by hand.
  const upper = Math.floor(epoch / 256)
  const lower = ((epoch % 256) * 2 ** 24 + chain * 2 ** 16 + step * 2 ** 8) % 2 ** 32
  writeWide(upper, lower, output, at)
}

/** The tweak of a tree node: level << 40 | index << 8 | 1, up to 46 bits. Leaves are level 0. */
export function writeTreeTweak(level: number, index: number, output: Uint32Array, at: number): void {
  writeNumber(level * 2 ** 40 + index * 2 ** 8 + 1, output, at)
}

/** The tweak of the message hash: epoch << 8 | 2. */
export function writeMessageTweak(epoch: number, output: Uint32Array, at: number): void {
  writeNumber(epoch * 2 ** 8 + 2, output, at)
}

/** upper * 2^32 + lower, whose quotient by P fits a digit. */
function writeWide(upper: number, lower: number, output: Uint32Array, at: number): void {
  // 2^32 = 2 * P + 2^25 - 2.
  const rest = upper * (2 ** 25 - 2) + lower
  output[at] = rest % P
  output[at + 1] = 2 * upper + Math.floor(rest / P)
}

/** A 32-byte message as 9 digits of the little-endian integer it is. */
export function messageDigits(message: Uint8Array): Uint32Array {
  const limbs = new Float64Array(message.length / 2)
  for (let index = 0; index < limbs.length; index++)
    limbs[index] = message[2 * index]! + 256 * message[2 * index + 1]!
  const digits = new Uint32Array(MESSAGE_LENGTH)
  for (let digit = 0; digit < MESSAGE_LENGTH; digit++) {
    let remainder = 0
    for (let index = limbs.length - 1; index >= 0; index--) {
      const value = remainder * 65536 + limbs[index]!
      const quotient = Math.floor(value / P)
      limbs[index] = quotient
      remainder = value - quotient * P
    }
    digits[digit] = remainder
  }
  return digits
}

/** Any non-negative integer as `length` digits, for values made once. */
export function digitsOf(value: bigint, length: number): Uint32Array {
  const digits = new Uint32Array(length)
  for (let index = 0, rest = value; index < length; index++, rest /= BigInt(P))
    digits[index] = Number(rest % BigInt(P))
  return digits
}
