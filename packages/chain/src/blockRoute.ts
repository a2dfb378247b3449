import type { Store } from '@trine/fork-choice'
import type { RootHex } from '@trine/types'
import type { BlockRefusals } from './blockRefusals.ts'
import { checkBlockShape, slotToWaitFor } from './blockShape.ts'
import { type Candidate, type Candidates, type Envelope, isConnected, type Stage } from './candidates.ts'
import type { ChainLimits } from './limits.ts'
import { type BlockRejection, rejection } from './verdicts.ts'

export type BlockRouteParts = {
  readonly store: Store
  readonly candidates: Candidates
  readonly refusals: BlockRefusals
  readonly limits: ChainLimits
}

/** Says where a block goes next on its way into the store: slot, parent, vouching, signatures, import. Changes nothing. */
export class BlockRoute {
  readonly #parts: BlockRouteParts

  constructor(parts: BlockRouteParts) {
    this.#parts = parts
  }

  /** Why a block need not be kept, whatever its parent is. */
  checkAlone(root: RootHex, { signedBlock }: Envelope): BlockRejection | undefined {
    const { store, refusals, limits } = this.#parts
    const cause = refusals.causeOf(root)
    if (cause === 'settled') return this.#settled(`block ${root}`)
    if (cause === 'invalid') {
      return { ...rejection('KNOWN_INVALID', `expected a block that is not invalid, got ${root}`), cause }
    }
    const misshapen = checkBlockShape(signedBlock, store.validatorCount)
    if (misshapen !== undefined) return misshapen
    const latest = store.currentSlot + limits.futureSlots
    const startSlot = slotToWaitFor(signedBlock)
    if (startSlot > latest) {
      return {
        ...rejection('FAR_FUTURE', `expected a slot of at most ${latest}, got ${startSlot}`),
        cause: 'full',
      }
    }
    const { slot } = signedBlock.message.block
    const isTooLate = slot <= Number(store.latestFinalized.slot) - limits.lateSlots
    return isTooLate ? this.#settled(`a block of slot ${slot}`) : undefined
  }

  /** The stage that a candidate can enter now, or why it must be given up. */
  next(candidate: Candidate): { readonly stage: Stage } | { readonly refuse: BlockRejection } {
    const { store, candidates, refusals } = this.#parts
    const { parentRoot, envelope } = candidate
    if (slotToWaitFor(envelope.signedBlock) > store.currentSlot) return { stage: 'slot' }
    const parent = store.getBlock(parentRoot)
    if (parent === undefined) {
      const cause = refusals.causeOf(parentRoot)
      if (cause === 'settled' || store.isSettled(parentRoot)) {
        return { refuse: this.#settled(`parent ${parentRoot}`) }
      }
      if (cause === 'invalid') {
        return {
          refuse: { ...rejection('PARENT_INVALID', `expected a valid parent, got ${parentRoot}`), cause },
        }
      }
      const waitingParent = candidates.get(parentRoot)
      if (waitingParent === undefined || !isConnected(waitingParent)) return { stage: 'parent' }
    } else if (candidate.slot <= parent.slot) {
      const message = `expected a slot after the parent's, ${parent.slot}, got ${candidate.slot}`
      return { refuse: { ...rejection('BLOCK_NOT_AFTER_PARENT', message), cause: 'invalid' } }
    }
    if (!candidate.isSupported) return { stage: 'support' }
    if (!candidate.isVerified) return { stage: 'queue' }
    return { stage: parent === undefined ? 'ancestor' : 'ready' }
  }

  #settled(what: string): BlockRejection {
    const { slot } = this.#parts.store.latestFinalized
    const message = `expected a block of the finalized chain, or one that stands beside it after slot ${Number(slot) - this.#parts.limits.lateSlots}, got ${what}`
    return { ...rejection('PARENT_PRUNED', message), cause: 'settled' }
  }
}
