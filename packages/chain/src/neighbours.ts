import { Outbox } from '@trine/actors'
import type {
  BlockReference,
  GossipReference,
  NetworkMessageFrom,
  PeerId,
  SyncMessageFrom,
  ValidationTime,
} from '@trine/messages'
import type { RootHex, SignedAttestation, SignedBlockWithAttestation } from '@trine/types'
import type { ChainParts } from './parts.ts'
import { type BlockRejection, type Reason, type Rejection, VERDICTS } from './verdicts.ts'

/** Messages kept for a neighbour while it takes none. */
const KEPT = 4096

/** What the service tells its neighbours about single blocks and votes. */
export class Neighbours {
  readonly #parts: ChainParts
  /** Who waits for a verdict, or builds on what it was told, hears of everything, if late. */
  readonly #network: Outbox<NetworkMessageFrom<'chain'>>
  readonly #sync: Outbox<SyncMessageFrom<'chain'>>

  constructor(parts: ChainParts) {
    this.#parts = parts
    this.#network = new Outbox(parts.network, KEPT)
    this.#sync = new Outbox(parts.sync, KEPT)
  }

  verdict(gossip: GossipReference, reason: Reason): void {
    this.#network.tell({ type: 'verdict', gossip, verdict: VERDICTS[reason], reason })
  }

  /** A vote that is not taken, which is worth telling only when it should not have been sent. */
  voteRejected(
    { message }: SignedAttestation,
    { reason, message: text }: Rejection,
    validationTime: ValidationTime,
  ): void {
    if (VERDICTS[reason] !== 'reject') return
    const { validatorIndex } = message
    this.#parts.events.emit({
      type: 'attestationRejected',
      validatorIndex,
      reason,
      message: text,
      validationTime,
    })
  }

  blockImported(block: BlockReference, parentRoot: RootHex): void {
    this.#sync.tell({ type: 'blockImported', block, parentRoot })
  }

  /** A block that will not be imported; sync is told what to make of its root. */
  blockRefused(
    root: RootHex,
    { message: { block } }: SignedBlockWithAttestation,
    peerId: PeerId | undefined,
    { reason, message, cause }: BlockRejection,
  ): void {
    this.#parts.events.emit({ type: 'blockRejected', root, slot: block.slot, reason, message })
    this.#sync.tell({ type: 'blockRefused', root, peerId, cause, reason })
  }

  /** A block that something refers to which came from this peer. */
  missingBlock(root: RootHex, peerId: PeerId | undefined): void {
    this.#sync.tell({ type: 'missingBlocks', roots: [root], peerId })
  }

  foreignVote(signedAttestation: SignedAttestation): void {
    const { validatorIndex, data } = signedAttestation.message
    const vote = { validatorIndex: Number(validatorIndex), slot: Number(data.slot), signedAttestation }
    this.#parts.validator.tell({ type: 'foreignVote', vote })
  }

  /** Tells what was refused before. */
  flush(): void {
    this.#network.flush()
    this.#sync.flush()
  }
}
