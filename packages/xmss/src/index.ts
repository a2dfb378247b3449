export { advancePreparation, moveWindow, nextBottomTreeIndex } from './advancePreparation.ts'
export { HASH_LENGTH, MESSAGE_BYTES, PARAMETER_LENGTH, PUBLIC_KEY_BYTES } from './constants.ts'
export { activeRange, bottomTreeRange, isEpoch, preparedRange } from './epochs.ts'
export type { XmssError, XmssErrorCode } from './error.ts'
export {
  computeBottomTree,
  finishKey,
  type KeyGenOptions,
  type KeyPlan,
  keyGen,
  planKey,
  type WorkOptions,
} from './keyGen.ts'
export { failure, type Result, success } from './result.ts'
export { devnet, production, schemes, test } from './schemes.ts'
export { SEED_BYTES } from './seed.ts'
export { sign } from './sign.ts'
export {
  decodeSignature,
  encodeSignature,
  type SignatureDecodeError,
  type SignatureDecodeErrorCode,
  type SignatureEncoding,
  signatureBytes,
} from './signatureEncoding.ts'
export { buildBottomTree, buildTopTree, computeLeaves, rootOf } from './trees.ts'
export type {
  EpochRange,
  KeyPair,
  PrfBytesPerElement,
  PublicKey,
  RoundConstantOrder,
  Scheme,
  SecretKey,
  Signature,
  SubTree,
  TreeLayer,
} from './types.ts'
export { type SignedMessage, verify, verifyBatch } from './verify.ts'
