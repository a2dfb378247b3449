import { describe, expect, it } from 'vitest'
import { createTestNet, publish, type TestNode } from './support/net.ts'

const peers = (node: TestNode) =>
  node.transport
    .peers()
    .map(({ peerId }) => peerId)
    .sort()
const life = (node: TestNode) =>
  node.events.flatMap((event) => {
    if (event.type === 'peerConnected') return [`+${event.peerId} ${event.direction}`]
    return event.type === 'peerDisconnected' ? [`-${event.peerId} ${event.reason}`] : []
  })

async function createPair() {
  const net = createTestNet()
  const [a, b] = [net.add('a'), net.add('b')]
  net.network.connect('a', 'b')
  await net.scheduler.advance(500)
  return { ...net, a, b }
}

describe('connections', () => {
  it('come up once both run, and are told to both', async () => {
    const { a, b, network, scheduler, add } = await createPair()
    expect([life(a), life(b)]).toEqual([['+b outbound'], ['+a inbound']])
    network.createTransport('late')
    network.connect('late', 'a')
    network.connect('late', 'a')
    await scheduler.advance(500)
    expect(peers(a)).toEqual(['b'])
    expect(() => network.connect('a', 'nobody')).toThrow('there is no transport of nobody')
    expect(() => network.createTransport('a')).toThrow('a is still running')
    const late = add('late')
    await scheduler.advance(500)
    expect([peers(a), peers(late)]).toEqual([['b', 'late'], ['a']])
    expect(() => network.setLink('b', 'late', {})).toThrow('b and late are not connected')
  })

  it('end on both sides when one stops, disconnects or bans, and come back when they may', async () => {
    const { a, b, scheduler, add } = await createPair()
    a.transport.disconnect('b', 'too slow')
    await scheduler.advance(2000)
    b.transport.ban('a', 10_000)
    await scheduler.advance(9_900)
    expect(peers(a)).toEqual([])
    await scheduler.advance(1000)
    expect(peers(a)).toEqual(['b'])
    expect(life(b)).toEqual(['+a inbound', '-a too slow', '+a inbound', '-a banned', '+a inbound'])
    await b.transport.stop()
    expect(life(a).at(-1)).toBe('-b stopped')
    await scheduler.run()
    expect(peers(a)).toEqual([])
    const again = add('b')
    await scheduler.run()
    expect([peers(a), life(again)]).toEqual([['b'], ['+a inbound']])
  })

  it('end when a partition lasts, and come back when it is healed', async () => {
    const { a, b, network, scheduler } = await createPair()
    network.partition([['a']])
    publish(a, new Uint8Array(1))
    await scheduler.advance(14_000)
    expect([peers(a), b.of('gossipAttestation')]).toEqual([['b'], []])
    network.heal()
    await scheduler.advance(10_000)
    expect(life(a)).toEqual(['+b outbound'])
    network.partition([['a'], ['b']])
    await scheduler.advance(15_000)
    expect([life(a).at(-1), life(b).at(-1)]).toEqual(['-b timeout', '-a timeout'])
    network.partition([['a', 'b']])
    await scheduler.advance(2000)
    expect([peers(a), peers(b)]).toEqual([['b'], ['a']])
  })

  it('of a crashed node are noticed late, or when it comes back', async () => {
    const { a, network, scheduler, add } = await createPair()
    network.crash('b')
    await scheduler.advance(14_999)
    expect(peers(a)).toEqual(['b'])
    await scheduler.advance(1)
    expect(life(a).at(-1)).toBe('-b timeout')
    add('b')
    await scheduler.advance(2000)
    expect(peers(a)).toEqual(['b'])
    network.crash('b')
    await scheduler.advance(1000)
    const b = add('b')
    await scheduler.advance(2000)
    expect(life(a).slice(2)).toEqual(['+b outbound', '-b restarted', '+b outbound'])
    publish(a, Uint8Array.of(7))
    await scheduler.run()
    expect(b.of('gossipAttestation').length).toBe(1)
  })

  it('are refused by a node that is too busy to hear of them, and tried again', async () => {
    const net = createTestNet()
    const [a, b] = [net.add('a'), net.add('b')]
    b.refused.add('peerConnected')
    net.network.connect('a', 'b')
    await net.scheduler.advance(500)
    expect(life(a)).toEqual(['+b outbound', '-b too busy to take the connection'])
    b.refused.clear()
    b.refused.add('peerDisconnected')
    await net.scheduler.advance(2000)
    a.transport.disconnect('b', 'bye')
    expect(life(b)).toEqual(['+a inbound'])
    b.refused.clear()
    await net.scheduler.advance(100)
    expect(life(b)).toEqual(['+a inbound', '-a bye'])
  })
})
