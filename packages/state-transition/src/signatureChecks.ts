import {
  attestationType,
  failure,
  type Result,
  type SignedAttestation,
  type SignedBlockWithAttestation,
  type Slot,
  type State,
  success,
  type Uint64,
  type ValidatorIndex,
} from '@trine/types'

/** One signature to be verified; the verifier knows the network's encoding. */
export type SignatureCheck = {
  readonly validatorIndex: ValidatorIndex
  /** 52 bytes, from the registry. */
  readonly publicKey: Uint8Array
  /** The slot of the vote: below 2^32, where keys have their epochs. */
  readonly epoch: Slot
  /** Hash tree root of the attestation. */
  readonly message: Uint8Array
  readonly signature: Uint8Array
}

/** Why signatures need not even be looked at. */
export type SignatureCheckError =
  | { readonly code: 'SIGNATURE_COUNT'; readonly expected: number; readonly actual: number }
  | { readonly code: 'SIGNER_OUT_OF_RANGE'; readonly expected: number; readonly actual: Uint64 }
  | { readonly code: 'EPOCH_OUT_OF_RANGE'; readonly expected: number; readonly actual: Uint64 }

const EPOCH_LIMIT = 2 ** 32

/** What must be verified for one vote, by the registry of any state of its chain. */
export function signatureCheck(
  { message, signature }: SignedAttestation,
  state: State,
): Result<SignatureCheck, SignatureCheckError> {
  const { validatorIndex, data } = message
  const validatorCount = state.validators.length
  if (typeof validatorIndex === 'bigint' || validatorIndex >= validatorCount) {
    return failure({ code: 'SIGNER_OUT_OF_RANGE', expected: validatorCount, actual: validatorIndex })
  }
  if (typeof data.slot === 'bigint' || data.slot >= EPOCH_LIMIT) {
    return failure({ code: 'EPOCH_OUT_OF_RANGE', expected: EPOCH_LIMIT, actual: data.slot })
  }
  return success({
    validatorIndex,
    publicKey: state.validators.getReadonly(validatorIndex).pubkey,
    epoch: data.slot,
    message: attestationType.hashTreeRoot(message),
    signature,
  })
}

/**
 * What must be verified for a block: the votes of its body in their order, then the proposer's own.
 * Source: leanSpec `SignedBlockWithAttestation.verify_signatures`.
 */
export function signatureChecks(
  { message, signature }: SignedBlockWithAttestation,
  parentState: State,
): Result<SignatureCheck[], SignatureCheckError> {
  const attestations = [...message.block.body.attestations, message.proposerAttestation]
  if (signature.length !== attestations.length) {
    return failure({ code: 'SIGNATURE_COUNT', expected: attestations.length, actual: signature.length })
  }
  const checks: SignatureCheck[] = []
  for (const [index, attestation] of attestations.entries()) {
    const check = signatureCheck({ message: attestation, signature: signature[index]! }, parentState)
    if (!check.ok) return check
    checks.push(check.value)
  }
  return success(checks)
}
