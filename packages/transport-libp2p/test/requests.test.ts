import type { OutgoingRequest } from '@trine/messages'
import { afterEach, describe, expect, it } from 'vitest'
import { asStaticPeer, ECHO, type Endpoint, type Kind, startEndpoint, stopAll } from './support/network.ts'
import { incompressible } from './support/values.ts'

afterEach(stopAll)

const OTHER = '/leanconsensus/req/other/1/ssz_snappy'
const body = new TextEncoder().encode('which blocks?')

async function startPair(kind: Kind) {
  const server = await startEndpoint(1, kind)
  const client = await startEndpoint(2, kind, { staticPeers: [asStaticPeer(server)] })
  await client.events.next('peerConnected')
  return { server, client }
}

function ask({ transport }: Endpoint, server: Endpoint, changes: Partial<OutgoingRequest> = {}): void {
  transport.request({
    requestId: 1,
    peerId: server.transport.localPeerId,
    bodies: [{ protocol: ECHO, body }],
    maxChunks: 3,
    maxChunkLength: 14_000_000,
    deadlineMilliseconds: 60_000,
    ...changes,
  })
}

/** Reads on until the answer is over; the payloads as text. */
async function readAll(client: Endpoint): Promise<{ chunks: string[]; outcome: string }> {
  for (let count = 1; ; count++) {
    const chunks = () => client.events.all.filter((event) => event.type === 'responseChunk')
    const arrived = client.events.next('responseChunk', () => chunks().length >= count)
    const ended = client.events.next('responseEnded')
    const event = await Promise.race([arrived, ended])
    if (event.type === 'responseEnded') {
      return {
        chunks: chunks().map(({ chunk }) => Buffer.from(chunk.payload).toString()),
        outcome: event.outcome,
      }
    }
    client.transport.readOn(1)
  }
}

const text = (payload: string) => ({ code: 'success' as const, payload: new TextEncoder().encode(payload) })

describe.each<Kind>(['quic', 'tcp'])('requests over %s', (kind) => {
  it('are answered chunk by chunk', async () => {
    const { server, client } = await startPair(kind)
    ask(client, server, {
      bodies: [
        { protocol: OTHER, body: new Uint8Array(0) },
        { protocol: ECHO, body },
      ],
    })
    const request = await server.events.next('requestReceived')
    expect(request).toMatchObject({ protocol: ECHO, peerId: client.transport.localPeerId })
    expect(Buffer.compare(request.body, body)).toBe(0)
    server.transport.respond(request.inboundId, text('one'))
    server.transport.respond(request.inboundId, text('two'))
    server.transport.endResponse(request.inboundId)
    expect(await readAll(client)).toEqual({ chunks: ['one', 'two'], outcome: 'complete' })
  })

  it('end after the chunks asked for, also when the server does not', async () => {
    const { server, client } = await startPair(kind)
    ask(client, server, { maxChunks: 1 })
    const { inboundId } = await server.events.next('requestReceived')
    server.transport.respond(inboundId, text('one'))
    expect(await readAll(client)).toEqual({ chunks: ['one'], outcome: 'complete' })
  })

  it('carry the largest legal block, with a word when there is room again', async () => {
    const { server, client } = await startPair(kind)
    ask(client, server, { maxChunks: 1 })
    const { inboundId } = await server.events.next('requestReceived')
    const block = incompressible(13_400_000)
    expect(server.transport.respond(inboundId, { code: 'success', payload: block })).toBe(false)
    await server.events.next('responseDrained')
    const { chunk } = await client.events.next('responseChunk')
    expect(Buffer.compare(chunk.payload, block)).toBe(0)
    expect((await client.events.next('responseEnded')).outcome).toBe('complete')
  })

  it('that nobody answers end in time', async () => {
    const { server, client } = await startPair(kind)
    ask(client, server, { deadlineMilliseconds: 200 })
    expect(await readAll(client)).toEqual({ chunks: [], outcome: 'timeout' })
  })

  it('say how they failed', async () => {
    const { server, client } = await startPair(kind)
    const outcomeOf = async (requestId: number) =>
      (await client.events.next('responseEnded', (event) => event.requestId === requestId)).outcome
    ask(client, server, { requestId: 2, bodies: [{ protocol: OTHER, body }] })
    expect(await outcomeOf(2)).toBe('unsupported')

    ask(client, server, { requestId: 3, maxChunkLength: 2 })
    const long = await server.events.next('requestReceived')
    server.transport.respond(
      long.inboundId,
      text('too long a text for such a small limit of two bytes'.repeat(9)),
    )
    expect(await outcomeOf(3)).toBe('invalid')

    ask(client, server, { requestId: 4 })
    client.transport.cancelRequest(4)
    expect(await outcomeOf(4)).toBe('cancelled')

    ask(client, server, { requestId: 5, peerId: client.transport.localPeerId })
    expect(await outcomeOf(5)).toBe('disconnected')

    ask(client, server, { requestId: 6 })
    await server.events.next('requestReceived', ({ inboundId }) => inboundId > long.inboundId)
    server.transport.disconnect(client.transport.localPeerId, 'enough')
    expect(['disconnected', 'truncated']).toContain(await outcomeOf(6))
  })

  it('leave nothing open when they are over', async () => {
    const { server, client } = await startPair(kind)
    for (let requestId = 1; requestId <= 100; requestId++) {
      ask(client, server, { requestId, maxChunks: 1 })
      const isNew = ({ inboundId }: { inboundId: number }) => inboundId === requestId
      await server.events.next('requestReceived', isNew)
      server.transport.respond(requestId, text('one'))
      server.transport.endResponse(requestId)
      const { outcome } = await client.events.next('responseEnded', (event) => event.requestId === requestId)
      expect(outcome, `request ${requestId}`).toBe('complete')
    }
  })

  it('over the rate of a peer are answered with an error, and told of', async () => {
    const server = await startEndpoint(1, kind, { limits: { requestsPerSecond: 0.001, burstSeconds: 3000 } })
    const client = await startEndpoint(2, kind, { staticPeers: [asStaticPeer(server)] })
    await client.events.next('peerConnected')
    for (let requestId = 1; requestId <= 4; requestId++) {
      ask(client, server, { requestId, maxChunks: 1 })
      if (requestId === 4) continue
      const isNew = ({ inboundId }: { inboundId: number }) => inboundId === requestId
      const { inboundId } = await server.events.next('requestReceived', isNew)
      server.transport.respond(inboundId, text('one'))
      server.transport.endResponse(inboundId)
    }
    const { chunk } = await client.events.next('responseChunk', (event) => event.requestId === 4)
    expect({ code: chunk.code, text: Buffer.from(chunk.payload).toString() }).toEqual({
      code: 'resourceUnavailable',
      text: 'too many requests',
    })
    const peerId = client.transport.localPeerId
    expect(await server.events.next('peerFlooding')).toMatchObject({ peerId, refused: 1 })
    const traffic = { bytesReceived: 3 * body.length, gossipRefused: 0, requestsRefused: 1 }
    expect(server.transport.peers()).toMatchObject([{ peerId, traffic }])
  })

  it('are refused by the transport when too long or too many', async () => {
    const { server, client } = await startPair(kind)
    const codeOf = async (requestId: number) =>
      (await client.events.next('responseChunk', (event) => event.requestId === requestId)).chunk.code
    ask(client, server, { requestId: 2, bodies: [{ protocol: ECHO, body: incompressible(32_769) }] })
    expect(await codeOf(2)).toBe('invalidRequest')
    server.events.takes = ({ type }) => type !== 'requestReceived'
    ask(client, server, { requestId: 3 })
    expect(await codeOf(3)).toBe('resourceUnavailable')
  })
})
