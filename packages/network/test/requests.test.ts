import type { NetworkMessage, ResponseOutcome } from '@trine/messages'
import { fromHex } from '@trine/types'
import { describe, expect, it } from 'vitest'
import { encodeBlockRoots } from '../src/blockRootsRequest.ts'
import { BLOCKS_BY_ROOT_PROTOCOLS, LEAN_BLOCKS_BY_ROOT_PROTOCOLS } from '../src/index.ts'
import { type Bench, codec, createBench, GENESIS } from './support/bench.ts'
import { chainOf, rootOf } from './support/blocks.ts'

const [PROTOCOL] = BLOCKS_BY_ROOT_PROTOCOLS as [string]
const [LEAN_PROTOCOL] = LEAN_BLOCKS_BY_ROOT_PROTOCOLS as [string]
const blocks = chainOf(40, GENESIS)
const roots = blocks.map(({ root }) => root)

async function serverOf(limits: Parameters<typeof createBench>[0] = {}): Promise<Bench> {
  const bench = await createBench(limits)
  for (const block of blocks) bench.stored.set(block.root, block)
  await bench.connect('a')
  return bench
}

const codesOf = (bench: Bench, id: number) => bench.answersTo(id).map(({ code }) => code)

describe('serving blocks by root', () => {
  it.each([
    ['a bare list', PROTOCOL, 'bare'],
    ['a bare list under the other name', LEAN_PROTOCOL, 'bare'],
    ['a container', LEAN_PROTOCOL, 'container'],
    ['a container under the usual name', PROTOCOL, 'container'],
    ['the name of the specification', BLOCKS_BY_ROOT_PROTOCOLS[1]!, 'bare'],
  ] as const)('understands %s', async (_, protocol, dialect) => {
    const bench = await serverOf()
    expect(bench.transport.served.map((served) => served.protocol)).toContain(protocol)
    const id = await bench.ask('a', protocol, encodeBlockRoots(roots.slice(0, 3), dialect))
    expect(bench.answersTo(id)).toEqual(
      blocks.slice(0, 3).map((block) => ({ code: 'success', payload: codec.encodeBlock(block) })),
    )
    expect(bench.transport.endedResponses).toEqual([id])
    expect((await bench.view()).peers[0]!.requestsServed).toBe(1)
  })

  it('leaves out what it does not have, and sends nothing twice', async () => {
    const bench = await serverOf()
    const asked = [rootOf(9), roots[4]!, roots[4]!, rootOf(8), roots[2]!]
    const id = await bench.ask('a', PROTOCOL, encodeBlockRoots(asked, 'bare'))
    expect(bench.answersTo(id).map(({ payload }) => payload)).toEqual(
      [blocks[4]!, blocks[2]!].map(codec.encodeBlock),
    )
    expect(bench.chain.of('getBlock').map(({ id }) => id.by === 'root' && id.root)).toEqual([
      ...new Set(asked),
    ])
  })

  it('answers an empty list with nothing', async () => {
    const bench = await serverOf()
    const id = await bench.ask('a', PROTOCOL, new Uint8Array())
    expect(bench.answersTo(id)).toEqual([])
    expect(bench.transport.endedResponses).toEqual([id])
  })

  it.each([
    ['no whole roots', new Uint8Array(33)],
    ['a wrong offset', Uint8Array.of(5, 0, 0, 0, ...new Uint8Array(32))],
    ['an offset and nothing that fits', Uint8Array.of(4, 0, 0)],
    ['one root too many', new Uint8Array(32 * 1025)],
  ])('refuses %s', async (_, body) => {
    const bench = await serverOf()
    const id = await bench.ask('a', PROTOCOL, body)
    expect(codesOf(bench, id)).toEqual(['invalidRequest'])
    expect(bench.answersTo(id)[0]!.payload.length).toBeLessThanOrEqual(256)
    expect(bench.transport.endedResponses).toEqual([id])
    expect((await bench.view()).peers[0]!.score).toBe(-20)
  })

  it('takes the largest request', async () => {
    const bench = await serverOf({ limits: { servedPerInterval: 10_000 } })
    const id = await bench.ask(
      'a',
      PROTOCOL,
      encodeBlockRoots(
        Array.from({ length: 1024 }, (_, index) => rootOf(index % 256)),
        'container',
      ),
    )
    expect(bench.chain.of('getBlock')).toHaveLength(256)
    expect(bench.transport.endedResponses).toEqual([id])
  })

  it('waits while the stream is full, and goes on when there is room', async () => {
    const bench = await serverOf()
    bench.transport.room = 2
    const id = await bench.ask('a', PROTOCOL, encodeBlockRoots(roots.slice(0, 5), 'bare'))
    expect(bench.answersTo(id)).toHaveLength(2)
    expect(bench.chain.of('getBlock')).toHaveLength(2)
    bench.transport.room = 10
    await bench.tell({ type: 'responseDrained', inboundId: id })
    expect(bench.answersTo(id)).toHaveLength(5)
    expect(bench.transport.endedResponses).toEqual([id])
  })

  it('asks the chain for one block at a time', async () => {
    const bench = await serverOf()
    bench.chain.on('getBlock', () => {})
    await bench.ask('a', PROTOCOL, encodeBlockRoots(roots.slice(0, 5), 'bare'))
    expect(bench.chain.of('getBlock')).toHaveLength(1)
    bench.chain.of('getBlock')[0]!.reply.answer(blocks[0])
    await bench.lab.settle()
    expect(bench.chain.of('getBlock')).toHaveLength(2)
  })

  it('stops when nobody reads any more, and ignores the answer that is under way', async () => {
    const bench = await serverOf()
    bench.chain.on('getBlock', () => {})
    const id = await bench.ask('a', PROTOCOL, encodeBlockRoots(roots.slice(0, 5), 'bare'))
    await bench.tell({ type: 'requestAborted', inboundId: id, peerId: 'a' })
    bench.chain.of('getBlock')[0]!.reply.answer(blocks[0])
    await bench.lab.settle()
    expect(bench.answersTo(id)).toEqual([])
    expect(bench.chain.of('getBlock')).toHaveLength(1)
    expect(bench.eventsOf('requestEnded')).toMatchObject([{ direction: 'served', outcome: 'cancelled' }])
  })

  it('says so when the chain does not answer', async () => {
    const bench = await serverOf()
    bench.chain.on('getBlock', () => {})
    const id = await bench.ask('a', PROTOCOL, encodeBlockRoots(roots.slice(0, 2), 'bare'))
    await bench.lab.advance(10_000)
    expect(codesOf(bench, id)).toEqual(['serverError'])
    expect(bench.transport.endedResponses).toEqual([id])
  })

  it('gives up a peer that never reads', async () => {
    const bench = await serverOf({ limits: { stalledAfter: 5000 } })
    bench.transport.room = 1
    const id = await bench.ask('a', PROTOCOL, encodeBlockRoots(roots.slice(0, 5), 'bare'))
    for (let interval = 0; interval < 5; interval++) await bench.tick(1, interval)
    expect(bench.transport.endedResponses).toEqual([id])
    expect((await bench.view()).peers[0]!.score).toBe(-1)
  })

  it('serves a peer so much per interval, and the rest in the next ones', async () => {
    const bench = await serverOf({ limits: { servedPerInterval: 11 } })
    const id = await bench.ask('a', PROTOCOL, encodeBlockRoots(roots.slice(0, 25), 'bare'))
    const served: number[] = []
    for (let interval = 0; interval < 3; interval++) {
      served.push(bench.answersTo(id).length)
      await bench.tick(1, interval)
    }
    served.push(bench.answersTo(id).length)
    expect(served).toEqual([10, 21, 25, 25])
  })

  it('bounds the requests of a peer, and holds more against it', async () => {
    const bench = await serverOf({ limits: { maxServedPerPeer: 3 } })
    bench.chain.on('getBlock', () => {})
    const ids: number[] = []
    for (let count = 0; count < 5; count++) {
      ids.push(await bench.ask('a', PROTOCOL, encodeBlockRoots([roots[count]!], 'bare')))
    }
    expect(ids.map((id) => codesOf(bench, id))).toEqual([
      [],
      [],
      [],
      ['resourceUnavailable'],
      ['resourceUnavailable'],
    ])
    expect((await bench.view()).peers[0]!.score).toBe(-2)
    // One that ends makes room for another.
    bench.chain.of('getBlock')[0]!.reply.answer(undefined)
    await bench.lab.settle()
    const next = await bench.ask('a', PROTOCOL, encodeBlockRoots([roots[0]!], 'bare'))
    expect(codesOf(bench, next)).toEqual([])
  })

  it('forgets the requests of a peer that is gone', async () => {
    const bench = await serverOf({ limits: { maxServed: 1 } })
    bench.chain.on('getBlock', () => {})
    await bench.ask('a', PROTOCOL, encodeBlockRoots([roots[0]!], 'bare'))
    await bench.tell({ type: 'peerDisconnected', peerId: 'a', reason: 'test' })
    expect(bench.eventsOf('requestEnded')).toMatchObject([{ direction: 'served', outcome: 'disconnected' }])
    await bench.connect('b')
    const id = await bench.ask('b', PROTOCOL, encodeBlockRoots([roots[0]!], 'bare'))
    expect(codesOf(bench, id)).toEqual([])
  })

  it('answers a stranger with an error', async () => {
    const bench = await serverOf()
    const id = await bench.ask('stranger', PROTOCOL, encodeBlockRoots([roots[0]!], 'bare'))
    expect(codesOf(bench, id)).toEqual(['resourceUnavailable'])
  })
})

describe('asking for blocks by root', () => {
  const request = (wanted: readonly string[], requestId = 7): NetworkMessage => ({
    type: 'requestBlocks',
    requestId,
    peerId: 'a',
    roots: wanted,
    deadlineMilliseconds: 3000,
  })
  const chunk = (requestId: number, payload: Uint8Array, protocol = PROTOCOL): NetworkMessage => ({
    type: 'responseChunk',
    requestId,
    peerId: 'a',
    protocol,
    chunk: { code: 'success', payload },
  })
  const ended = (requestId: number, outcome: ResponseOutcome): NetworkMessage => ({
    type: 'responseEnded',
    requestId,
    peerId: 'a',
    outcome,
  })
  const endsOf = (bench: Bench) =>
    bench.sync.of('blocksEnded').map(({ requestId, outcome, received }) => [requestId, outcome, received])

  it('offers the body in the dialect of each name', async () => {
    const bench = await serverOf()
    await bench.tell(request(roots.slice(0, 2)))
    const [sent] = bench.transport.requests
    const bare = encodeBlockRoots(roots.slice(0, 2), 'bare')
    expect(sent!.bodies).toEqual([
      ...BLOCKS_BY_ROOT_PROTOCOLS.map((protocol) => ({ protocol, body: bare })),
      ...LEAN_BLOCKS_BY_ROOT_PROTOCOLS.map((protocol) => ({
        protocol,
        body: Uint8Array.of(4, 0, 0, 0, ...bare),
      })),
    ])
    expect(bare).toEqual(Uint8Array.of(...fromHex(roots[0]!)!, ...fromHex(roots[1]!)!))
    expect(sent).toMatchObject({ peerId: 'a', maxChunks: 2, deadlineMilliseconds: 3000 })
  })

  it('hands each block to sync as it comes, and ends when all are there, whatever the stream does', async () => {
    const bench = await serverOf()
    await bench.tell(request(roots.slice(0, 2)))
    const { requestId } = bench.transport.requests[0]!
    await bench.tell(chunk(requestId, codec.encodeBlock(blocks[1]!)))
    expect(bench.transport.readOns).toEqual([requestId])
    await bench.tell(chunk(requestId, codec.encodeBlock(blocks[0]!)))
    expect(bench.sync.of('blockReceived')).toEqual(
      [blocks[1], blocks[0]].map((block) => ({ type: 'blockReceived', requestId: 7, peerId: 'a', block })),
    )
    expect(endsOf(bench)).toEqual([[7, 'complete', 2]])
    await bench.tell(ended(requestId, 'timeout'))
    expect(endsOf(bench)).toHaveLength(1)
  })

  it.each(['complete', 'timeout', 'unsupported', 'disconnected', 'truncated', 'invalid'] as const)(
    'tells sync that it ended with %s',
    async (outcome) => {
      const bench = await serverOf()
      await bench.tell(request(roots.slice(0, 3)))
      await bench.tell(chunk(1, codec.encodeBlock(blocks[1]!)), ended(1, outcome))
      expect(endsOf(bench)).toEqual([[7, outcome, 1]])
      const score = { truncated: -4, invalid: -20 }[outcome as string] ?? 0
      expect((await bench.view()).peers[0]!.score).toBe(score)
    },
  )

  it.each([
    ['a block that was not asked for', codec.encodeBlock(blocks[9]!)],
    ['a block that came before', codec.encodeBlock(blocks[1]!)],
    ['what is no block', new Uint8Array(300)],
    ['nothing', new Uint8Array()],
  ])('ends over %s, at the cost of the peer', async (_, payload) => {
    const bench = await serverOf()
    await bench.tell(request(roots.slice(0, 3)))
    await bench.tell(chunk(1, codec.encodeBlock(blocks[1]!)), chunk(1, payload))
    expect(endsOf(bench)).toEqual([[7, 'invalid', 1]])
    expect(bench.transport.cancelled).toEqual([1])
    expect((await bench.view()).peers[0]!.score).toBe(-20)
    await bench.tell(chunk(1, codec.encodeBlock(blocks[2]!)), ended(1, 'cancelled'))
    expect(bench.sync.received).toHaveLength(2)
  })

  it('takes an error for a refusal, without blame', async () => {
    const bench = await serverOf()
    await bench.tell(request(roots.slice(0, 3)))
    await bench.tell({
      type: 'responseChunk',
      requestId: 1,
      peerId: 'a',
      protocol: PROTOCOL,
      chunk: { code: 'resourceUnavailable', payload: new Uint8Array() },
    })
    expect(endsOf(bench)).toEqual([[7, 'declined', 0]])
    expect((await bench.view()).peers[0]!.score).toBe(0)
  })

  it('tries the other dialect of an ambiguous name after a failure, until blocks came', async () => {
    const bench = await serverOf()
    const dialects: string[] = []
    const send = async (requestId: number) => {
      await bench.tell(request(roots.slice(0, 2), requestId))
      const { bodies } = bench.transport.requests.at(-1)!
      const lean = bodies.find(({ protocol }) => protocol === LEAN_PROTOCOL)!
      dialects.push(lean.body.length % 32 === 4 ? 'container' : 'bare')
      return bench.transport.requests.at(-1)!.requestId
    }
    await bench.tell(ended(await send(1), 'timeout'))
    await bench.tell(ended(await send(2), 'complete'))
    await bench.tell(ended(await send(3), 'truncated'))
    await bench.tell(chunk(await send(4), codec.encodeBlock(blocks[0]!), LEAN_PROTOCOL))
    await bench.tell(ended(4, 'timeout'))
    await send(5)
    expect(dialects).toEqual(['container', 'bare', 'container', 'bare', 'bare'])
  })

  it('gives up when sync has no room, and says so at the next tick', async () => {
    const bench = await serverOf()
    await bench.tell(request(roots.slice(0, 3)))
    bench.sync.refuse('blockReceived', 'blocksEnded')
    await bench.tell(chunk(1, codec.encodeBlock(blocks[1]!)))
    expect(bench.transport.cancelled).toEqual([1])
    bench.sync.refuse()
    await bench.tick(1)
    expect(endsOf(bench)).toEqual([[7, 'cancelled', 0]])
  })

  it('gives up when sync says so', async () => {
    const bench = await serverOf()
    await bench.tell(request(roots.slice(0, 3)), { type: 'cancelBlocks', requestId: 7 })
    await bench.tell({ type: 'cancelBlocks', requestId: 7 }, { type: 'cancelBlocks', requestId: 99 })
    expect(bench.transport.cancelled).toEqual([1])
    expect(endsOf(bench)).toEqual([[7, 'cancelled', 0]])
  })

  it('refuses more than it may have open, and asks nobody who is not there', async () => {
    const bench = await serverOf({ limits: { maxOpenRequestsPerPeer: 2 } })
    for (const requestId of [1, 2, 3]) await bench.tell(request([roots[0]!], requestId))
    await bench.tell({ ...request([roots[0]!], 4), peerId: 'b' } as NetworkMessage)
    expect(endsOf(bench)).toEqual([
      [3, 'refused', 0],
      [4, 'disconnected', 0],
    ])
    expect(bench.transport.requests).toHaveLength(2)
  })

  it('ends with the connection, before sync hears that the peer is gone', async () => {
    const bench = await serverOf()
    await bench.askStatus('a', {
      head: { root: new Uint8Array(32), slot: 3 },
      finalized: { root: new Uint8Array(32), slot: 0 },
    })
    await bench.tell(request(roots.slice(0, 3)))
    await bench.tell({ type: 'peerDisconnected', peerId: 'a', reason: 'test' })
    expect(bench.sync.received.map(({ type }) => type)).toEqual(['peerStatus', 'blocksEnded', 'peerGone'])
    expect(endsOf(bench)).toEqual([[7, 'disconnected', 0]])
  })
})
