import {
  type Attestation,
  type AttestationData,
  type Checkpoint,
  type Slot,
  sameAttestationData,
  toHex,
  type Uint64,
} from '@trine/types'
import type { AttestationError } from './errors.ts'

/** What a vote is checked against. */
export type AttestationContext = {
  readonly validatorCount: number
  /** The slot of the store's clock. */
  readonly currentSlot: Slot
  /** Slot of a known block, undefined for an unknown one. */
  readonly slotOf: (root: Uint8Array) => Uint64 | undefined
}

/**
 * Why a vote must not be taken, undefined when it may: its blocks must be known, its source not after its target, its
 * slots those of the blocks (that of the head is not looked at), its own slot at most one ahead.
 *
 * Source: leanSpec `Store.validate_attestation`; the check of the validator is that of `verify_signatures`.
 */
export function checkAttestation(
  { validatorIndex, data }: Attestation,
  context: AttestationContext,
): AttestationError | undefined {
  return checkValidator(validatorIndex, context) ?? checkData(data, context)
}

/** The first of several votes that must not be taken, with its place. Votes of a block nearly all say the same. */
export function findInvalidAttestation(
  attestations: readonly Attestation[],
  context: AttestationContext,
): { readonly index: number; readonly error: AttestationError } | undefined {
  let valid: AttestationData | undefined
  for (let index = 0; index < attestations.length; index++) {
    const { validatorIndex, data } = attestations[index]!
    const isChecked = valid !== undefined && sameAttestationData(valid, data)
    const error =
      checkValidator(validatorIndex, context) ?? (isChecked ? undefined : checkData(data, context))
    if (error) return { index, error }
    valid = data
  }
  return undefined
}

/** Why a vote from gossip, or a proposer's own, must not be taken yet: its slot has not begun. */
export function checkGossipSlot({ data }: Attestation, currentSlot: Slot): AttestationError | undefined {
  if (data.slot <= currentSlot) return undefined
  return { code: 'ATTESTATION_FROM_FUTURE_SLOT', expected: currentSlot, actual: data.slot }
}

function checkValidator(
  validatorIndex: Uint64,
  { validatorCount }: AttestationContext,
): AttestationError | undefined {
  if (validatorIndex < validatorCount) return undefined
  return { code: 'VALIDATOR_OUT_OF_RANGE', expected: validatorCount, actual: validatorIndex }
}

function checkData(
  { slot, head, target, source }: AttestationData,
  { slotOf, currentSlot }: AttestationContext,
): AttestationError | undefined {
  const sourceSlot = slotOf(source.root)
  if (sourceSlot === undefined) return unknown('UNKNOWN_SOURCE_BLOCK', source)
  const targetSlot = slotOf(target.root)
  if (targetSlot === undefined) return unknown('UNKNOWN_TARGET_BLOCK', target)
  if (slotOf(head.root) === undefined) return unknown('UNKNOWN_HEAD_BLOCK', head)
  if (source.slot > target.slot) {
    return { code: 'SOURCE_AFTER_TARGET', expected: target.slot, actual: source.slot }
  }
  if (source.slot !== sourceSlot) {
    return { code: 'SOURCE_SLOT_MISMATCH', expected: sourceSlot, actual: source.slot }
  }
  if (target.slot !== targetSlot) {
    return { code: 'TARGET_SLOT_MISMATCH', expected: targetSlot, actual: target.slot }
  }
  if (slot > currentSlot + 1) {
    return { code: 'ATTESTATION_TOO_FAR_IN_FUTURE', expected: currentSlot + 1, actual: slot }
  }
  return undefined
}

function unknown(
  code: 'UNKNOWN_SOURCE_BLOCK' | 'UNKNOWN_TARGET_BLOCK' | 'UNKNOWN_HEAD_BLOCK',
  { root, slot }: Checkpoint,
): AttestationError {
  return { code, root: toHex(root), slot }
}
