import type { ResponseOutcome } from '@trine/messages'
import { statusType, toHex } from '@trine/types'
import { describe, expect, it } from 'vitest'
import { STATUS_PROTOCOLS } from '../src/index.ts'
import { createBench, GENESIS, statusOf } from './support/bench.ts'
import { rootOf } from './support/blocks.ts'
import { ScriptedTransport } from './support/scriptedTransport.ts'

const chunkOf = (requestId: number, payload: Uint8Array, peerId = 'a') =>
  ({
    type: 'responseChunk',
    requestId,
    peerId,
    protocol: STATUS_PROTOCOLS[0]!,
    chunk: { code: 'success', payload },
  }) as const
const endOf = (requestId: number, outcome: ResponseOutcome = 'complete') =>
  ({ type: 'responseEnded', requestId, peerId: 'a', outcome }) as const
const chainStatus = (head: [number, number], finalized: [number, number]) => {
  const [headReference, finalizedReference] = [head, finalized].map(([byte, slot]) => ({
    root: rootOf(byte),
    slot,
  }))
  return {
    type: 'chainStatus',
    head: headReference!,
    justified: finalizedReference!,
    finalized: finalizedReference!,
  } as const
}

describe('handshake', () => {
  it('is begun by the dialling side, under all names, with our status', async () => {
    const bench = await createBench()
    await bench.tell(chainStatus([9, 12], [8, 10]))
    await bench.connect('a', 'outbound')
    const [request] = bench.transport.requests
    expect(request!.bodies.map(({ protocol }) => protocol)).toEqual(STATUS_PROTOCOLS)
    expect(statusType.deserialize(request!.bodies[0]!.body)).toEqual(statusOf([9, 12], [8, 10]))
    expect((await bench.view()).peers[0]!.latency).toBeUndefined()
    await bench.lab.advance(30)
    await bench.tell(chunkOf(1, statusType.serialize(statusOf([7, 11]))), endOf(1))
    expect(bench.sync.received).toEqual([{ type: 'peerStatus', peerId: 'a', status: statusOf([7, 11]) }])
    expect((await bench.view()).peers[0]!.latency).toBe(30)
  })

  it('waits for the other side when it dialled, answers it, and learns from its question', async () => {
    const bench = await createBench()
    await bench.connect('a')
    expect(bench.transport.requests).toEqual([])
    for (const protocol of STATUS_PROTOCOLS) {
      const id = await bench.ask('a', protocol, statusType.serialize(statusOf([7, 11])))
      const [answer] = bench.answersTo(id)
      expect(answer!.code).toBe('success')
      expect(toHex(statusType.deserialize(answer!.payload).head.root)).toBe(GENESIS)
    }
    expect(bench.sync.of('peerStatus')).toHaveLength(3)
    expect(bench.transport.endedResponses).toEqual([1, 2, 3])
  })

  it.each<[ResponseOutcome, number[]]>([
    ['truncated', [5, 10, 20, 40]],
    // The transport writes the second one otherwise.
    ['timeout', [5, 6, 16, 36]],
  ])(
    'asks the dialler itself after a while, and again with growing pauses after %s',
    async (outcome, expected) => {
      const bench = await createBench()
      await bench.connect('a')
      const askedAt: number[] = []
      for (let second = 1; second <= 40; second++) {
        await bench.tick(Math.floor(second / 4), second % 4)
        if (bench.transport.requests.length === askedAt.length) continue
        askedAt.push(second)
        await bench.tell(endOf(askedAt.length, outcome))
      }
      expect(askedAt).toEqual(expected)
      expect((await bench.view()).peers[0]).toMatchObject({ requestsFailed: 4, status: undefined })
    },
  )

  it('keeps who frames its status otherwise: its gossip may be right', async () => {
    const bench = await createBench()
    await bench.connect('a', 'outbound')
    let answered = 0
    let lowest = 0
    for (let second = 1; second <= 1200; second++) {
      for (; answered < bench.transport.requests.length; answered++) {
        await bench.tell(endOf(answered + 1, 'invalid'))
      }
      await bench.tick(Math.floor(second / 4), second % 4)
      lowest = Math.min(lowest, (await bench.view()).peers[0]!.score)
    }
    expect(answered).toBeGreaterThan(10)
    // Above what is throttled, or shown to the mesh.
    expect(lowest).toBeGreaterThan(-20)
    expect(bench.transport.disconnected).toEqual([])
  })

  it('does not ask again who does not know the protocol', async () => {
    const bench = await createBench()
    await bench.connect('a', 'outbound')
    await bench.tell(endOf(1, 'unsupported'))
    for (let second = 1; second <= 80; second++) await bench.tick(Math.floor(second / 4), second % 4)
    expect(bench.transport.requests).toHaveLength(1)
  })

  it('asks again when sync wants to know, one request at a time', async () => {
    const bench = await createBench()
    await bench.connect('a')
    await bench.askStatus('a', statusOf([7, 11]))
    await bench.tell({ type: 'refreshStatus', peerId: 'a' }, { type: 'refreshStatus', peerId: 'a' })
    expect(bench.transport.requests).toHaveLength(1)
    await bench.tell(chunkOf(1, statusType.serialize(statusOf([8, 12]))), endOf(1))
    expect(bench.sync.of('peerStatus')).toHaveLength(2)
    await bench.tell({ type: 'refreshStatus', peerId: 'a' }, { type: 'refreshStatus', peerId: 'stranger' })
    expect(bench.transport.requests).toHaveLength(2)
  })

  it('keeps what makes no sense from sync', async () => {
    const bench = await createBench()
    await bench.connect('a')
    await bench.askStatus('a', statusOf([7, 11], [8, 2n ** 60n]))
    await bench.ask('a', STATUS_PROTOCOLS[0]!, new Uint8Array(79))
    expect(bench.sync.received).toEqual([])
    expect((await bench.view()).peers[0]!.score).toBe(-40)
  })

  it('tells sync when a peer with a status is gone, also when sync was too busy at first', async () => {
    const bench = await createBench()
    await bench.connect('a')
    await bench.connect('b')
    await bench.askStatus('a', statusOf([7, 11]))
    bench.sync.refuse('peerGone')
    await bench.tell({ type: 'peerDisconnected', peerId: 'a', reason: 'test' })
    await bench.tell({ type: 'peerDisconnected', peerId: 'b', reason: 'test' })
    expect(bench.sync.of('peerGone')).toEqual([])
    bench.sync.refuse()
    await bench.connect('a')
    await bench.askStatus('a', statusOf([7, 11]))
    await bench.tick(1)
    expect(bench.sync.received.map(({ type }) => type)).toEqual(['peerStatus', 'peerGone', 'peerStatus'])
  })
})

describe('events', () => {
  it('say who came and went, by whom it ended, why one is banned and who cannot be reached', async () => {
    const bench = await createBench()
    const failed = { type: 'dialFailed', peerId: 'z', cause: 'timeout', message: '10000 ms passed' } as const
    await bench.tell(failed)
    await bench.connect('a', 'outbound')
    await bench.connect('b')
    await bench.tell({ type: 'peerDisconnected', peerId: 'a', reason: 'connection lost' })
    await bench.lab.ask(bench.network.ref, { type: 'banPeer', peerId: 'b', milliseconds: 1000 })
    await bench.tell({ type: 'peerDisconnected', peerId: 'b', reason: 'banned' })
    expect(bench.eventsOf('dialFailed')).toEqual([failed])
    expect(bench.eventsOf('peerConnected')).toMatchObject([
      { peerId: 'a', direction: 'outbound', address: expect.any(String), agent: expect.any(String) },
      { peerId: 'b', direction: 'inbound' },
    ])
    expect(bench.eventsOf('peerBanned')).toMatchObject([{ peerId: 'b', cause: 'operator' }])
    expect(bench.eventsOf('peerDisconnected')).toMatchObject([
      { peerId: 'a', direction: 'outbound', reason: 'connection lost', isByUs: false },
      { peerId: 'b', direction: 'inbound', reason: 'banned', isByUs: true },
    ])
  })
})

describe('a peer of another chain', () => {
  it.each([
    ['another genesis', statusOf([7, 11], [66, 0]), 'expected genesis'],
    ['another finalized block', statusOf([7, 11], [66, 10]), 'expected block finalized at slot 10'],
    ['another finalized block of earlier', statusOf([7, 11], [66, 4]), 'expected block finalized at slot 4'],
  ])('with %s is sent away, and sync does not hear of it', async (_, status, reason) => {
    const bench = await createBench()
    await bench.tell(chainStatus([9, 12], [5, 4]), chainStatus([9, 12], [8, 10]))
    await bench.connect('a')
    await bench.askStatus('a', status)
    expect(bench.transport.disconnected[0]!.reason).toContain(reason)
    expect(bench.transport.banned).toEqual([{ peerId: 'a', milliseconds: 60_000 }])
    expect(bench.sync.received).toEqual([])
  })

  it('is found out when we finalize what it had otherwise', async () => {
    const bench = await createBench()
    await bench.connect('a')
    await bench.connect('b')
    await bench.askStatus('a', statusOf([7, 30], [66, 20]))
    await bench.askStatus('b', statusOf([7, 30], [67, 20]))
    expect(bench.transport.disconnected).toEqual([])
    await bench.tell(chainStatus([9, 25], [67, 20]))
    expect(bench.transport.disconnected.map(({ peerId }) => peerId)).toEqual(['a'])
  })

  it('is not one that finalized more, less, or tells of a zero root before anything is final', async () => {
    const bench = await createBench()
    await bench.tell(chainStatus([9, 12], [8, 10]))
    for (const [index, finalized] of (
      [
        [70, 11],
        [71, 9],
        [0, 0],
        [1, 0],
      ] as const
    ).entries()) {
      await bench.connect(`p${index}`)
      await bench.askStatus(`p${index}`, statusOf([7, 20], finalized))
    }
    expect(bench.sync.of('peerStatus')).toHaveLength(4)
    expect(bench.transport.disconnected).toEqual([])
  })
})

describe('scores', () => {
  it('fall while a peer floods, and figures of its traffic are shown', async () => {
    const bench = await createBench()
    await bench.connect('a')
    await bench.tell({ type: 'peerFlooding', peerId: 'a', refused: 300 })
    const traffic = { bytesReceived: 9, bytesSent: 8, gossipRefused: 300, requestsRefused: 0 }
    bench.transport.connectedPeers = [
      { peerId: 'a', direction: 'inbound', address: '', agent: '', score: 0, traffic },
    ]
    expect((await bench.view()).peers).toMatchObject([{ peerId: 'a', score: -5, traffic }])
  })

  it('fall with offences and recover with time', async () => {
    const bench = await createBench()
    await bench.connect('a')
    await bench.tell({ type: 'reportPeer', peerId: 'a', offence: 'useless', reason: 'test' })
    expect((await bench.view()).peers[0]!.score).toBe(-4)
    for (let slot = 1; slot <= 35; slot++) await bench.tick(slot)
    const half = (await bench.view()).peers[0]!.score
    expect(half).toBeGreaterThan(-2.1)
    expect(half).toBeLessThan(-1.9)
    for (let slot = 36; slot <= 110; slot++) await bench.tick(slot)
    expect((await bench.view()).peers[0]!.score).toBe(0)
    // Small faults are not the mesh's business.
    expect(bench.transport.scores).toEqual([{ peerId: 'a', score: 0 }])
  })

  it('throttle, then disconnect, then ban', async () => {
    const bench = await createBench()
    await bench.connect('a')
    await bench.connect('b')
    const offend = (peerId: string, offence: 'invalid' | 'malicious') =>
      bench.tell({ type: 'reportPeer', peerId, offence, reason: 'test' })
    await offend('a', 'invalid')
    expect(bench.transport.scores.at(-1)).toEqual({ peerId: 'a', score: -20 })
    await offend('a', 'invalid')
    expect(bench.transport.disconnected).toEqual([])
    await offend('a', 'invalid')
    expect(bench.transport.disconnected).toEqual([{ peerId: 'a', reason: 'test' }])
    await offend('b', 'malicious')
    expect(bench.transport.banned).toEqual([{ peerId: 'b', milliseconds: 600_000 }])
    expect((await bench.view()).bannedPeers).toEqual([
      { peerId: 'b', until: bench.lab.scheduler.now() + 600_000 },
    ])
  })

  it('are remembered of who leaves: it may come back when it has recovered', async () => {
    const bench = await createBench()
    await bench.connect('a')
    await bench.tell({ type: 'reportPeer', peerId: 'a', offence: 'invalid', reason: 'test' })
    await bench.tell({ type: 'reportPeer', peerId: 'a', offence: 'invalid', reason: 'test' })
    await bench.tell({ type: 'peerDisconnected', peerId: 'a', reason: 'test' })
    await bench.connect('a')
    expect(bench.transport.disconnected.map(({ reason }) => reason)).toEqual([
      'misbehaved, not recovered yet',
    ])
    for (let slot = 1; slot <= 40; slot++) await bench.tick(slot)
    expect(bench.transport.scores.at(-1)).toEqual({ peerId: 'a', score: -40 })
    await bench.connect('a')
    expect((await bench.view()).peers).toMatchObject([{ peerId: 'a' }])
    // The transport keeps what it was told until it is told better.
    expect(bench.transport.scores.at(-1)).toEqual({ peerId: 'a', score: 0 })
  })

  it('end a ban when its time is over', async () => {
    const bench = await createBench({ scoreRules: { banMilliseconds: 10_000, keptPerSlot: 0.1 } })
    await bench.connect('a')
    await bench.tell({ type: 'reportPeer', peerId: 'a', offence: 'malicious', reason: 'test' })
    await bench.tell({ type: 'peerDisconnected', peerId: 'a', reason: 'test' })
    await bench.connect('a')
    expect((await bench.view()).peers).toEqual([])
    for (let slot = 1; slot <= 10; slot++) await bench.tick(slot)
    expect((await bench.view()).bannedPeers).toEqual([])
    await bench.connect('a')
    expect((await bench.view()).peers).toMatchObject([{ peerId: 'a', score: 0 }])
  })
})

describe('peers', () => {
  it('are limited in number', async () => {
    const bench = await createBench({ limits: { maxPeers: 2 } })
    for (const peerId of ['a', 'b', 'c']) await bench.connect(peerId)
    expect(bench.transport.disconnected.map(({ peerId }) => peerId)).toEqual(['c'])
  })

  it('of before a restart of the service are known', async () => {
    const transport = new ScriptedTransport()
    transport.connectedPeers = [
      { peerId: 'a', direction: 'outbound', address: 'test/a', agent: 'test', score: -60 },
    ]
    const bench = await createBench({ transport })
    expect(transport.requests).toHaveLength(1)
    expect(transport.scores).toEqual([{ peerId: 'a', score: 0 }])
    await bench.connect('a')
    expect((await bench.view()).peers).toHaveLength(1)
  })

  it('can be dropped and banned by the operator', async () => {
    const bench = await createBench()
    await bench.connect('a')
    const drop = (peerId: string) => bench.lab.ask(bench.network.ref, { type: 'dropPeer', peerId })
    expect(await drop('a')).toEqual({ ok: true, value: true })
    expect(await drop('b')).toEqual({ ok: true, value: false })
    const ban = { type: 'banPeer', peerId: 'b', milliseconds: 5000 } as const
    expect(await bench.lab.ask(bench.network.ref, ban)).toEqual({ ok: true, value: false })
    expect(bench.transport.banned).toEqual([{ peerId: 'b', milliseconds: 5000 }])
    expect(bench.transport.disconnected).toMatchObject([{ peerId: 'a' }])
  })
})
