import { afterEach, describe, expect, it, vi } from 'vitest'
import { gossipMessageId } from '../src/wire/messageId.ts'
import { connectGossipPeer } from './support/gossipPeer.ts'
import { asStaticPeer, type Kind, publish, startEndpoint, stopAll, TOPIC } from './support/network.ts'
import { stopRawNodes } from './support/rawNode.ts'
import { incompressible } from './support/values.ts'

afterEach(() => Promise.all([stopRawNodes(), stopAll()]))

/** Three in a row, so that what the first publishes reaches the last only when the one between lets it. */
async function startRow(kind: Kind) {
  const first = await startEndpoint(1, kind)
  const middle = await startEndpoint(2, kind, { staticPeers: [asStaticPeer(first)] })
  const last = await startEndpoint(3, kind, { staticPeers: [asStaticPeer(middle)] })
  // Nothing is forwarded to a peer that joins the mesh after the verdict.
  const meshSizes = () => [first, middle, last].map(({ transport }) => transport.meshPeers().length)
  await vi.waitFor(() => expect(meshSizes()).toEqual([1, 2, 1]), { timeout: 60_000 })
  return { first, middle, last }
}

describe.each<Kind>(['quic', 'tcp'])('gossip over %s', (kind) => {
  it('is forwarded when accepted, and not when ignored or rejected', async () => {
    const { first, middle, last } = await startRow(kind)
    const peerId = first.transport.localPeerId
    for (const verdict of ['accept', 'ignore', 'reject'] as const) {
      const payload = new TextEncoder().encode(`a block to ${verdict}`)
      const messageId = Buffer.from(gossipMessageId(TOPIC, payload)).toString('hex')
      expect(await publish(first, payload)).toMatchObject({ ok: true, messageId, recipients: 1 })
      const event = await middle.events.next('gossipBlock', ({ gossip }) => gossip.messageId === messageId)
      expect(event).toMatchObject({ topic: TOPIC, gossip: { messageId, peerId } })
      expect(Buffer.from(event.payload).toString()).toBe(`a block to ${verdict}`)
      middle.transport.reportVerdict(event.gossip, verdict)
      if (verdict === 'accept') await last.events.next('gossipBlock')
    }
    // What was forwarded before arrives before this.
    const end = new TextEncoder().encode('the end')
    const heard = () => last.events.all.filter((event) => event.type === 'gossipBlock')
    await publish(middle, end)
    await last.events.next('gossipBlock', () => heard().length > 1)
    expect(heard().map(({ payload }) => Buffer.from(payload).toString())).toEqual([
      'a block to accept',
      'the end',
    ])
  })

  it('carries the largest legal block', async () => {
    const { first, middle, last } = await startRow(kind)
    const block = incompressible(13_400_000)
    expect(await publish(first, block)).toMatchObject({ ok: true })
    const event = await middle.events.next('gossipBlock')
    middle.transport.reportVerdict(event.gossip, 'accept')
    const { payload } = await last.events.next('gossipBlock')
    expect(Buffer.compare(payload, block)).toBe(0)
  })
})

it('tells what cannot be published', async () => {
  const first = await startEndpoint(1, 'tcp', { limits: { maxGossipLength: 1000 } })
  await startEndpoint(2, 'tcp', { staticPeers: [asStaticPeer(first)] })
  expect(await publish(first, new Uint8Array(1000))).toMatchObject({ ok: true })
  expect(await publish(first, new Uint8Array(1000))).toEqual({ ok: false, code: 'DUPLICATE' })
  expect(await publish(first, new Uint8Array(1001))).toEqual({ ok: false, code: 'TOO_LONG' })
  await first.transport.stop()
  expect(await publish(first, new Uint8Array(3))).toEqual({ ok: false, code: 'STOPPED' })
})

it('refuses a payload over the limit of its topic', async () => {
  const first = await startEndpoint(1, 'tcp')
  const second = await startEndpoint(2, 'tcp', { staticPeers: [asStaticPeer(first)] })
  second.transport.subscribe(TOPIC, { deliverAs: 'gossipBlock', maxLength: 100 })
  const peerId = first.transport.localPeerId
  expect(await publish(first, new Uint8Array(100))).toMatchObject({ ok: true })
  expect((await second.events.next('gossipBlock')).payload.length).toBe(100)
  expect(await publish(first, new Uint8Array(101))).toMatchObject({ ok: true })
  const reason = 'TOO_LONG: snappy: expected at most 100 bytes, got 101'
  expect(await second.events.next('gossipBroken')).toEqual({
    type: 'gossipBroken',
    kind: 'gossipBlock',
    peerId,
    reason,
  })
  expect(second.events.all.filter(({ type }) => type === 'gossipBlock')).toHaveLength(1)
})

describe('a peer that sends more than it may', () => {
  it.each([
    ['messages', { gossipMessagesPerSecond: 0.001 }],
    ['bytes', { gossipBytesPerSecond: 0.1 }],
  ])('is refused unread beyond: %s', async (_what, limit) => {
    const first = await startEndpoint(1, 'tcp')
    const limits = { ...limit, burstSeconds: 10_000 }
    const second = await startEndpoint(2, 'tcp', { staticPeers: [asStaticPeer(first)], limits })
    // Ten messages, or ten times 100 bytes, fit.
    for (let number = 0; number < 15; number++) await publish(first, new Uint8Array(100).fill(number))
    const traffic = () => second.transport.peers()[0]?.traffic
    await vi.waitFor(() => expect(traffic()?.gossipRefused).toBe(5), { timeout: 60_000 })
    expect(traffic()?.bytesReceived).toBe(1500)
    expect(first.transport.peers()[0]?.traffic?.bytesSent).toBe(1500)
    expect(second.events.all.filter(({ type }) => type === 'gossipBlock')).toHaveLength(10)
    const { peerId, refused } = await second.events.next('peerFlooding')
    expect({ peerId, refused }).toEqual({ peerId: first.transport.localPeerId, refused: 1 })
  })
})

it('answers a peer that asks for long messages with one at a time', async () => {
  const server = await startEndpoint(1, 'tcp')
  const peer = await connectGossipPeer(server, 5_000_000)
  let length = 3_000_000
  // What was published is kept for some seconds only: on a slow machine that may be over before it is asked for.
  await vi.waitFor(
    async () => {
      const payloads = [length++, length++].map(incompressible)
      const before = peer.received()
      for (const payload of payloads) await publish(server, payload)
      await vi.waitFor(() => expect(peer.received()).toBe(before + 2), { timeout: 20_000 })
      peer.receivedAtOnce.length = 0
      expect(peer.want(payloads.map((payload) => gossipMessageId(TOPIC, payload)))).toBe(true)
      await vi.waitFor(() => expect(peer.receivedAtOnce).toEqual([1, 1]), { timeout: 5000 })
    },
    { timeout: 60_000 },
  )
})
