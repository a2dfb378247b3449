import { afterEach, describe, expect, it, vi } from 'vitest'
import { asStaticPeer, type Kind, startEndpoint, stopAll } from './support/network.ts'

afterEach(stopAll)

describe.each<Kind>(['quic', 'tcp'])('peers over %s', (kind) => {
  it('are told once, by name and direction', async () => {
    const server = await startEndpoint(1, kind)
    const client = await startEndpoint(2, kind, { staticPeers: [asStaticPeer(server)] })
    expect(await client.events.next('peerConnected')).toMatchObject({
      peerId: server.transport.localPeerId,
      direction: 'outbound',
      agent: 'trine/test-1',
      address: `${server.transport.addresses()[0]}`,
    })
    expect(await server.events.next('peerConnected')).toMatchObject({
      direction: 'inbound',
      agent: 'trine/test-2',
    })
    server.transport.setScore(client.transport.localPeerId, -3)
    expect(server.transport.peers()).toMatchObject([{ peerId: client.transport.localPeerId, score: -3 }])
  })

  it('that restart are found again', async () => {
    const server = await startEndpoint(1, kind)
    const listen = asStaticPeer(server).addresses
    const client = await startEndpoint(2, kind, { staticPeers: [asStaticPeer(server)] })
    await client.events.next('peerConnected')
    await server.transport.stop()
    expect(await client.events.next('peerDisconnected')).toMatchObject({
      peerId: server.transport.localPeerId,
    })
    client.events.all.length = 0
    // The end of a transport does not wait for QUIC, which keeps its port until all connections are over.
    const restarted = await vi.waitFor(() => startEndpoint(1, kind, { listen }), { timeout: 60_000 })
    expect(await client.events.next('peerConnected')).toMatchObject({ peerId: server.transport.localPeerId })
    await restarted.events.next('peerConnected')
  })

  it('that are banned come back when the ban ends', async () => {
    const server = await startEndpoint(1, kind)
    const client = await startEndpoint(2, kind, { staticPeers: [asStaticPeer(server)] })
    await Promise.all([server.events.next('peerConnected'), client.events.next('peerConnected')])
    server.events.all.length = 0
    const start = performance.now()
    server.transport.ban(client.transport.localPeerId, 1000)
    expect(await server.events.next('peerDisconnected')).toMatchObject({ reason: 'banned' })
    await client.events.next('peerDisconnected')
    await server.events.next('peerConnected')
    expect(performance.now() - start).toBeGreaterThanOrEqual(1000)
  })
})

it('a peer that the application does not take is disconnected', async () => {
  const server = await startEndpoint(1, 'tcp')
  server.events.takes = ({ type }) => type !== 'peerConnected'
  const client = await startEndpoint(2, 'tcp', { staticPeers: [asStaticPeer(server)] })
  await client.events.next('peerConnected')
  await client.events.next('peerDisconnected')
  expect(server.transport.peers()).toEqual([])
})

it('an address that cannot be used is named', async () => {
  await expect(startEndpoint(1, 'tcp', { listen: ['/ip4/192.0.2.1/tcp/9000'] })).rejects.toThrow()
  await expect(startEndpoint(1, 'tcp', { listen: ['nonsense'] })).rejects.toThrow('got nonsense')
})

it('a static peer that cannot be reached is told of', async () => {
  const gone = await startEndpoint(1, 'tcp')
  const peer = asStaticPeer(gone)
  await gone.transport.stop()
  const client = await startEndpoint(2, 'tcp', { staticPeers: [peer] })
  expect(await client.events.next('dialFailed')).toMatchObject({
    peerId: peer.peerId,
    cause: 'error',
    message: expect.stringContaining('ECONNREFUSED'),
  })
})
