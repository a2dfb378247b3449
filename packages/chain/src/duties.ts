import { describeForkChoiceError, type Store } from '@trine/fork-choice'
import type { AttestationDuty, BlockProposal, DutyError } from '@trine/messages'
import { type BuiltBlock, blockHeaderRoot } from '@trine/state-transition'
import { failure, type Result, type Slot, success, toHex, type ValidatorIndex } from '@trine/types'
import type { BlockImport } from './blockImport.ts'
import { headerOf } from './memo.ts'
import type { StoreStep } from './parts.ts'
import type { StateReplay } from './stateReplay.ts'

export type DutiesParts = {
  readonly store: Store
  readonly replay: StateReplay
  readonly importer: BlockImport
  readonly onStoreStep: ((step: StoreStep) => void) | undefined
}

/** Answers the questions of the ValidatorService. */
export class Duties {
  readonly #parts: DutiesParts

  constructor(parts: DutiesParts) {
    this.#parts = parts
  }

  /** What to vote for in the current slot. */
  attestationData(slot: Slot): Result<AttestationDuty, DutyError> {
    const { store } = this.#parts
    const wrong = this.#checkSlot(slot)
    if (wrong !== undefined) return failure(wrong)
    const data = store.produceAttestationData(slot)
    return success({ data, headRoot: toHex(store.head.root) })
  }

  /** Builds a block for the current slot, after accepting the new votes. It is not imported before it is signed. */
  buildBlock(slot: Slot, validatorIndex: ValidatorIndex): Result<BlockProposal, DutyError> {
    const { store, replay, importer, onStoreStep } = this.#parts
    const wrong = this.#checkSlot(slot)
    if (wrong !== undefined) return failure(wrong)
    let built = store.produceBlockWithSignatures(slot, validatorIndex)
    if (
      !built.ok &&
      built.error.code === 'STATE_MISSING' &&
      replay.stateNow(built.error.root) !== undefined
    ) {
      built = store.produceBlockWithSignatures(slot, validatorIndex)
    }
    if (built.ok || built.error.code !== 'NOT_PROPOSER') onStoreStep?.({ type: 'acceptance' })
    if (!built.ok) {
      const { code } = built.error
      const kind = code === 'NOT_PROPOSER' ? code : code === 'STATE_MISSING' ? 'NOT_READY' : 'FAILED'
      return failure({ code: kind, message: describeForkChoiceError(built.error) })
    }
    const proposal = this.#proposalOf(built.value)
    importer.noteBuilt(proposal.root, built.value.postState)
    return success(proposal)
  }

  #proposalOf(built: BuiltBlock): BlockProposal {
    const { block, signatures } = built
    return {
      root: toHex(blockHeaderRoot(headerOf(block))),
      block,
      attestationSignatures: signatures,
      proposerAttestationData: this.#parts.store.produceProposerAttestationData(built),
    }
  }

  #checkSlot(slot: Slot): DutyError | undefined {
    const { currentSlot } = this.#parts.store
    if (slot === currentSlot) return undefined
    return {
      code: 'WRONG_SLOT',
      message: `WRONG_SLOT: expected the current slot ${currentSlot}, got ${slot}`,
    }
  }
}
