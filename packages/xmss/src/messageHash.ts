import { messageDigits, writeMessageTweak } from './baseP.ts'
import { PARAMETER_LENGTH, RANDOMNESS_LENGTH, TWEAK_LENGTH } from './constants.ts'

/** Words of a width-24 state. */
export const MESSAGE_INPUT_LENGTH = 24

const PARAMETER_AT = RANDOMNESS_LENGTH
const TWEAK_AT = PARAMETER_AT + PARAMETER_LENGTH
const MESSAGE_AT = TWEAK_AT + TWEAK_LENGTH

/**
 * The input of the message hash without its randomness (leanSpec xmss/message_hash.py): rho 7 (left as zeros) |
 * parameter 5 | epoch tweak 2 | message 9 | iteration number 0.
 */
export function messageInput(parameter: Uint32Array, epoch: number, message: Uint8Array): Uint32Array {
  const input = new Uint32Array(MESSAGE_INPUT_LENGTH)
  input.set(parameter, PARAMETER_AT)
  writeMessageTweak(epoch, input, TWEAK_AT)
  input.set(messageDigits(message), MESSAGE_AT)
  return input
}
