import { createLab } from '@trine/actors/testing'
import {
  type ChainMessage,
  type NetworkMessage,
  type NodeEvent,
  networkLanes,
  type RootedBlock,
  type SyncMessage,
} from '@trine/messages'
import { type Status, statusType, type Uint64 } from '@trine/types'
import {
  createNetwork,
  createPayloadCodec,
  type NetworkLimits,
  type ScoreRules,
  STATUS_PROTOCOLS,
  superviseNetwork,
} from '../../src/index.ts'
import { rootOf } from './blocks.ts'
import { ScriptedTransport } from './scriptedTransport.ts'

export const GENESIS = rootOf(1)
export const codec = createPayloadCodec('ssz3112')

export type BenchOptions = {
  readonly limits?: Partial<NetworkLimits>
  readonly scoreRules?: Partial<ScoreRules>
  readonly transport?: ScriptedTransport
}

/** A NetworkService in virtual time, with a scripted transport, chain and sync. */
export async function createBench(options: BenchOptions = {}) {
  const lab = createLab({ startTime: 1_000_000 })
  const transport = options.transport ?? new ScriptedTransport()
  const events: NodeEvent[] = []
  /** What the chain can serve. */
  const stored = new Map<string, RootedBlock>()
  const chain = lab.neighbour<ChainMessage>('chain', {
    getBlock: ({ id, reply }) => reply.answer(id.by === 'root' ? stored.get(id.root) : undefined),
  })
  const sync = lab.neighbour<SyncMessage>('sync')
  const { limits, scoreRules } = options
  const network = lab.spawn<NetworkMessage>(
    'network',
    networkLanes,
    createNetwork({
      transport,
      chain: chain.ref,
      sync: sync.ref,
      events: { emit: (event) => void events.push(event) },
      codec,
      networkName: 'devnet0',
      genesisRoot: GENESIS,
      heads: { head: { root: GENESIS, slot: 0 }, finalized: { root: GENESIS, slot: 0 } },
      ...(limits === undefined ? {} : { limits }),
      ...(scoreRules === undefined ? {} : { scoreRules }),
    }),
    superviseNetwork,
  )
  let inboundIds = 0
  const tell = async (...messages: NetworkMessage[]) => {
    for (const message of messages) {
      if (!network.ref.tell(message)) throw new Error(`refused ${message.type}`)
      await lab.settle()
    }
  }
  const bench = {
    lab,
    transport,
    events,
    stored,
    chain,
    sync,
    network,
    tell,
    connect: (peerId: string, direction: 'inbound' | 'outbound' = 'inbound') =>
      tell({ type: 'peerConnected', peerId, direction, address: `test/${peerId}`, agent: 'test' }),
    tick: async (slot: number, interval = 0) => {
      await lab.advance(1000)
      await tell({ type: 'tick', slot, interval, skipped: 0 })
    },
    /** A request of a peer; gives its number. */
    ask: async (peerId: string, protocol: string, body: Uint8Array) => {
      inboundIds += 1
      await tell({ type: 'requestReceived', inboundId: inboundIds, peerId, protocol, body })
      return inboundIds
    },
    askStatus: (peerId: string, status: Status) =>
      bench.ask(peerId, STATUS_PROTOCOLS[0]!, statusType.serialize(status)),
    /** What was answered to a request. */
    answersTo: (inboundId: number) =>
      transport.responses.filter((response) => response.inboundId === inboundId).map(({ chunk }) => chunk),
    view: async () => {
      const answer = await lab.ask(network.ref, { type: 'getNetwork' })
      if (!answer.ok) throw new Error(answer.error.message)
      return answer.value
    },
    eventsOf: <K extends NodeEvent['type']>(type: K) =>
      events.filter((event): event is Extract<NodeEvent, { type: K }> => event.type === type),
  }
  await lab.settle()
  return bench
}

export type Bench = Awaited<ReturnType<typeof createBench>>

const bytesOf = (byte: number) => new Uint8Array(32).fill(byte)

/** A status with roots of one byte each. */
export function statusOf(
  head: readonly [number, Uint64],
  finalized: readonly [number, Uint64] = [1, 0],
): Status {
  return {
    head: { root: bytesOf(head[0]), slot: head[1] },
    finalized: { root: bytesOf(finalized[0]), slot: finalized[1] },
  }
}
