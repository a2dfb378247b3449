/**
 * Messages per second through one NetworkService: votes and blocks from gossip to the chain and their verdicts back,
 * and blocks served. `npm run bench -- gossip [--json FILE]`
 */
import { createActorSystem, VirtualScheduler } from '@trine/actors'
import {
  type ChainMessage,
  chainLanes,
  type NetworkMessage,
  networkLanes,
  type RootedBlock,
  type SyncMessage,
  syncLanes,
} from '@trine/messages'
import { type Attestation, blockType, toHex } from '@trine/types'
import { printTable, type Row, threeDigits, writeJson } from '../../../scripts/benchKit.ts'
import { encodeBlockRoots } from '../src/blockRootsRequest.ts'
import {
  BLOCKS_BY_ROOT_PROTOCOLS,
  createNetwork,
  createPayloadCodec,
  createSharedPayloadCodec,
  type PayloadCodec,
} from '../src/index.ts'
import { blockAt, rootOf, signedVote, voteData } from '../test/support/blocks.ts'
import { ScriptedTransport } from '../test/support/scriptedTransport.ts'

const ROUNDS = 7
const GENESIS = rootOf(1)
const encoder = createPayloadCodec('ssz3112')

function blockWith(attestations: number): RootedBlock {
  const { signedBlock } = blockAt(5, GENESIS)
  const votes: Attestation[] = Array.from({ length: attestations }, (_, validatorIndex) => ({
    validatorIndex,
    data: voteData(4),
  }))
  const block = { ...signedBlock.message.block, body: { attestations: votes } }
  const signature = Array.from({ length: attestations }, () => new Uint8Array(3112))
  const message = { ...signedBlock.message, block }
  return { root: toHex(blockType.hashTreeRoot(block)), signedBlock: { message, signature } }
}

/** A NetworkService whose chain accepts everything at once and has one block. */
function createService(codec: PayloadCodec, stored?: RootedBlock) {
  const scheduler = new VirtualScheduler()
  const transport = new ScriptedTransport()
  const system = createActorSystem({
    name: 'bench',
    scheduler,
    onFailure: ({ error }) => {
      throw error
    },
  })
  const network = system.actor<NetworkMessage>('network', networkLanes)
  const chain = system.spawn<ChainMessage>('chain', chainLanes, () => ({
    receive(message) {
      if (message.type === 'getBlock') message.reply.answer(stored)
      const gossip =
        message.type === 'attestation'
          ? message.gossip
          : message.type === 'block' && message.origin.from === 'gossip' && message.origin.gossip
      if (gossip) network.ref.tell({ type: 'verdict', gossip, verdict: 'accept', reason: 'bench' })
    },
  }))
  const sync = system.spawn<SyncMessage>('sync', syncLanes, () => ({ receive() {} }))
  const head = { root: GENESIS, slot: 0 }
  const heads = { head, finalized: head }
  const parts = { transport, chain, sync, codec, heads, events: { emit() {} } }
  const limits = { servedPerInterval: 1e9 }
  network.start(createNetwork({ ...parts, networkName: 'bench', genesisRoot: GENESIS, limits }))
  network.ref.tell({ type: 'peerConnected', peerId: 'a', direction: 'inbound', address: '', agent: '' })
  return { scheduler, transport, network: network.ref }
}

/** The fastest of some rounds, each with a service of its own: microseconds per message. */
async function time(
  count: number,
  atATime: number,
  create: () => ReturnType<typeof createService>,
  message: (index: number) => NetworkMessage,
  done: (transport: ScriptedTransport) => number,
): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const { scheduler, transport, network } = create()
    await scheduler.run()
    const messages = Array.from({ length: count }, (_, index) => message(index))
    const began = performance.now()
    for (let index = 0; index < count; index++) {
      network.tell(messages[index]!)
      if (index % atATime === atATime - 1) await scheduler.run()
    }
    await scheduler.run()
    best = Math.min(best, performance.now() - began)
    if (done(transport) !== count) throw new Error(`expected ${count} to be done, got ${done(transport)}`)
  }
  return (best * 1000) / count
}

function gossip(kind: 'gossipBlock' | 'gossipAttestation', payload: Uint8Array, copies: boolean) {
  return (index: number): NetworkMessage => ({
    type: kind,
    topic: 'bench',
    gossip: { messageId: String(index), peerId: 'a' },
    payload: copies ? payload.slice() : payload,
  })
}

const rows: Row[] = []
const verdicts = ({ verdicts }: ScriptedTransport) => verdicts.length
const vote = encoder.encodeAttestation(signedVote(1, 4))
const shared = createSharedPayloadCodec('ssz3112')
const add = (what: string, bytes: number, microseconds: number) =>
  rows.push({
    what,
    bytes,
    'us each': threeDigits(microseconds),
    'per second': Math.round(1e6 / microseconds),
  })

add(
  'vote, decoded before by another node',
  vote.length,
  await time(40_000, 4000, () => createService(shared), gossip('gossipAttestation', vote, false), verdicts),
)
add(
  'vote',
  vote.length,
  await time(10_000, 4000, () => createService(encoder), gossip('gossipAttestation', vote, true), verdicts),
)
for (const attestations of [4, 64, 400, 4095]) {
  const block = blockWith(attestations)
  const payload = encoder.encodeBlock(block)
  const count = Math.max(3, Math.floor(4000 / (attestations + 4)))
  const create = () => createService(encoder)
  const received = await time(count, 64, create, gossip('gossipBlock', payload, true), verdicts)
  add(`block of ${attestations} votes, received`, payload.length, received)
  const body = encodeBlockRoots([block.root], 'bare')
  const protocol = BLOCKS_BY_ROOT_PROTOCOLS[0]!
  const request = (inboundId: number): NetworkMessage => ({
    type: 'requestReceived',
    inboundId,
    peerId: 'a',
    protocol,
    body,
  })
  const served = await time(
    count,
    4,
    () => createService(encoder, block),
    request,
    ({ responses }) => {
      return responses.filter(({ chunk }) => chunk.code === 'success').length
    },
  )
  add(`block of ${attestations} votes, served`, payload.length, served)
}
printTable('Through one NetworkService, with the chain it speaks to', rows)
writeJson('gossip', rows)
