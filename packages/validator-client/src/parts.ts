import type { ActorContext, Scheduler } from '@trine/actors'
import type { EventSink, KeyLedger, RemoteEvent, Signer, SlotTiming } from '@trine/messages'
import type { RootHex, SignatureEncoding } from '@trine/types'
import type { HttpPort } from './http.ts'
import type { NodesMessage } from './nodesMessages.ts'

/** A node that validators speak to. */
export type RemoteNode = {
  /** In events, logs and metrics. */
  readonly name: string
  /** Of its HTTP API: what paths like `/lean/v0/genesis` are put behind, without a slash at its end. */
  readonly url: string
}

/** What a node must say of its network to be spoken to. */
export type NetworkFacts = {
  readonly timing: SlotTiming
  readonly validatorCount: number
  /** Hash tree root of the genesis block, and so of every validator's key. */
  readonly genesisRoot: RootHex
  /** The network's name within the gossip topics. */
  readonly networkName: string
  readonly signatureEncoding: SignatureEncoding
}

/** Times are milliseconds. */
export type ClientLimits = {
  /** For an answer to a question about a node. */
  readonly pollTimeout: number
  /** A block is asked for so long after its slot began: a node's own tick may be a little late. */
  readonly clockGrace: number
  /** For data of a duty; never longer than the slot. */
  readonly dataTimeout: number
  /** After so long the next node is asked too, and the first good answer is taken. */
  readonly patience: number
  /** For the second look at the head; without an answer the data is used as it is. */
  readonly headTimeout: number
  /** For the verdict on what was signed. */
  readonly submitTimeout: number
  /** Votes wait for each other until so long before interval 2. */
  readonly collectMargin: number
  /** Of an answer in JSON. */
  readonly mostJsonBytes: number
  /** Of a block to sign. */
  readonly mostBlockBytes: number
}

export const DEFAULT_LIMITS: ClientLimits = {
  pollTimeout: 2000,
  clockGrace: 30,
  dataTimeout: 2000,
  patience: 400,
  headTimeout: 300,
  submitTimeout: 3000,
  collectMargin: 300,
  mostJsonBytes: 1 << 20,
  mostBlockBytes: 1 << 24,
}

/** The event streams of nodes. */
export interface NodeEventsPort {
  /**
   * Follows the events of a node, again after each break.
   *
   * @param take told each event, in order; `data` is what came, not checked
   * @returns what ends that
   */
  follow(
    node: RemoteNode,
    topics: readonly string[],
    take: (topic: string, data: unknown) => void,
  ): () => void
}

export interface RemoteEventSink {
  emit(event: RemoteEvent): void
}

/** Everything that validators outside of a node are put together from. */
export type ValidatorClientParts = {
  /** First part of the names of its actors. */
  readonly name: string
  readonly scheduler: Scheduler
  /** In the order of preference; the first that is healthy and nearest to the head is asked. */
  readonly nodes: readonly RemoteNode[]
  readonly network: NetworkFacts
  readonly http: HttpPort
  /** Where votes of our keys are listened for that were signed elsewhere; without it nothing is noticed. */
  readonly nodeEvents?: NodeEventsPort | undefined
  readonly signer: Signer
  /** Must be durable, and nobody else's: it alone keeps a key from signing twice. */
  readonly ledger: KeyLedger
  readonly events: EventSink
  readonly remoteEvents: RemoteEventSink
  readonly limits?: Partial<ClientLimits> | undefined
}

/** What the stand-in for chain and network is made of. */
export type NodesParts = Pick<ValidatorClientParts, 'nodes' | 'network' | 'http' | 'remoteEvents'> & {
  readonly limits: ClientLimits
}

export type NodesContext = ActorContext<NodesMessage>
