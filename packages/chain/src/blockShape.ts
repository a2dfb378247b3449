import { proposerOf, type SignatureCheckError } from '@trine/state-transition'
import {
  bytesEqual,
  PRESET,
  type RootHex,
  type SignedAttestation,
  type SignedBlockWithAttestation,
  type Slot,
  toHex,
  type Uint64,
} from '@trine/types'
import { signedVotes } from './memo.ts'
import { type BlockRejection, type Rejection, rejection } from './verdicts.ts'

/** Keys have their epochs below this slot. */
const EPOCH_LIMIT = 2 ** 32

/** Why a signed block can be refused at a glance, without its parent, a state or a signature check. */
export function checkBlockShape(
  signedBlock: SignedBlockWithAttestation,
  validatorCount: number,
): BlockRejection | undefined {
  const { block } = signedBlock.message
  const { slot, proposerIndex, body } = block
  const limit = PRESET.historicalRootsLimit
  if (!isPlain(slot) || slot > limit) {
    return invalid(rejection('HISTORY_LIMIT_EXCEEDED', `expected a slot of at most ${limit}, got ${slot}`))
  }
  const proposer = proposerOf(slot, validatorCount)
  if (proposerIndex !== proposer) {
    return invalid(rejection('WRONG_PROPOSER', `expected proposer ${proposer}, got ${proposerIndex}`))
  }
  const [signatures, needed] = [signedBlock.signature.length, body.attestations.length + 1]
  if (signatures !== needed) {
    return forged(rejection('SIGNATURE_COUNT', `expected ${needed} signatures, got ${signatures}`))
  }
  const votes = signedVotes(signedBlock)
  for (let index = 0; index < votes.length; index++) {
    const wrong = checkSigner(votes[index]!, validatorCount)
    // The proposer's vote is not part of the block's root.
    if (wrong) return index === body.attestations.length ? forged(wrong) : invalid(wrong)
  }
  return undefined
}

/** Why there is no key that a vote could be verified with. */
export function checkSigner({ message }: SignedAttestation, validatorCount: number): Rejection | undefined {
  const { validatorIndex, data } = message
  if (!isPlain(validatorIndex) || validatorIndex >= validatorCount) {
    return outOfRange('SIGNER_OUT_OF_RANGE', 'a validator', validatorCount, validatorIndex)
  }
  if (!isPlain(data.slot) || data.slot >= EPOCH_LIMIT) {
    return outOfRange('EPOCH_OUT_OF_RANGE', 'a slot', EPOCH_LIMIT, data.slot)
  }
  return undefined
}

function outOfRange(
  code: SignatureCheckError['code'],
  what: string,
  limit: number,
  actual: unknown,
): Rejection {
  return rejection(code, `expected ${what} below ${limit}, got ${actual}`)
}

/**
 * Whether a block's proposer vouches for it, as every real one does: the vote that comes with the block is the
 * proposer's, for the block's slot, and for the block itself or its parent. Nothing in the specification demands it
 * (docs/deviations.md), and only the signature, checked elsewhere, makes it worth something.
 */
export function isVouchedFor({ message }: SignedBlockWithAttestation, root: RootHex): boolean {
  const { block, proposerAttestation } = message
  const { validatorIndex, data } = proposerAttestation
  if (validatorIndex !== block.proposerIndex || data.slot !== block.slot) return false
  return bytesEqual(data.head.root, block.parentRoot) || toHex(data.head.root) === root
}

/** The slot that must have begun before the store can take a block: its own, and those that its votes ask for. */
export function slotToWaitFor(signedBlock: SignedBlockWithAttestation): Slot {
  const { block, proposerAttestation } = signedBlock.message
  let slot = Math.max(Number(block.slot), Number(proposerAttestation.data.slot))
  // The store takes votes from a block's body one slot ahead of the clock.
  for (const { data } of block.body.attestations) slot = Math.max(slot, Number(data.slot) - 1)
  return slot
}

function invalid(wrong: Rejection): BlockRejection {
  return { ...wrong, cause: 'invalid' }
}

function forged(wrong: Rejection): BlockRejection {
  return { ...wrong, cause: 'forged' }
}

/** Whether a slot from the wire is a plain number, as every slot inside the node is. */
function isPlain(slot: Uint64): slot is number {
  return typeof slot === 'number'
}
