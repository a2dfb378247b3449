import type { OutgoingRequest, ResponseChunk, TransportEvent } from '@trine/messages'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MemoryNetworkOptions } from '../src/index.ts'
import { createTestNet, type TestNode } from './support/net.ts'

const ECHO = '/echo/1'

const requestOf = (changes: Partial<OutgoingRequest> = {}): OutgoingRequest => ({
  requestId: 1,
  peerId: 'server',
  bodies: [{ protocol: ECHO, body: Uint8Array.of(1, 2, 3) }],
  maxChunks: 10,
  maxChunkLength: 1000,
  deadlineMilliseconds: 5000,
  ...changes,
})

const chunk = (...bytes: number[]): ResponseChunk => ({ code: 'success', payload: Uint8Array.from(bytes) })

/** A server that answers with one chunk per byte of the request, and a client that reads on at once. */
async function createPair(options: Partial<MemoryNetworkOptions> = {}, seed?: string) {
  const net = createTestNet(options, seed)
  const [client, server] = [net.add('client'), net.add('server')]
  server.transport.serve([{ protocol: ECHO, maxRequestLength: 100 }])
  server.act = (event) => {
    if (event.type !== 'requestReceived') return
    for (const byte of event.body) server.transport.respond(event.inboundId, chunk(byte))
    server.transport.endResponse(event.inboundId)
  }
  client.act = (event) => {
    if (event.type === 'responseChunk') client.transport.readOn(event.requestId)
  }
  net.network.connect('client', 'server')
  await net.scheduler.advance(1000)
  return { ...net, client, server }
}

const outcomes = (node: TestNode) => node.of('responseEnded').map(({ outcome }) => outcome)
const payloads = (node: TestNode) => node.of('responseChunk').map((event) => event.chunk.payload[0])

describe('requests', () => {
  it('are answered chunk by chunk, in order, and end once', async () => {
    const { client, server, scheduler } = await createPair()
    client.transport.request(requestOf())
    await scheduler.run()
    expect([payloads(client), outcomes(client)]).toEqual([[1, 2, 3], ['complete']])
    expect(server.of('requestReceived')).toMatchObject([{ peerId: 'client', protocol: ECHO }])
    expect(client.of('responseChunk')[0]).toMatchObject({ requestId: 1, peerId: 'server', protocol: ECHO })
    expect(server.of('requestAborted')).toEqual([])
  })

  it('come one chunk at a time, only as fast as they are read', async () => {
    const { client, server, scheduler } = await createPair()
    client.act = () => {}
    server.act = () => {}
    const large = { code: 'success', payload: new Uint8Array(400_000) } as const
    client.transport.request(requestOf({ maxChunkLength: 400_000, deadlineMilliseconds: 60_000 }))
    await scheduler.advance(1000)
    const { inboundId } = server.of('requestReceived')[0]!
    expect([1, 2, 3].map(() => server.transport.respond(inboundId, large))).toEqual([true, true, false])
    await scheduler.advance(1000)
    // The first chunk was told, two are unread, and that is still more than half of the buffer.
    expect([client.of('responseChunk').length, server.of('responseDrained').length]).toEqual([1, 0])
    client.transport.readOn(1)
    await scheduler.advance(1000)
    expect([client.of('responseChunk').length, server.of('responseDrained').length]).toEqual([2, 1])
    server.transport.endResponse(inboundId)
    client.transport.readOn(1)
    await scheduler.advance(1000)
    expect([client.of('responseChunk').length, outcomes(client)]).toEqual([3, ['complete']])
    expect(server.transport.respond(inboundId, large)).toBe(true)
  })

  it.each<[string, string[], (net: Awaited<ReturnType<typeof createPair>>) => void]>([
    ['nobody answers', ['timeout'], ({ server }) => (server.act = () => {})],
    ['the peer does not speak the protocol', ['unsupported'], () => {}],
    ['a chunk is too long', ['invalid'], () => {}],
    [
      'the client gives up',
      ['cancelled'],
      ({ client }) => (client.act = () => client.transport.cancelRequest(1)),
    ],
    ['the client is too busy', ['cancelled'], ({ client }) => client.refused.add('responseChunk')],
    [
      'the connection ends',
      ['disconnected'],
      ({ server }) => (server.act = () => void server.transport.stop()),
    ],
    [
      'the server crashes',
      ['timeout'],
      ({ server, network }) => (server.act = () => network.crash('server')),
    ],
    ['enough chunks came', ['complete'], () => {}],
  ])('end when %s: %j', async (name, expected, prepare) => {
    const net = await createPair()
    const { client, server, scheduler } = net
    prepare(net)
    const changes: Record<string, Partial<OutgoingRequest>> = {
      'the peer does not speak the protocol': { bodies: [{ protocol: '/other', body: new Uint8Array(1) }] },
      'a chunk is too long': { maxChunkLength: 0 },
      'enough chunks came': { maxChunks: 2 },
    }
    client.transport.request(requestOf(changes[name]))
    await scheduler.run()
    expect(outcomes(client)).toEqual(expected)
    if (name === 'enough chunks came') expect(payloads(client)).toEqual([1, 2])
    if (name === 'nobody answers') expect(server.of('requestAborted')).toHaveLength(1)
    client.transport.readOn(1)
    client.transport.cancelRequest(1)
    await scheduler.run()
    expect(outcomes(client)).toHaveLength(1)
  })

  it('use the first protocol that the peer speaks, each with its own body', async () => {
    const { client, server, scheduler } = await createPair()
    server.transport.serve([{ protocol: '/old', maxRequestLength: 100 }])
    const bodies = ['/new', '/old', ECHO].map((protocol, index) => ({ protocol, body: Uint8Array.of(index) }))
    client.transport.request(requestOf({ bodies }))
    await scheduler.run()
    expect(server.of('requestReceived')).toMatchObject([{ protocol: '/old', body: Uint8Array.of(1) }])
  })

  it('that are too long, or come when the server is too busy, are answered with an error', async () => {
    const { client, server, scheduler } = await createPair()
    client.transport.request(requestOf({ bodies: [{ protocol: ECHO, body: new Uint8Array(101) }] }))
    await scheduler.run()
    server.refused.add('requestReceived')
    client.transport.request(requestOf({ requestId: 2 }))
    await scheduler.run()
    const answers = client
      .of('responseChunk')
      .map(({ chunk: { code, payload } }) => [code, new TextDecoder().decode(payload)])
    expect(answers).toEqual([
      ['invalidRequest', 'expected at most 100 bytes'],
      ['resourceUnavailable', 'too busy'],
    ])
    expect(outcomes(client)).toEqual(['complete', 'complete'])
    expect(() => {
      client.transport.request(requestOf({ requestId: 3 }))
      client.transport.request(requestOf({ requestId: 3 }))
    }).toThrow('request 3 is still open')
    client.transport.request(requestOf({ requestId: 4, peerId: 'stranger' }))
    expect(outcomes(client).at(-1)).toBe('disconnected')
  })

  it('end exactly once with an unbroken beginning of the answer, whatever happens to the network', async () => {
    const fault = fc.record({
      at: fc.nat(3000),
      what: fc.constantFrom('partition', 'heal', 'crash server', 'restart server', 'disconnect', 'cancel'),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fault, { maxLength: 8 }),
        fc.double({ min: 0, max: 0.6, noNaN: true }),
        fc.string(),
        async (faults, loss, seed) => {
          const { client, scheduler, network, add } = await createPair({}, seed)
          network.setLink('server', 'client', { loss })
          network.setLink('client', 'server', { loss })
          const bytes = Uint8Array.from({ length: 8 }, (_, index) => index)
          for (let requestId = 1; requestId <= 5; requestId++) {
            scheduler.after(requestId * 300, () =>
              client.transport.request(requestOf({ requestId, bodies: [{ protocol: ECHO, body: bytes }] })),
            )
          }
          let isServerUp = true
          for (const { at, what } of faults) {
            scheduler.after(at, () => {
              if (what === 'partition') network.partition([['client'], ['server']])
              if (what === 'heal') network.heal()
              if (what === 'crash server' && isServerUp) network.crash('server')
              if (what === 'restart server' && !isServerUp) add('server')
              if (what === 'disconnect') client.transport.disconnect('server', 'test')
              if (what === 'cancel') client.transport.cancelRequest(3)
              if (what.endsWith('server')) isServerUp = what === 'restart server'
            })
          }
          await scheduler.run()
          const ended = client.of('responseEnded')
          expect(ended.map(({ requestId }) => requestId).sort()).toEqual([1, 2, 3, 4, 5])
          for (const { requestId, outcome } of ended) {
            const isOf = (event: TransportEvent) =>
              event.type === 'responseChunk' && event.requestId === requestId
            const came = client.events.flatMap((event) =>
              isOf(event) && event.type === 'responseChunk' ? [event.chunk.payload[0]] : [],
            )
            expect(came).toEqual([...bytes].slice(0, came.length))
            if (outcome === 'complete') expect(came.length).toBe(8)
          }
        },
      ),
      {
        numRuns: 60,
        examples: [
          // So short that nobody notices, while a chunk is under way.
          [
            [
              { at: 313, what: 'partition' },
              { at: 329, what: 'heal' },
            ],
            0,
            ' lyb',
          ],
        ],
      },
    )
  })
})
