import { createRandom } from '@trine/actors'
import { createLab } from '@trine/actors/testing'
import {
  type ChainMessage,
  type NetworkMessage,
  type NodeEvent,
  type RootedBlock,
  type SyncMessage,
  syncLanes,
  type ValidatorMessage,
} from '@trine/messages'
import { fromHex, type RootHex, type Status } from '@trine/types'
import { rootOf } from '../../../network/test/support/blocks.ts'
import { createSync, type HistoryParts, type SyncLimits, superviseSync } from '../../src/index.ts'

export const GENESIS = rootOf(1)

export type BenchOptions = {
  readonly limits?: Partial<SyncLimits>
  readonly expectsPeers?: boolean
  readonly headSlot?: number
  readonly seed?: number
  readonly history?: HistoryParts
}

type RequestBlocks = Extract<NetworkMessage, { type: 'requestBlocks' }>

/** What a scripted peer does with a request: the blocks it sends, and how the request ends. */
export type PeerAnswer = {
  readonly blocks: readonly RootedBlock[]
  readonly outcome: Extract<SyncMessage, { type: 'blocksEnded' }>['outcome']
  /** Milliseconds before anything happens. */
  readonly after?: number
}

/** A SyncService in virtual time, with a scripted chain, network (and its peers) and validator. */
export async function createBench(options: BenchOptions = {}) {
  const lab = createLab({ startTime: 1_000_000 })
  const events: NodeEvent[] = []
  const genesis = { root: GENESIS, slot: 0 }
  /** What the chain has. */
  const inChain = new Set<RootHex>([GENESIS])
  const peers = new Map<string, (request: RequestBlocks) => PeerAnswer | undefined>()
  const chain = lab.neighbour<ChainMessage>('chain', {
    findUnknown: ({ roots, reply }) => reply.answer(roots.filter((root) => !inChain.has(root))),
  })
  const network = lab.neighbour<NetworkMessage>('network', {
    requestBlocks: (request) => {
      const { requestId, peerId } = request
      const answer = peers.get(peerId)?.(request)
      if (answer === undefined) return
      lab.scheduler.after(answer.after ?? 10, () => {
        for (const block of answer.blocks) {
          sync.ref.tell({ type: 'blockReceived', requestId, peerId, block })
        }
        const received = answer.blocks.length
        sync.ref.tell({ type: 'blocksEnded', requestId, peerId, outcome: answer.outcome, received })
      })
    },
  })
  const validator = lab.neighbour<ValidatorMessage>('validator')
  const head = options.headSlot === undefined ? genesis : { root: rootOf(2), slot: options.headSlot }
  const sync = lab.spawn<SyncMessage>(
    'sync',
    syncLanes,
    createSync({
      chain: chain.ref,
      network: network.ref,
      validator: validator.ref,
      events: { emit: (event) => void events.push(event) },
      random: createRandom(options.seed ?? 0),
      heads: { head, finalized: genesis },
      expectsPeers: options.expectsPeers ?? false,
      history: options.history,
      ...(options.limits === undefined ? {} : { limits: options.limits }),
    }),
    superviseSync,
  )
  const tell = async (...messages: SyncMessage[]) => {
    for (const message of messages) {
      if (!sync.ref.tell(message)) throw new Error(`refused ${message.type}`)
      await lab.settle()
    }
  }
  const bench = {
    lab,
    events,
    inChain,
    peers,
    chain,
    network,
    validator,
    sync,
    tell,
    tick: (slot: number, interval = 0) => tell({ type: 'tick', slot, interval, skipped: 0 }),
    /** Lets slots pass. */
    async pass(from: number, to: number): Promise<void> {
      for (let slot = from; slot <= to; slot++) {
        for (let interval = 0; interval < 4; interval++) {
          await bench.tick(slot, interval)
          await lab.advance(1000)
        }
      }
    },
    status: (peerId: string, head: { root: RootHex; slot: number | bigint }) =>
      tell({ type: 'peerStatus', peerId, status: statusOf(head) }),
    /** A peer that has these blocks and sends what is asked of them. */
    honest(peerId: string, blocks: readonly RootedBlock[], after = 10): void {
      peers.set(peerId, ({ roots }) => {
        const found = blocks.filter(({ root }) => roots.includes(root))
        return { blocks: found, outcome: 'complete', after }
      })
    },
    /** The chain imports what it is told, at once. */
    importAll(): void {
      chain.on('block', ({ block }) => {
        inChain.add(block.root)
        const { slot, parentRoot } = block.signedBlock.message.block
        const parent = `0x${Buffer.from(parentRoot).toString('hex')}`
        const reference = { root: block.root, slot: Number(slot) }
        sync.ref.tell({ type: 'blockImported', block: reference, parentRoot: parent })
        const finalized = { root: GENESIS, slot: 0 }
        sync.ref.tell({ type: 'chainStatus', head: reference, justified: finalized, finalized })
      })
    },
    toldSlots: () => chain.of('block').map(({ block }) => block.signedBlock.message.block.slot),
    requests: () => network.of('requestBlocks'),
    reports: () => network.of('reportPeer').map(({ peerId, offence }) => [peerId, offence]),
    states: () => validator.of('syncState').map(({ state }) => state),
    view: async () => {
      const answer = await lab.ask(sync.ref, { type: 'getSync' })
      if (!answer.ok) throw new Error(answer.error.message)
      return answer.value
    },
  }
  await lab.settle()
  return bench
}

export type Bench = Awaited<ReturnType<typeof createBench>>

export function statusOf(head: { readonly root: RootHex; readonly slot: number | bigint }): Status {
  return {
    head: { root: fromHex(head.root)!, slot: head.slot },
    finalized: { root: fromHex(GENESIS)!, slot: 0 },
  }
}

export function referenceOf({ root, signedBlock }: RootedBlock) {
  return { root, slot: Number(signedBlock.message.block.slot) }
}
