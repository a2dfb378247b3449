import type { OutgoingRequest } from '@trine/messages'
import { afterEach, describe, expect, it } from 'vitest'
import type { Counting } from '../src/wire/chunks.ts'
import { type Endpoint, type Kind, startEndpoint, stopAll } from './support/network.ts'
import { stopRawNodes } from './support/rawNode.ts'
import { type OnUnread, StrictPeer, type StrictPeerOptions } from './support/strictPeer.ts'
import { incompressible } from './support/values.ts'

afterEach(() => Promise.all([stopAll(), stopRawNodes()]))

const STATUS = '/leanconsensus/req/status/1/ssz_snappy'
const BLOCKS = '/leanconsensus/req/lean_blocks_by_root/1/ssz_snappy'

const samples = {
  /** Framed it is shorter than 80 bytes: who takes it for 80 bytes of frames waits for more. */
  genesisStatus: new Uint8Array(80),
  /** Framed it is longer than 80 bytes: who takes it for 80 bytes of frames cuts it off. */
  status: incompressible(80),
  roots: incompressible(64),
  smallBlock: incompressible(12_800),
  block: incompressible(70_000),
}
type Sample = keyof typeof samples

const answers: Readonly<Record<string, readonly Sample[]>> = {
  [STATUS]: ['status'],
  [BLOCKS]: ['smallBlock', 'block'],
}

function nameOf(bytes: Uint8Array): string {
  const isIt = ([, sample]: [string, Uint8Array]) => Buffer.compare(sample, bytes) === 0
  return Object.entries(samples).find(isIt)?.[0] ?? `${bytes.length} other bytes`
}

type Options = Omit<StrictPeerOptions, 'answers'> & { readonly isDialled?: boolean }

/** A peer and an endpoint that know of each other. */
async function meet(kind: Kind, { isDialled = true, ...options }: Options) {
  const peer = await StrictPeer.start(kind, {
    ...options,
    answers: new Map(
      Object.entries(answers).map(([protocol, names]) => [protocol, names.map((name) => samples[name])]),
    ),
  })
  const staticPeers = isDialled ? [peer.asStaticPeer] : []
  const endpoint = await startEndpoint(1, kind, { staticPeers })
  endpoint.transport.serve(Object.keys(answers).map((protocol) => ({ protocol, maxRequestLength: 32_772 })))
  if (!isDialled) await peer.dial(endpoint)
  await endpoint.events.next('peerConnected')
  return { peer, endpoint }
}

let requestIds = 0

/** The payloads and the outcome of a request of ours. */
async function ask(
  { transport, events }: Endpoint,
  { peerId }: StrictPeer,
  protocol: string,
  body: Sample,
  changes: Partial<OutgoingRequest> = {},
) {
  requestIds += 1
  const requestId = requestIds
  const maxChunks = answers[protocol]!.length
  const bodies = [{ protocol, body: samples[body] }]
  const request = { requestId, peerId, bodies, maxChunks, maxChunkLength: 100_000 }
  transport.request({ ...request, deadlineMilliseconds: 60_000, ...changes })
  // The test's chunks are small: all may come at once.
  for (let chunk = 1; chunk < maxChunks; chunk++) {
    await Promise.race([
      events.next('responseChunk', () => chunksOf(events, requestId).length >= chunk),
      events.next('responseEnded', (event) => event.requestId === requestId),
    ])
    transport.readOn(requestId)
  }
  const { outcome } = await events.next('responseEnded', (event) => event.requestId === requestId)
  const chunks = chunksOf(events, requestId)
  return { outcome, chunks: chunks.map(({ code, payload }) => (code === 'success' ? nameOf(payload) : code)) }
}

function chunksOf({ all }: Endpoint['events'], requestId: number) {
  return all.flatMap((event) =>
    event.type === 'responseChunk' && event.requestId === requestId ? [event.chunk] : [],
  )
}

/** Asks, and has the endpoint answer. */
async function askUs(endpoint: Endpoint, peer: StrictPeer, protocol: string, body: Sample) {
  const { transport, events } = endpoint
  const isNew = newRequest(endpoint)
  const answer = peer.ask(endpoint, protocol, samples[body])
  const { inboundId, body: read } = await events.next('requestReceived', isNew)
  expect(nameOf(read)).toBe(body)
  for (const name of answers[protocol]!) {
    transport.respond(inboundId, { code: 'success', payload: samples[name] })
  }
  transport.endResponse(inboundId)
  return (await answer).map(nameOf)
}

function newRequest({ events }: Endpoint) {
  const before = new Set(events.all)
  return (event: { readonly type: string }) => !before.has(event as never)
}

/** The whole answer to a protocol. */
const answerTo = (protocol: string) => ({ outcome: 'complete', chunks: answers[protocol] })

describe.each<Kind>(['quic', 'tcp'])('over %s a peer', (kind) => {
  it.each([true, false])(
    'by the specification meets nothing that it cannot read; dialled: %s',
    async (isDialled) => {
      const { peer, endpoint } = await meet(kind, { counting: 'data', isDialled })
      expect(await ask(endpoint, peer, STATUS, 'genesisStatus')).toEqual(answerTo(STATUS))
      expect(await ask(endpoint, peer, BLOCKS, 'roots')).toEqual(answerTo(BLOCKS))
      expect(await askUs(endpoint, peer, STATUS, 'status')).toEqual(answers[STATUS])
      expect(await askUs(endpoint, peer, BLOCKS, 'roots')).toEqual(answers[BLOCKS])
      expect(await ask(endpoint, peer, BLOCKS, 'roots')).toEqual(answerTo(BLOCKS))
      expect({ unread: peer.unread, read: peer.read.length }).toEqual({ unread: 0, read: 3 })
    },
  )

  it.each<[OnUnread, Sample]>([
    ['end', 'status'],
    ['end', 'genesisStatus'],
    ['reset', 'status'],
    ['error', 'status'],
  ])('that counts frames and is dialled is asked again at once on %s', async (onUnread, ours) => {
    const { peer, endpoint } = await meet(kind, { counting: 'frames', onUnread })
    expect(await ask(endpoint, peer, STATUS, ours)).toEqual(answerTo(STATUS))
    expect({ unread: peer.unread, read: peer.read.map(nameOf) }).toEqual({ unread: 1, read: [ours] })
    expect(await ask(endpoint, peer, BLOCKS, 'roots')).toEqual(answerTo(BLOCKS))
    expect(await askUs(endpoint, peer, STATUS, 'status')).toEqual(answers[STATUS])
    expect(await askUs(endpoint, peer, BLOCKS, 'roots')).toEqual(answers[BLOCKS])
    expect(peer.unread).toBe(1)
  })

  it('that counts frames and says nothing is asked so the next time', async () => {
    const { peer, endpoint } = await meet(kind, { counting: 'frames', onUnread: 'silence' })
    // On a slow machine the time may be over before the request is written, or answered.
    let answer = await ask(endpoint, peer, STATUS, 'status', { deadlineMilliseconds: 300 })
    expect(answer.outcome).toBe('timeout')
    for (let deadline = 600; answer.outcome === 'timeout'; deadline *= 2) {
      answer = await ask(endpoint, peer, STATUS, 'status', { deadlineMilliseconds: deadline })
    }
    expect(answer).toEqual(answerTo(STATUS))
    expect(await ask(endpoint, peer, BLOCKS, 'roots')).toEqual(answerTo(BLOCKS))
  })

  it('that reads otherwise than it writes is asked as it answered before', async () => {
    const { peer, endpoint } = await meet(kind, { counting: 'data', writes: 'frames' })
    expect(await ask(endpoint, peer, STATUS, 'status')).toEqual(answerTo(STATUS))
    expect(await ask(endpoint, peer, BLOCKS, 'roots')).toEqual(answerTo(BLOCKS))
    expect(peer.unread).toBe(0)
  })

  it('that reads otherwise than it wrote when it asked us is asked the other way at once', async () => {
    const { peer, endpoint } = await meet(kind, { counting: 'data', writes: 'frames', isDialled: false })
    await askUs(endpoint, peer, STATUS, 'status')
    expect(await ask(endpoint, peer, STATUS, 'status')).toEqual(answerTo(STATUS))
    expect(await ask(endpoint, peer, BLOCKS, 'roots')).toEqual(answerTo(BLOCKS))
    // Our answer, which is written as it asked, and our first request.
    expect(peer.unread).toBe(2)
  })

  it.each<[Counting, number]>([
    ['data', 0],
    ['frames', 1],
  ])('that counts %s and refuses what it could read is not asked again', async (counting, unread) => {
    const { peer, endpoint } = await meet(kind, { counting, refuses: true })
    const refused = { outcome: 'complete', chunks: ['invalidRequest'] }
    expect(await ask(endpoint, peer, STATUS, 'status')).toEqual(refused)
    expect(await ask(endpoint, peer, STATUS, 'status')).toEqual(refused)
    expect({ unread: peer.unread, read: peer.read.length }).toEqual({ unread, read: 2 })
  })

  it('that counts frames and asks first meets nothing that it cannot read', async () => {
    const { peer, endpoint } = await meet(kind, { counting: 'frames', isDialled: false })
    expect(await askUs(endpoint, peer, STATUS, 'status')).toEqual(answers[STATUS])
    expect(await ask(endpoint, peer, STATUS, 'status')).toEqual(answerTo(STATUS))
    expect(await ask(endpoint, peer, BLOCKS, 'roots')).toEqual(answerTo(BLOCKS))
    expect(await askUs(endpoint, peer, BLOCKS, 'roots')).toEqual(answers[BLOCKS])
    expect(peer.unread).toBe(0)
  })
})
