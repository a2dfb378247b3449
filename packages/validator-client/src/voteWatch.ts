import type { Ref } from '@trine/actors'
import type { EventSink, KeyLedger, NodeEvent, Signer } from '@trine/messages'
import { proposerOf } from '@trine/state-transition'
import { type Slot, toHex, type ValidatorIndex } from '@trine/types'
import type { NodesMessage } from './nodesMessages.ts'

/**
 * Knows when the last vote of a slot is signed, so that all can be handed in at once: the ValidatorService reserves the
 * epochs of all votes in one turn, and ends every duty with an event. It looks at both and changes neither.
 */
export class VoteWatch {
  readonly ledger: KeyLedger
  readonly events: EventSink
  readonly #validatorCount: number
  readonly #nodes: Ref<NodesMessage>
  readonly #validatorOf: ReadonlyMap<string, ValidatorIndex>
  readonly #open = new Set<ValidatorIndex>()
  /** The last slot in which a proposal of ours ended. */
  #blockEnded: Slot = -1

  constructor(
    parts: { readonly signer: Signer; readonly ledger: KeyLedger; readonly events: EventSink },
    validatorCount: number,
    nodes: Ref<NodesMessage>,
  ) {
    const { signer, ledger, events } = parts
    this.#validatorCount = validatorCount
    this.#nodes = nodes
    this.#validatorOf = new Map(signer.validators.map((index) => [toHex(signer.publicKeyOf(index)!), index]))
    this.ledger = {
      reserve: (reservation, reply) => {
        this.#noteReservation(reservation.publicKey, reservation.epoch)
        ledger.reserve(reservation, reply)
      },
      highestReserved: (publicKey) => ledger.highestReserved(publicKey),
    }
    this.events = {
      emit: (event) => {
        events.emit(event)
        this.#noteEvent(event)
      },
    }
  }

  #noteReservation(publicKey: Uint8Array, slot: Slot): void {
    const validatorIndex = this.#validatorOf.get(toHex(publicKey))
    if (validatorIndex === undefined) return
    // A proposer reserves for its block, and for a vote only where its proposal ended before.
    const isForBlock = proposerOf(slot, this.#validatorCount) === validatorIndex && this.#blockEnded !== slot
    if (!isForBlock) this.#open.add(validatorIndex)
  }

  #noteEvent(event: NodeEvent): void {
    if (event.type !== 'duty') return
    const { kind, slot, validatorIndex } = event.result
    if (kind === 'block') this.#blockEnded = slot
    else if (this.#open.delete(validatorIndex) && this.#open.size === 0) {
      this.#nodes.tell({ type: 'votesEnded', slot })
    }
  }
}
