import type { NetworkMessage, ResponseOutcome } from '@trine/messages'
import { decode, statusType } from '@trine/types'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBlockRoots, encodeBlockRoots } from '../src/blockRootsRequest.ts'
import {
  BLOCKS_BY_ROOT_PROTOCOLS,
  createPayloadCodec,
  createSharedPayloadCodec,
  LEAN_BLOCKS_BY_ROOT_PROTOCOLS,
  STATUS_PROTOCOLS,
} from '../src/index.ts'
import { codec, createBench, GENESIS, statusOf } from './support/bench.ts'
import { chainOf, rootOf, signedVote } from './support/blocks.ts'

const blocks = chainOf(4, GENESIS)
const root = fc.uint8Array({ minLength: 32, maxLength: 32 })

/** Right bytes, bytes with a few of them changed, cut or prolonged, and any bytes. */
function nearly(...right: Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const changed = fc
    .record({
      bytes: fc.constantFrom(...right),
      changes: fc.array(fc.record({ at: fc.nat(), to: fc.nat(255) }), { maxLength: 4 }),
      length: fc.option(fc.double({ min: 0, max: 1.1, noNaN: true })),
    })
    .map(({ bytes, changes, length }) => {
      const size = length === null ? bytes.length : Math.floor(bytes.length * length)
      const result = new Uint8Array(size)
      result.set(bytes.subarray(0, size))
      for (const { at, to } of changes) if (size > 0) result[at % size] = to
      return result
    })
  return fc.oneof(fc.constantFrom(...right), changed, fc.uint8Array({ maxLength: 400 }))
}

const anyBlock = nearly(...blocks.map(codec.encodeBlock))
const anyVote = nearly(...[1, 2, 3].map((slot) => codec.encodeAttestation(signedVote(slot, slot))))
const anyStatus = nearly(
  statusType.serialize(statusOf([7, 11])),
  statusType.serialize(statusOf([7, 2n ** 64n - 1n], [1, 0])),
  statusType.serialize(statusOf([7, 11], [66, 0])),
)
const anyRoots = nearly(
  encodeBlockRoots(
    blocks.map((block) => block.root),
    'bare',
  ),
  encodeBlockRoots([blocks[0]!.root, rootOf(9)], 'container'),
)

describe('decoders', () => {
  it('of lists of roots give each root once, in order, in both dialects', () => {
    fc.assert(
      fc.property(
        fc.array(root, { maxLength: 40 }),
        fc.constantFrom('bare', 'container'),
        (list, dialect) => {
          const hex = list.map((bytes) => `0x${Buffer.from(bytes).toString('hex')}`)
          const decoded = decodeBlockRoots(encodeBlockRoots(hex, dialect))
          expect(decoded).toEqual({ ok: true, value: [...new Set(hex)] })
        },
      ),
    )
  })

  it('of lists of roots never throw', () => {
    fc.assert(
      fc.property(anyRoots, (bytes) => {
        const decoded = decodeBlockRoots(bytes)
        if (decoded.ok) expect(bytes.length % 32 === 0 || bytes.length % 32 === 4).toBe(true)
        else expect(decoded.error.length).toBeGreaterThan(10)
      }),
      { numRuns: 500 },
    )
  })

  it.each(['padded', 'ssz3112', 'ssz'] as const)('of %s payloads give back what was encoded', (encoding) => {
    const length = { padded: 3116, ssz3112: 3112, ssz: 900 }[encoding]
    const of = createPayloadCodec(encoding)
    const block = structuredClone(blocks[1]!)
    block.signedBlock.signature = [new Uint8Array(length).fill(1)]
    expect(of.decodeBlock(of.encodeBlock(block))).toEqual({ ok: true, value: block })
    const vote = { ...signedVote(3, 9), signature: new Uint8Array(length).fill(2) }
    expect(of.decodeAttestation(of.encodeAttestation(vote))).toEqual({ ok: true, value: vote })
  })

  it('that are shared give what others give, once for each bytes object', () => {
    const shared = createSharedPayloadCodec('ssz3112')
    fc.assert(
      fc.property(anyBlock, anyVote, (block, vote) => {
        expect(shared.decodeBlock(block)).toEqual(codec.decodeBlock(block))
        expect(shared.decodeBlock(block)).toBe(shared.decodeBlock(block))
        expect(shared.decodeAttestation(vote)).toEqual(codec.decodeAttestation(vote))
        expect(shared.decodeAttestation(vote)).toBe(shared.decodeAttestation(vote))
      }),
    )
    expect(shared.encodeBlock(blocks[0]!)).toBe(shared.encodeBlock(blocks[0]!))
  })
})

const peerId = fc.constantFrom('a', 'b', 'c')
const id = fc.integer({ min: 0, max: 12 })
const protocol = fc.constantFrom(
  STATUS_PROTOCOLS[0]!,
  BLOCKS_BY_ROOT_PROTOCOLS[1]!,
  LEAN_BLOCKS_BY_ROOT_PROTOCOLS[0]!,
  'unheard of',
)
const outcome = fc.constantFrom<ResponseOutcome>(
  'complete',
  'timeout',
  'unsupported',
  'disconnected',
  'truncated',
  'invalid',
  'cancelled',
)
const code = fc.constantFrom('success', 'invalidRequest', 'serverError', 'resourceUnavailable')

/** Anything that a transport, and the peers behind it, can bring about, sensible or not. */
const anyMessage: fc.Arbitrary<NetworkMessage> = fc.oneof(
  fc.record({
    type: fc.constant('peerConnected'),
    peerId,
    direction: fc.constantFrom('inbound', 'outbound'),
    address: fc.constant('test'),
    agent: fc.constant('test'),
  }),
  fc.record({ type: fc.constant('peerDisconnected'), peerId, reason: fc.constant('test') }),
  fc.record({
    type: fc.constant('requestReceived'),
    inboundId: fc.nat(),
    peerId,
    protocol,
    body: fc.oneof(anyRoots, anyStatus),
  }),
  fc.record({ type: fc.constant('requestAborted'), inboundId: id, peerId }),
  fc.record({ type: fc.constant('responseDrained'), inboundId: id }),
  fc.record({
    type: fc.constant('responseChunk'),
    requestId: id,
    peerId,
    protocol,
    chunk: fc.record({ code, payload: fc.oneof(anyBlock, anyStatus) }),
  }),
  fc.record({ type: fc.constant('responseEnded'), requestId: id, peerId, outcome }),
  fc.record({
    type: fc.constant('requestBlocks'),
    requestId: id,
    peerId,
    roots: fc.constant(blocks.map((block) => block.root)),
    deadlineMilliseconds: fc.constant(1000),
  }),
  fc.record({ type: fc.constant('cancelBlocks'), requestId: id }),
  fc.record({ type: fc.constant('refreshStatus'), peerId }),
  fc.record({
    type: fc.constant('reportPeer'),
    peerId,
    offence: fc.constantFrom('late', 'useless', 'invalid', 'malicious'),
    reason: fc.constant('test'),
  }),
  fc.record({
    type: fc.constantFrom('gossipBlock', 'gossipAttestation'),
    topic: fc.constant('test'),
    gossip: fc.record({ messageId: fc.nat(8).map(String), peerId }),
    payload: fc.oneof(anyBlock, anyVote),
  }),
  fc.record({
    type: fc.constant('tick'),
    slot: fc.nat(100),
    interval: fc.nat(3),
    skipped: fc.constant(0),
  }),
) as fc.Arbitrary<NetworkMessage>

describe('whatever peers do', () => {
  it('nothing throws, and every gossip message and every request of sync gets one answer', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyMessage, { maxLength: 60, size: 'max' }),
        fc.array(fc.boolean()),
        async (messages, lots) => {
          const bench = await createBench({ limits: { verdictTimeout: 1000, maxServedPerPeer: 2 } })
          for (const block of blocks.slice(0, 3)) bench.stored.set(block.root, block)
          let lot = 0
          bench.transport.room = 5
          const gossiped: string[] = []
          const asked: number[] = []
          for (const message of messages) {
            if (lots[lot++ % lots.length] ?? false) bench.sync.refuse('blockReceived')
            else bench.sync.refuse()
            if ('gossip' in message) gossiped.push(message.gossip.messageId)
            // Sync uses a number once.
            if (message.type !== 'requestBlocks') await bench.tell(message)
            else if (!asked.includes(message.requestId)) {
              asked.push(message.requestId)
              await bench.tell(message)
            }
          }
          bench.sync.refuse()
          for (const gone of ['a', 'b', 'c']) {
            await bench.tell({ type: 'peerDisconnected', peerId: gone, reason: 'end' })
          }
          await bench.tick(200)
          await bench.tick(200, 1)
          expect(bench.transport.verdicts.map(({ gossip }) => gossip.messageId).sort()).toEqual(
            gossiped.sort(),
          )
          const ended = bench.sync.of('blocksEnded').map(({ requestId }) => requestId)
          expect(ended.sort()).toEqual(asked.sort())
          for (const { block } of bench.sync.of('blockReceived')) {
            expect(blocks.map(({ root }) => root)).toContain(block.root)
          }
        },
      ),
      { numRuns: 200 },
    )
  })

  it('a status is taken from bytes that are one, and from no others', async () => {
    await fc.assert(
      fc.asyncProperty(anyStatus, async (body) => {
        const bench = await createBench()
        await bench.connect('a')
        const answers = bench.answersTo(await bench.ask('a', STATUS_PROTOCOLS[0]!, body))
        const status = decode(statusType, body)
        expect(answers.map(({ code }) => code)).toEqual([status.ok ? 'success' : 'invalidRequest'])
        if (!status.ok) expect(bench.sync.received).toEqual([])
      }),
    )
  })

  it('memory stays bounded under a flood', async () => {
    const bench = await createBench({
      limits: { maxAwaitingVerdict: 100, maxUnsentPublications: 50, maxOpenRequests: 10 },
    })
    bench.chain.on('getBlock', () => {})
    bench.transport.publishOutcome = { ok: false, code: 'NO_PEERS' }
    const payload = codec.encodeAttestation(signedVote(1, 1))
    const body = encodeBlockRoots([blocks[0]!.root], 'bare')
    for (let count = 0; count < 2000; count++) {
      const peer = `p${count % 700}`
      const gossip = { messageId: String(count), peerId: peer }
      const inbound = { inboundId: count, peerId: peer, protocol: BLOCKS_BY_ROOT_PROTOCOLS[0]!, body }
      const address = { direction: 'inbound', address: 'test', agent: 'test' } as const
      bench.network.ref.tell({ type: 'peerConnected', peerId: peer, ...address })
      bench.network.ref.tell({ type: 'gossipAttestation', topic: 'test', gossip, payload })
      bench.network.ref.tell({ type: 'requestReceived', ...inbound })
      bench.network.ref.tell({ type: 'publishAttestation', signedAttestation: signedVote(1, 1) })
      const request = { requestId: count, peerId: peer, roots: [blocks[0]!.root], deadlineMilliseconds: 9 }
      bench.network.ref.tell({ type: 'requestBlocks', ...request })
      if (count % 100 === 0) await bench.lab.settle()
    }
    await bench.lab.settle()
    expect((await bench.view()).peers).toHaveLength(512)
    // All but so many were judged, given up, refused or answered at once.
    expect(bench.transport.verdicts).toHaveLength(1900)
    expect(bench.eventsOf('gossipPublished')).toHaveLength(1950)
    expect(bench.transport.requests).toHaveLength(10)
    expect(bench.chain.of('getBlock')).toHaveLength(256)
    expect(bench.transport.endedResponses).toHaveLength(2000 - 256)
  })
})
