import { once } from 'node:events'
import { multiaddr } from '@multiformats/multiaddr'
import { VirtualScheduler } from '@trine/actors'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { GossipWatch } from '../src/gossipWatch.ts'
import { connectGossipPeer } from './support/gossipPeer.ts'
import { asStaticPeer, type Endpoint, type Kind, publish, startEndpoint, stopAll } from './support/network.ts'
import { stopRawNodes } from './support/rawNode.ts'
import { type Relay, startRelay } from './support/relay.ts'
import { incompressible } from './support/values.ts'

const relays: Relay[] = []

afterEach(async () => {
  await Promise.all([stopRawNodes(), stopAll()])
  for (const relay of relays.splice(0)) relay.close()
})

const until = (check: () => unknown) => vi.waitFor(check, { timeout: 60_000 })
const limits = { gossipLookMilliseconds: 100 }
/** On a slow machine too, the two connections are of the same moment. */
const crossing = { limits: { ...limits, replaceMilliseconds: 60_000 } }

/** What an endpoint is told when it parts with a peer whose gossip broke off: nothing that could be charged to it. */
async function expectParted({ events }: Endpoint): Promise<void> {
  expect(await events.next('peerDisconnected')).toMatchObject({ reason: 'gossip broke off' })
  const kinds = events.all.map(({ type }) => type).filter((type) => type !== 'gossipBlock')
  expect(kinds.slice(0, 2)).toEqual(['peerConnected', 'peerDisconnected'])
}

let published = 0

/** Until what is published from now on is heard: what is sent before a loss is noticed is lost. */
async function untilHeard(from: Endpoint, count: () => number): Promise<void> {
  const before = count()
  await until(async () => {
    published += 1
    await publish(from, new TextEncoder().encode(`message ${published}`))
    expect(count()).toBeGreaterThan(before)
  })
}

describe.each<Kind>(['quic', 'tcp'])('gossip over %s', (kind) => {
  it('goes on after the one of two connections that it was on is lost', async () => {
    const server = await startEndpoint(1, kind, { limits })
    const peer = await connectGossipPeer(server)
    await untilHeard(server, peer.received)
    const [first] = peer.node.getConnections()
    // Until both have said who they are anew: the streams of gossip stay alone.
    const identified = once(peer.node, 'peer:identify')
    await peer.node.dial(multiaddr(server.transport.addresses()[0]!), { force: true })
    await identified
    await until(() => expect(server.transport.openStreams()).toBe(2))
    await first!.close()
    await untilHeard(server, peer.received)
  })

  it('goes on with a peer that broke off its stream', async () => {
    const server = await startEndpoint(1, kind, { limits })
    const peer = await connectGossipPeer(server)
    await untilHeard(server, peer.received)
    peer.stream().abort(new Error('test'))
    await untilHeard(server, peer.received)
    await expectParted(server)
  })
})

/** Two that dial each other at the same moment, each over a path of its own. */
async function crossDial() {
  const [there, back] = [await startRelay(), await startRelay()]
  relays.push(there, back)
  const idOf = async (number: number) => {
    const { transport } = await startEndpoint(number, 'tcp')
    await transport.stop()
    return transport.localPeerId
  }
  const [left, right] = [await idOf(1), await idOf(2)]
  const endpoints = [
    await startEndpoint(1, 'tcp', {
      ...crossing,
      staticPeers: [{ peerId: right, addresses: [there.address] }],
    }),
    await startEndpoint(2, 'tcp', {
      ...crossing,
      staticPeers: [{ peerId: left, addresses: [back.address] }],
    }),
  ] as const
  await until(() => expect([there.isUsed(), back.isUsed()]).toEqual([true, true]))
  there.carryTo(asStaticPeer(endpoints[1]).addresses[0]!)
  back.carryTo(asStaticPeer(endpoints[0]).addresses[0]!)
  return { endpoints, paths: { there, back } }
}

it.each(['there', 'back'] as const)(
  'gossip of two nodes that dialled each other goes on without the path %s',
  async (path) => {
    const { endpoints, paths } = await crossDial()
    const [left, right] = endpoints
    const receivedBy =
      ({ events }: Endpoint) =>
      () =>
        events.all.filter(({ type }) => type === 'gossipBlock').length
    const bothHear = () =>
      Promise.all([untilHeard(left, receivedBy(right)), untilHeard(right, receivedBy(left))])
    await bothHear()
    expect([paths.there.isUsed(), paths.back.isUsed()]).toEqual([true, true])
    paths[path].cut()
    await until(() => expect(paths[path].isUsed()).toBe(false))
    await bothHear()
  },
)

it('gossip goes on with a peer that did not read for long', async () => {
  const server = await startEndpoint(1, 'tcp', { limits })
  const peer = await connectGossipPeer(server)
  await untilHeard(server, peer.received)
  peer.stream().pause()
  const block = incompressible(13_400_000)
  for (let number = 0; number < 6; number++) void publish(server, Uint8Array.from(block).fill(number, 0, 1))
  await expectParted(server)
  await untilHeard(server, peer.received)
})

describe('a look', () => {
  const LOOK = 1000

  function createWatch(peerIds: readonly string[]) {
    const scheduler = new VirtualScheduler()
    const open = new Set<string>()
    const connected = new Set(peerIds)
    const disconnected: string[] = []
    const watch = new GossipWatch({
      scheduler,
      lookMilliseconds: LOOK,
      isOpen: (peerId) => open.has(peerId),
      isConnected: (peerId) => connected.has(peerId),
      disconnect: (peerId) => {
        disconnected.push(peerId)
        connected.delete(peerId)
        watch.gone(peerId)
      },
    })
    const begin = (peerId: string) => {
      open.add(peerId)
      watch.opened(peerId)
    }
    watch.start()
    return { scheduler, open, begin, connected, disconnected, watch }
  }

  it('parts with those alone that gossip began with, and that do not open it anew', async () => {
    const { scheduler, open, begin, connected, disconnected, watch } = createWatch([
      'silent',
      'lost',
      'healing',
      'steady',
    ])
    for (const peerId of ['lost', 'healing', 'steady', 'stranger']) begin(peerId)
    for (const peerId of ['lost', 'healing', 'stranger']) open.delete(peerId)
    await scheduler.advance(LOOK)
    expect(disconnected).toEqual([])
    begin('healing')
    await scheduler.advance(LOOK)
    expect(disconnected).toEqual(['lost'])
    // It is met anew: until gossip has begun again, nobody misses it.
    connected.add('lost')
    await scheduler.advance(100 * LOOK)
    expect(disconnected).toEqual(['lost'])
    open.clear()
    watch.stop()
    await scheduler.advance(100 * LOOK)
    expect(disconnected).toEqual(['lost'])
  })

  it('does not take a peer that has just returned for one whose gossip broke off', async () => {
    const { scheduler, open, begin, disconnected, watch } = createWatch(['a'])
    begin('a')
    open.delete('a')
    await scheduler.advance(LOOK)
    watch.gone('a')
    await scheduler.advance(10 * LOOK)
    expect(disconnected).toEqual([])
  })
})
