import type { Random, Scheduler } from '@trine/actors'
import type { MessageId, PeerId, Transport } from '@trine/messages'
import { checkConditions, GOOD_LINK, type LinkConditions } from './conditions.ts'
import { Connection, pairName } from './connection.ts'
import { GossipRecords } from './gossipRecord.ts'
import type { LinkFigures } from './link.ts'
import { MemoryTransport } from './memoryTransport.ts'
import { gossipMessageId } from './messageId.ts'

export type NetworkTiming = {
  /** How long a peer must be silent before its connection is given up. */
  readonly noticeMilliseconds: number
  /** How long after a connection ended it is tried again. */
  readonly redialMilliseconds: number
  /** How long nodes remember gossip messages that they have seen. */
  readonly seenMilliseconds: number
}

/** As QUIC and gossipsub behave with the protocol's parameters. */
const USUAL_TIMING: NetworkTiming = {
  noticeMilliseconds: 15_000,
  redialMilliseconds: 1000,
  seenMilliseconds: 24_000,
}

export type MemoryNetworkOptions = {
  readonly scheduler: Scheduler
  readonly random: Random
  /** Of every link that is not given others. */
  readonly conditions?: LinkConditions
  readonly timing?: Partial<NetworkTiming>
  /**
   * mesh: accepted messages are passed on, to about `degree` neighbours each. direct: a message goes from its
   * publisher to all connected peers and no further; cheaper, and the same where everyone is connected and nothing lost.
   */
  readonly gossip?: { readonly mode: 'direct' } | { readonly mode: 'mesh'; readonly degree: number }
  /** Longest gossip payload. */
  readonly maxGossipLength?: number
  readonly messageId?: (topic: string, payload: Uint8Array) => MessageId
}

export type TransportOptions = {
  /** What the endpoint can send in all, over its links together. */
  readonly uplinkBytesPerSecond?: number
  readonly agent?: string
}

/** A network in one process. Endpoints are named by their peer ids. */
export interface MemoryNetwork {
  /** Makes the transport of a node; also anew for a peer id whose transport has stopped or crashed. */
  createTransport(peerId: PeerId, options?: TransportOptions): Transport
  /** Lets two endpoints be connected for ever: dialled when both run, dialled again whenever it broke. */
  connect(dialler: PeerId, listener: PeerId): void
  /** Connects everyone who has a transport with everyone. */
  connectAll(): void
  /** Changes the link from one endpoint to another, in this direction alone; the rest of the conditions stays. */
  setLink(from: PeerId, to: PeerId, changes: Partial<LinkConditions>): void
  /** Lets nothing pass between endpoints of different groups; those in no group are one more group. */
  partition(groups: readonly (readonly PeerId[])[]): void
  /** Ends the partition. */
  heal(): void
  /** Ends a transport without a word to its peers, who notice after a while. */
  crash(peerId: PeerId): void
  /** Counts of all links since the beginning. */
  figures(): Readonly<LinkFigures> & { readonly gossipDuplicates: number }
}

/** What the parts of a network share. */
export type NetworkCore = {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly conditions: LinkConditions
  readonly timing: NetworkTiming
  readonly gossip: { readonly mode: 'direct' } | { readonly mode: 'mesh'; readonly degree: number }
  readonly maxGossipLength: number
  readonly messageId: (topic: string, payload: Uint8Array) => MessageId
  readonly records: GossipRecords
  readonly figures: LinkFigures
  gossipDuplicates: number
  endpoints: number
  /** Grows with every connection made or lost: meshes of an older topology are worked out again. */
  topology: number
  noteTopologyChange(): void
}

/** gossipsub's mesh size in the protocol, and its limit for messages. */
const MESH_DEGREE = 8
const MAX_GOSSIP_LENGTH = 16 * 1024 * 1024

export function createMemoryNetwork(options: MemoryNetworkOptions): MemoryNetwork {
  return new Network(options)
}

class Network implements MemoryNetwork {
  readonly #core: NetworkCore
  readonly #transports = new Map<PeerId, MemoryTransport>()
  readonly #connections = new Map<string, Connection>()
  #groupOf: ReadonlyMap<PeerId, number> | undefined

  constructor(options: MemoryNetworkOptions) {
    const timing = { ...USUAL_TIMING, ...options.timing }
    const core: NetworkCore = {
      scheduler: options.scheduler,
      random: options.random,
      conditions: checkConditions(options.conditions ?? GOOD_LINK),
      timing,
      gossip: options.gossip ?? { mode: 'mesh', degree: MESH_DEGREE },
      maxGossipLength: options.maxGossipLength ?? MAX_GOSSIP_LENGTH,
      messageId: options.messageId ?? gossipMessageId,
      records: new GossipRecords(timing.seenMilliseconds),
      figures: { sent: 0, bytes: 0, delivered: 0, lost: 0, duplicated: 0, reordered: 0, cut: 0 },
      gossipDuplicates: 0,
      endpoints: 0,
      topology: 0,
      noteTopologyChange: () => {
        core.topology += 1
      },
    }
    this.#core = core
  }

  createTransport(peerId: PeerId, options: TransportOptions = {}): Transport {
    const old = this.#transports.get(peerId)
    if (old?.isRunning) throw new Error(`memory network: ${peerId} is still running`)
    const number = old?.number ?? this.#core.endpoints++
    this.#core.records.forgetEndpoint(number)
    const transport = new MemoryTransport(this.#core, peerId, number, options)
    this.#transports.set(peerId, transport)
    if (old !== undefined) {
      for (const connection of old.connections.values()) this.#replace(connection, old, transport)
    }
    return transport
  }

  connect(dialler: PeerId, listener: PeerId): void {
    const name = pairName(dialler, listener)
    if (dialler === listener || this.#connections.has(name)) return
    this.#join(name, this.#get(dialler), this.#get(listener))
  }

  connectAll(): void {
    const peerIds = [...this.#transports.keys()]
    for (const [index, dialler] of peerIds.entries()) {
      for (const listener of peerIds.slice(index + 1)) this.connect(dialler, listener)
    }
  }

  setLink(from: PeerId, to: PeerId, changes: Partial<LinkConditions>): void {
    const connection = this.#connections.get(pairName(from, to))
    if (connection === undefined) throw new Error(`memory network: ${from} and ${to} are not connected`)
    const sender = this.#get(from)
    const conditions = { ...connection.linkFrom(sender).conditions, ...changes }
    connection.setConditions(sender, checkConditions(conditions))
  }

  partition(groups: readonly (readonly PeerId[])[]): void {
    const groupOf = new Map(groups.flatMap((group, index) => group.map((peerId) => [peerId, index] as const)))
    for (const peerId of groupOf.keys()) this.#get(peerId)
    this.#groupOf = groupOf
    for (const connection of this.#connections.values()) this.#applyPartition(connection)
  }

  heal(): void {
    this.#groupOf = undefined
    for (const connection of this.#connections.values()) connection.mend()
  }

  crash(peerId: PeerId): void {
    const transport = this.#get(peerId)
    transport.crash()
    for (const connection of transport.connections.values()) connection.noticeCrash()
  }

  figures(): Readonly<LinkFigures> & { readonly gossipDuplicates: number } {
    return { ...this.#core.figures, gossipDuplicates: this.#core.gossipDuplicates }
  }

  /** The endpoint came back as another object: its connections are broken and made anew, with the same links. */
  #replace(connection: Connection, old: MemoryTransport, transport: MemoryTransport): void {
    connection.close('restarted')
    const other = connection.other(old)
    const isDialler = connection.dialler === old
    const name = pairName(transport.localPeerId, other.localPeerId)
    const made = this.#join(name, isDialler ? transport : other, isDialler ? other : transport)
    made.setConditions(transport, connection.linkFrom(old).conditions)
    made.setConditions(other, connection.linkFrom(other).conditions)
  }

  #join(name: string, dialler: MemoryTransport, listener: MemoryTransport): Connection {
    const random = this.#core.random.split(name)
    const connection = new Connection(this.#core, dialler, listener, random)
    this.#connections.set(name, connection)
    dialler.connections.set(listener.localPeerId, connection)
    listener.connections.set(dialler.localPeerId, connection)
    this.#applyPartition(connection)
    connection.dial(0)
    return connection
  }

  #applyPartition(connection: Connection): void {
    const groupOf = this.#groupOf
    if (groupOf === undefined) return
    const [left, right] = [connection.dialler, connection.listener].map(({ localPeerId }) =>
      groupOf.get(localPeerId),
    )
    if (left === right) connection.mend()
    else connection.cut()
  }

  #get(peerId: PeerId): MemoryTransport {
    const transport = this.#transports.get(peerId)
    if (transport === undefined) throw new Error(`memory network: there is no transport of ${peerId}`)
    return transport
  }
}
