import { identify } from '@libp2p/identify'
import type { Libp2p, ServiceMap, Stream } from '@libp2p/interface'
import { byteStream } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { decodeChunks, decodeRequest, encodeChunk, encodeRequest } from '../src/wire/chunks.ts'
import { concat, encodeFrames } from '../src/wire/snappyFrames.ts'
import { encodeVarint } from '../src/wire/varint.ts'
import { ECHO, type Endpoint, type Kind, startEndpoint, stopAll } from './support/network.ts'
import { startRawNode, stopRawNodes } from './support/rawNode.ts'
import { expectValue, incompressible } from './support/values.ts'

afterEach(async () => {
  await Promise.all([stopRawNodes(), stopAll()])
})

/** A libp2p node without any of our code, connected to the endpoint; a mute one does not say who it is. */
async function connectRaw({ transport }: Endpoint, { isMute = false } = {}): Promise<Libp2p> {
  const node = await startRawNode<ServiceMap>(isMute ? {} : { identify: identify() })
  await node.dial(multiaddr(transport.addresses()[0]!))
  return node
}

const addressOf = ({ transport }: Endpoint) => multiaddr(transport.addresses()[0]!)

function untilClosed(stream: Stream): Promise<void> {
  return new Promise((resolve) => {
    const look = () => stream.remoteWriteStatus === 'closed' && resolve()
    for (const type of ['close', 'remoteCloseWrite'] as const) stream.addEventListener(type, look)
    look()
  })
}

async function readToEnd(stream: Stream): Promise<Uint8Array> {
  const bytes = byteStream(stream)
  const parts: Uint8Array[] = []
  for (let part = await bytes.read(); part !== null; part = await bytes.read()) parts.push(part.subarray())
  return concat(parts)
}

describe.each<Kind>(['quic', 'tcp'])('a hostile asker over %s', (kind) => {
  it('that never writes is broken off', async () => {
    const server = await startEndpoint(1, kind, { limits: { requestMilliseconds: 300 } })
    const raw = await connectRaw(server)
    // On a slow machine the time is over before the stream is open for the asker, who is told so by an error.
    const silent = () => raw.dialProtocol(addressOf(server), ECHO)
    await untilClosed(await vi.waitFor(silent, { timeout: 60_000 }))
    expect(countRequests(server)).toBe(0)
  })

  it('that stops in the middle is broken off', async () => {
    const server = await startEndpoint(1, kind)
    const raw = await connectRaw(server)
    const cut = await raw.dialProtocol(addressOf(server), ECHO)
    cut.send(encodeRequest(incompressible(100)).subarray(0, 50))
    await cut.close()
    await untilClosed(cut)
    expect(countRequests(server)).toBe(0)
  })

  it('that sends garbage is told so', async () => {
    const server = await startEndpoint(1, kind)
    const raw = await connectRaw(server)
    const stream = await raw.dialProtocol(addressOf(server), ECHO)
    const answer = readToEnd(stream)
    stream.send(concat([encodeVarint(20), incompressible(500)]))
    expect(expectValue(decodeChunks(await answer, 0))).toMatchObject([{ code: 'invalidRequest' }])
  })

  it('never has more than its share of requests', async () => {
    const server = await startEndpoint(1, kind, { limits: { maxRequestsPerPeer: 4 } })
    const raw = await connectRaw(server)
    const streams = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const stream = await raw.dialProtocol(addressOf(server), ECHO)
        stream.send(encodeRequest(Uint8Array.of(1)))
        return stream
      }),
    )
    await server.events.next('requestReceived', () => countRequests(server) === 4)
    const fifth = await raw.dialProtocol(addressOf(server), ECHO).catch(() => undefined)
    if (fifth !== undefined) await untilClosed(fifth)
    expect(countRequests(server)).toBe(4)
    expect(streams.every(({ status }) => status === 'open')).toBe(true)
  })

  it('that never closes its side makes room some time after the answer', async () => {
    const server = await startEndpoint(1, kind, { limits: { stallMilliseconds: 300, maxRequests: 1 } })
    const raw = await connectRaw(server)
    const stream = await raw.dialProtocol(addressOf(server), ECHO)
    stream.send(encodeRequest(Uint8Array.of(1)))
    const { inboundId } = await server.events.next('requestReceived')
    server.transport.endResponse(inboundId)
    const asksAgain = async () => {
      const next = await raw.dialProtocol(addressOf(server), ECHO)
      next.send(encodeRequest(Uint8Array.of(1)))
      await untilClosed(next)
      expect(countRequests(server)).toBeGreaterThan(1)
    }
    await vi.waitFor(asksAgain, { timeout: 60_000 })
  })

  it('finds no room when all have too many streams open', async () => {
    const server = await startEndpoint(1, kind, { limits: { maxRequests: 2 } })
    const raws = [await connectRaw(server), await connectRaw(server)]
    const open = await Promise.all(raws.map((raw) => raw.dialProtocol(addressOf(server), ECHO)))
    for (const stream of open) stream.send(encodeRequest(Uint8Array.of(1)))
    await server.events.next('requestReceived', () => countRequests(server) === 2)
    const third = await raws[0]!.dialProtocol(addressOf(server), ECHO).catch(() => undefined)
    if (third !== undefined) await untilClosed(third)
    expect(open.map(({ status }) => status)).toEqual(['open', 'open'])
    expect(countRequests(server)).toBe(2)
  })

  it('that the application does not take leaves its room to others', async () => {
    const server = await startEndpoint(1, kind, { limits: { maxRequests: 1 } })
    server.events.takes = ({ type }) => type !== 'peerConnected'
    // Without identify it is its request that has it told of.
    const raw = await connectRaw(server, { isMute: true })
    const refused = await raw.dialProtocol(addressOf(server), ECHO).catch(() => undefined)
    if (refused !== undefined) await untilClosed(refused)
    server.events.takes = () => true
    const stream = await (await connectRaw(server)).dialProtocol(addressOf(server), ECHO)
    stream.send(encodeRequest(Uint8Array.of(1)))
    const isOver = untilClosed(stream).then(() => 'broken off')
    expect(await Promise.race([server.events.next('requestReceived'), isOver])).toMatchObject({
      type: 'requestReceived',
    })
  })

  it('that does not read its answer is broken off', async () => {
    const server = await startEndpoint(1, kind, { limits: { stallMilliseconds: 300 } })
    const raw = await connectRaw(server)
    const stream = await raw.dialProtocol(addressOf(server), ECHO)
    stream.pause()
    stream.send(encodeRequest(Uint8Array.of(1)))
    const { inboundId } = await server.events.next('requestReceived')
    server.transport.respond(inboundId, { code: 'success', payload: incompressible(13_400_000) })
    await server.events.next('requestAborted', (event) => event.inboundId === inboundId)
    expect(server.transport.respond(inboundId, { code: 'success', payload: new Uint8Array(0) })).toBe(true)
  })
})

function countRequests({ events }: Endpoint): number {
  return events.all.filter(({ type }) => type === 'requestReceived').length
}

const payload = incompressible(70_000)
const chunk = encodeChunk({ code: 'success', payload })
const frames = encodeFrames(payload)

describe.each<Kind>(['quic', 'tcp'])('an answer over %s', (kind) => {
  it.each<[string, Uint8Array, number, string]>([
    [
      'in the dialect that counts frames',
      concat([Uint8Array.of(0), encodeVarint(frames.length), frames]),
      1,
      'complete',
    ],
    ['that ends in a chunk', concat([chunk, chunk.subarray(0, 60_000)]), 1, 'truncated'],
    ['of garbage', incompressible(1000), 0, 'invalid'],
    [
      'with a chunk over the limit',
      encodeChunk({ code: 'success', payload: incompressible(200_000) }),
      0,
      'invalid',
    ],
    ['of nothing', new Uint8Array(0), 0, 'complete'],
  ])('%s: %#', async (_what, answer, chunks, outcome) => {
    const client = await startEndpoint(1, kind)
    const raw = await connectRaw(client)
    await raw.handle(ECHO, async (stream) => {
      // As clients do that answer only after the asker has closed its side.
      const request = await readToEnd(stream)
      expect(expectValue(decodeRequest(request, 100))).toHaveLength(3)
      if (answer.length > 0) stream.send(answer)
      await stream.close()
    })
    await client.events.next('peerConnected')
    client.transport.request({
      requestId: 1,
      peerId: raw.peerId.toString(),
      bodies: [{ protocol: ECHO, body: Uint8Array.of(1, 2, 3) }],
      maxChunks: 2,
      maxChunkLength: 100_000,
      deadlineMilliseconds: 60_000,
    })
    if (chunks > 0) {
      const event = await client.events.next('responseChunk')
      expect(Buffer.compare(event.chunk.payload, payload)).toBe(0)
      client.transport.readOn(1)
    }
    expect((await client.events.next('responseEnded')).outcome).toBe(outcome)
    expect(client.events.all.filter(({ type }) => type === 'responseChunk')).toHaveLength(chunks)
  })
})
