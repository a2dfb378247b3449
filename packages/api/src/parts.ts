import type { ActorFigures, Ref, Scheduler } from '@trine/actors'
import type {
  ChainMessageFrom,
  ClockMessageFrom,
  NetworkMessageFrom,
  SlotTiming,
  SyncMessageFrom,
  ValidatorMessageFrom,
} from '@trine/messages'
import type { Block, RootHex, SignatureEncoding, Slot, ValidatorIndex } from '@trine/types'
import type { EventSource } from './events/eventHub.ts'
import type { StaticFiles } from './staticFiles.ts'
import type { TestDriver } from './testDriver.ts'

/** The services as the API may speak to them. */
export type ApiRefs = {
  readonly clock: Ref<ClockMessageFrom<'api'>>
  readonly chain: Ref<ChainMessageFrom<'api'>>
  readonly validator: Ref<ValidatorMessageFrom<'api'>>
  readonly network: Ref<NetworkMessageFrom<'api'>>
  readonly sync: Ref<SyncMessageFrom<'api'>>
}

/** What does not change while the node runs. */
export type ApiIdentity = {
  /** Name of the node, e.g. `trine_0`. */
  readonly name: string
  /** e.g. `trine/0.1.0`. */
  readonly version: string
  /** Multiaddresses at which the node can be dialled. */
  readonly addresses: readonly string[]
  /** The network's name within the gossip topics. */
  readonly networkName: string
  readonly genesisRoot: RootHex
  readonly signatureEncoding: SignatureEncoding
  /** The block the node began from, which nobody signed: served like the others, with empty signatures. */
  readonly anchorBlock: Block
}

/** Everything the API is put together from. */
export type ApiParts = {
  readonly scheduler: Scheduler
  readonly timing: SlotTiming
  readonly refs: ApiRefs
  readonly events: EventSource
  readonly figures: () => readonly ActorFigures[]
  /** What broke while a request was served: to be logged. */
  readonly onError: (error: unknown) => void
  readonly identity: ApiIdentity
  /** The first slot that the key of one of this node's validators cannot sign; undefined when that is not known. */
  readonly keyEndOf?: ((validatorIndex: ValidatorIndex) => Slot | undefined) | undefined
  /** Serves what validators outside of this process need: blocks and vote data to sign, and to hand in. */
  readonly servesValidators?: boolean | undefined
  /** Serves Hive's test driver: fixtures over HTTP, apart from the node's own chain. */
  readonly testDriver?: TestDriver | undefined
  /** A page for people, served under `/`. */
  readonly explorer?: StaticFiles | undefined
  readonly limits?: Partial<ApiLimits> | undefined
}

export type ApiLimits = {
  /** How long a service may take to answer, in milliseconds. */
  readonly askTimeout: number
  /** Open connections; more are closed at once. */
  readonly connections: number
  /** Bytes of a request's body. */
  readonly bodyBytes: number
  /**
   * A connection on which nothing moves for so many milliseconds is closed: also that of a reader who never reads, but not
   * while a request is worked on.
   */
  readonly idleTimeout: number
  /** Readers of the event stream. */
  readonly eventReaders: number
  /** Events kept for readers who are behind. */
  readonly eventBacklog: number
  /** Bytes given to a reader's connection at one time. */
  readonly eventChunkBytes: number
  /** Milliseconds between comments that keep a quiet event stream open. */
  readonly keepAlive: number
  /** Votes kept for `/lean/v0/attestations`, and the slots that they may belong to. */
  readonly votes: number
  readonly voteSlots: number
  /** Items of one page where a list can be long. */
  readonly pageItems: number
  /** Requests that hand in signed blocks or votes which are served at one time. */
  readonly submissions: number
  /** How long one of them may wait for verdicts, in milliseconds. */
  readonly submissionTimeout: number
}

export const DEFAULT_API_LIMITS: ApiLimits = {
  askTimeout: 5000,
  connections: 1024,
  bodyBytes: 2 ** 20,
  idleTimeout: 60_000,
  eventReaders: 256,
  eventBacklog: 8192,
  eventChunkBytes: 32 * 1024,
  keepAlive: 15_000,
  votes: 65_536,
  voteSlots: 256,
  pageItems: 4096,
  submissions: 8,
  submissionTimeout: 30_000,
}
