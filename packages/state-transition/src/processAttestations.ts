import {
  type Attestation,
  type AttestationData,
  bytesEqual,
  type Checkpoint,
  failure,
  type Result,
  type Slot,
  type State,
  sameCheckpoint,
  success,
  toNumber,
} from '@trine/types'
import type { TransitionError, TransitionErrorCode } from './errors.ts'
import { Justifications, type TargetVotes } from './justifications.ts'
import { isJustifiableAfter } from './slots.ts'

/**
 * Counts the votes of a block's attestations, justifies targets that reach two thirds, and finalizes a source when no
 * slot between it and the target it justified was justifiable.
 *
 * A vote with an unjustified source, a target that is justified already, a root that is not in the history, a target
 * not after its source, or a target that is not justifiable is passed over. Justifiability is measured from the
 * finalized slot before this block. Source: leanSpec `State.process_attestations`.
 */
export function processAttestations(
  pre: State,
  attestations: readonly Attestation[],
): Result<State, TransitionError> {
  const links = new LinkRules(pre)
  const post = pre.clone(true)
  const { justifiedSlots } = post
  const validatorCount = post.validators.length
  const justifications = new Justifications(pre)
  let memo: { data: AttestationData; verdict: LinkVerdict; votes: TargetVotes | undefined } | undefined

  for (const [attestationIndex, { validatorIndex, data }] of attestations.entries()) {
    // Nearly all votes of a block are for the same link, and its verdict changes only when it justifies.
    if (memo === undefined || !sameLink(memo.data, data)) {
      memo = { data, verdict: links.judge(data, (slot) => justifiedSlots.get(slot)), votes: undefined }
    }
    if (memo.verdict === 'skip') continue
    if (memo.verdict !== 'count') return failure({ ...memo.verdict, attestationIndex })
    memo.votes ??= justifications.votesFor(data.target.root)
    if (validatorIndex >= validatorCount) {
      const code = 'VALIDATOR_OUT_OF_RANGE'
      return failure({ code, expected: validatorCount, actual: validatorIndex, attestationIndex })
    }
    justifications.add(memo.votes, toNumber(validatorIndex))
    if (3 * memo.votes.count < 2 * validatorCount) continue

    const [sourceSlot, targetSlot] = [toNumber(data.source.slot), toNumber(data.target.slot)]
    justifications.delete(data.target.root)
    justifiedSlots.set(targetSlot, true)
    copyCheckpoint(post.latestJustified, data.target)
    const finalizes = links.finalizesSource(sourceSlot, targetSlot)
    if (!finalizes.ok) return failure({ ...finalizes.error, attestationIndex })
    if (finalizes.value) copyCheckpoint(post.latestFinalized, data.source)
    memo = undefined
  }

  justifications.writeTo(post)
  post.commit()
  return success(post)
}

type Link = Pick<AttestationData, 'source' | 'target'>

/** What a vote's link means to a state: count the vote, pass it over, or reject the whole block. */
export type LinkVerdict = 'count' | 'skip' | TransitionError

/** Judges links by a state as it was before the block's attestations; only the justified bits move during a block. */
export class LinkRules {
  private readonly state: State
  private readonly historyLength: number
  private readonly finalizedSlot: Slot

  constructor(state: State) {
    this.state = state
    this.historyLength = state.historicalBlockHashes.length
    this.finalizedSlot = toNumber(state.latestFinalized.slot)
  }

  /** The order of the checks decides between passing over and rejecting, so it is the specification's. */
  judge({ source, target }: Link, isJustified: (slot: Slot) => boolean): LinkVerdict {
    const bits = this.state.justifiedSlots.bitLen
    if (source.slot >= bits) return this.rejection('SOURCE_SLOT_OUT_OF_RANGE', bits, source)
    if (!isJustified(toNumber(source.slot))) return 'skip'
    if (target.slot >= bits) return this.rejection('TARGET_SLOT_OUT_OF_RANGE', bits, target)
    if (isJustified(toNumber(target.slot))) return 'skip'
    if (source.slot >= this.historyLength) {
      return this.rejection('SOURCE_SLOT_OUT_OF_RANGE', this.historyLength, source)
    }
    if (!this.isInHistory(source)) return 'skip'
    if (target.slot >= this.historyLength) {
      return this.rejection('TARGET_SLOT_OUT_OF_RANGE', this.historyLength, target)
    }
    if (!this.isInHistory(target)) return 'skip'
    if (target.slot <= source.slot) return 'skip'
    if (target.slot < this.finalizedSlot) {
      return this.rejection('TARGET_BEFORE_FINALIZED', this.finalizedSlot, target)
    }
    return isJustifiableAfter(toNumber(target.slot), this.finalizedSlot) ? 'count' : 'skip'
  }

  /** Whether a link that just justified its target also finalizes its source. */
  finalizesSource(sourceSlot: Slot, targetSlot: Slot): Result<boolean, TransitionError> {
    for (let slot = sourceSlot + 1; slot < targetSlot; slot++) {
      if (slot < this.finalizedSlot) {
        const code = 'LINK_BEFORE_FINALIZED'
        return failure({ code, expected: this.finalizedSlot, actual: sourceSlot })
      }
      if (isJustifiableAfter(slot, this.finalizedSlot)) return success(false)
    }
    return success(true)
  }

  /** Whether a block may carry a vote with this link whatever the other votes do: it can never make the block invalid. */
  isHarmless(data: Link): boolean {
    const assumeJustified = this.judge(data, (slot) => slot === data.source.slot)
    if (assumeJustified === 'skip') return true
    if (assumeJustified !== 'count') return false
    return this.finalizesSource(toNumber(data.source.slot), toNumber(data.target.slot)).ok
  }

  private isInHistory(checkpoint: Checkpoint): boolean {
    const root = this.state.historicalBlockHashes.getReadonly(toNumber(checkpoint.slot))
    return bytesEqual(root, checkpoint.root)
  }

  private rejection(code: TransitionErrorCode, expected: number, checkpoint: Checkpoint): TransitionError {
    return { code, expected, actual: checkpoint.slot }
  }
}

function sameLink(left: AttestationData, right: AttestationData): boolean {
  return (
    left === right || (sameCheckpoint(left.source, right.source) && sameCheckpoint(left.target, right.target))
  )
}

function copyCheckpoint(target: Checkpoint, source: Checkpoint): void {
  target.root = source.root
  target.slot = source.slot
}
