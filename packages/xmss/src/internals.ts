/**
 * The parts under the scheme, for conformance runs, tests and benchmarks. No stable interface: programs use the package
 * itself.
 */
export { messageDigits, writeChainTweak, writeMessageTweak, writeTreeTweak } from './baseP.ts'
export { encoderFor } from './encoder.ts'
export type { Engine, Opening } from './engine/engine.ts'
export { createSimdEngine } from './engine/engines.ts'
export { PlainEngine } from './engine/plain.ts'
export { RawKernels } from './engine/rawKernels.ts'
export {
  addElements,
  areElements,
  elementFromBigEndian,
  multiplyElements,
  P,
  subtractElements,
} from './field.ts'
export { Hypercube } from './hypercube.ts'
export { MESSAGE_INPUT_LENGTH, messageInput } from './messageHash.ts'
export { compress, domainSeparator, sponge } from './poseidon2/modes.ts'
export { externalLayer, internalLayer, permute } from './poseidon2/permute.ts'
export { roundConstants, type Width } from './poseidon2/roundConstants.ts'
export { type Encoding, findEncoding } from './sign.ts'
