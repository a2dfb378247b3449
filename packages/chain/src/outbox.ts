import type { EventSink, GossipReference, PeerId } from '@trine/messages'
import type { RootHex, SignedAttestation, SignedBlockWithAttestation, Uint64 } from '@trine/types'
import type { ChainParts } from './parts.ts'
import { type BlockRejection, type Reason, type Rejection, VERDICTS } from './verdicts.ts'

/** Roots whose lack sync did not take notice of yet; beyond, the oldest are forgotten. */
const UNTOLD = 256

/** What the service tells its neighbours about single blocks and votes. */
export class Outbox {
  readonly #parts: Pick<ChainParts, 'network' | 'sync' | 'validator'>
  readonly #events: EventSink
  readonly #untold = new Map<RootHex, PeerId | undefined>()

  constructor(parts: Pick<ChainParts, 'network' | 'sync' | 'validator' | 'events'>) {
    this.#parts = parts
    this.#events = parts.events
  }

  verdict(gossip: GossipReference, reason: Reason): void {
    this.#parts.network.tell({ type: 'verdict', gossip, verdict: VERDICTS[reason], reason })
  }

  /** A vote that is not taken, which is worth telling only when it should not have been sent. */
  voteRejected({ message }: SignedAttestation, { reason, message: text }: Rejection): void {
    if (VERDICTS[reason] !== 'reject') return
    const { validatorIndex } = message
    this.#events.emit({ type: 'attestationRejected', validatorIndex, reason, message: text })
  }

  /** A block that will not be imported; sync is told what to make of its root. */
  blockRefused(
    root: RootHex,
    { message: { block } }: SignedBlockWithAttestation,
    peerId: PeerId | undefined,
    { reason, message, cause }: BlockRejection,
  ): void {
    const slot: Uint64 = block.slot
    this.#events.emit({ type: 'blockRejected', root, slot, reason, message })
    this.#parts.sync.tell({ type: 'blockRefused', root, peerId, cause, reason })
  }

  missingBlock(root: RootHex, peerId: PeerId | undefined): void {
    if (this.#parts.sync.tell({ type: 'missingBlocks', roots: [root], peerId })) {
      this.#untold.delete(root)
      return
    }
    this.#untold.set(root, peerId)
    if (this.#untold.size <= UNTOLD) return
    const [oldest] = this.#untold.keys()
    this.#untold.delete(oldest!)
  }

  /** Tells what was refused before; `isMissing` says whether it still matters. */
  retry(isMissing: (root: RootHex) => boolean): void {
    for (const [root, peerId] of [...this.#untold]) {
      if (isMissing(root)) this.missingBlock(root, peerId)
      else this.#untold.delete(root)
    }
  }

  foreignVote(signedAttestation: SignedAttestation): void {
    const { validatorIndex, data } = signedAttestation.message
    const vote = { validatorIndex: Number(validatorIndex), slot: Number(data.slot), signedAttestation }
    this.#parts.validator.tell({ type: 'foreignVote', vote })
  }
}
