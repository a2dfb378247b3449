import type {
  RootHex,
  SignedAttestation,
  SignedBlockWithAttestation,
  Slot,
  ValidatorIndex,
} from '@trine/types'

/** Identity of a peer as text, e.g. a libp2p peer id in base58. */
export type PeerId = string

/** Identity of a gossip message: 40 hex digits, the first 20 bytes of a hash over topic and payload. */
export type MessageId = string

/** What becomes of a gossip message: forwarded; kept to oneself; kept, and held against the peer that sent it. */
export type Verdict = 'accept' | 'ignore' | 'reject'

/** A gossip message and the peer that it came from first. */
export type GossipReference = { readonly messageId: MessageId; readonly peerId: PeerId }

/** A block by root and slot, as the services speak of it among themselves. */
export type BlockReference = { readonly root: RootHex; readonly slot: Slot }

/**
 * A signed block with its root, which is computed once, where the bytes are decoded or the block is built. Never
 * change what it holds: in a simulation many nodes share one object.
 */
export type RootedBlock = { readonly root: RootHex; readonly signedBlock: SignedBlockWithAttestation }

/** Where a block came from when it is not the node's own. */
export type BlockOrigin =
  | { readonly from: 'gossip'; readonly gossip: GossipReference }
  | { readonly from: 'request'; readonly peerId: PeerId }

/** Time as the clock says it: once per interval, never twice, never backwards. */
export type Tick = {
  readonly type: 'tick'
  readonly slot: Slot
  /** 0 propose, 1 attest, 2 safe target, 3 accept attestations. */
  readonly interval: number
  /** Intervals since the previous tick that got none, because the process or the machine slept. Usually 0. */
  readonly skipped: number
}

/** The chain in short: told to network, sync and validator whenever it changes. */
export type ChainStatus = {
  readonly type: 'chainStatus'
  readonly head: BlockReference
  /** Highest of any imported block, as the store has it. */
  readonly justified: BlockReference
  readonly finalized: BlockReference
}

export type SyncState = 'idle' | 'syncing' | 'synced'

/** A signed vote of a validator, its own or another's. */
export type VoteReference = {
  readonly validatorIndex: ValidatorIndex
  readonly slot: Slot
  readonly signedAttestation: SignedAttestation
}
