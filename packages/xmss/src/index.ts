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
export type { KeyError, KeyErrorCode } from './keys/error.ts'
export {
  decodeKeyFile,
  encodeKeyFile,
  isKeyFile,
  type KeyFileLock,
  type OpenedKey,
  readKeyFileHeader,
} from './keys/keyFile.ts'
export type { KeyFileEncryption, KeyFileHeader } from './keys/keyFileHeader.ts'
export { detectSecretKeyFormat, openSecretKey, type SecretKeyFormat } from './keys/openSecretKey.ts'
export { DEFAULT_SCRYPT_COST, Passphrase, type ScryptCost } from './keys/passphrase.ts'
export {
  decodePublicKey,
  decodePublicKeyJson,
  encodePublicKey,
  encodePublicKeyJson,
  encodePublicKeyMontgomery,
  publicKeyFromHex,
  publicKeyToHex,
} from './keys/publicKey.ts'
export { decodeSecretKeyJson, encodeSecretKeyJson } from './keys/secretKeyJson.ts'
export { decodeSecretKeySsz, encodeSecretKeySsz } from './keys/secretKeySsz.ts'
export { publicKeyOf } from './keys/shape.ts'
export { type VerifiedKey, verifySecretKey } from './keys/verifySecretKey.ts'
export { createInlinePool } from './pool/inline.ts'
export type { PoolOptions } from './pool/pool.ts'
export type {
  BottomTreeRequest,
  Job,
  JobError,
  JobErrorCode,
  JobId,
  KeyGenerator,
  KeyRequest,
  PoolStatus,
  SignaturePool,
  Signer,
  SignRequest,
  Submission,
  Verifier,
  VerifyItem,
} from './ports.ts'
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
