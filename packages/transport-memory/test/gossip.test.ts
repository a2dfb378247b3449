import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gossipMessageId, type MemoryNetworkOptions } from '../src/index.ts'
import { createTestNet, publish, TOPIC } from './support/net.ts'

const payloadOf = (text: string) => new TextEncoder().encode(text)

/** n nodes n0, n1, ... in a line, connected. */
async function createLine(length: number, options: Partial<MemoryNetworkOptions> = {}) {
  const net = createTestNet(options)
  const nodes = Array.from({ length }, (_, index) => net.add(`n${index}`))
  for (let index = 1; index < length; index++) net.network.connect(`n${index - 1}`, `n${index}`)
  await net.scheduler.advance(1000)
  return { ...net, line: nodes }
}

describe('gossip', () => {
  it('reaches every node exactly once, on any connected graph, in a mesh of any degree', async () => {
    const graph = fc.record({
      size: fc.integer({ min: 2, max: 24 }),
      extraEdges: fc.array(fc.tuple(fc.nat(23), fc.nat(23)), { maxLength: 40 }),
      seed: fc.string(),
    })
    await fc.assert(
      fc.asyncProperty(graph, async ({ size, extraEdges, seed }) => {
        const net = createTestNet({ gossip: { mode: 'mesh', degree: 100 } }, seed)
        const nodes = Array.from({ length: size }, (_, index) => net.add(`n${index}`))
        for (let index = 1; index < size; index++) net.network.connect(`n${index}`, `n${(index * 7) % index}`)
        for (const [left, right] of extraEdges) {
          if (left < size && right < size) net.network.connect(`n${left}`, `n${right}`)
        }
        await net.scheduler.advance(1000)
        const payload = payloadOf('hello')
        expect(publish(nodes[0]!, payload).ok).toBe(true)
        await net.scheduler.run()
        for (const [index, node] of nodes.entries()) {
          const heard = node.of('gossipAttestation')
          expect(heard.length).toBe(index === 0 ? 0 : 1)
          for (const event of heard) expect(event.payload).toBe(payload)
        }
      }),
      { numRuns: 50 },
    )
  })

  it.each([
    ['a mesh of degree 8', { mode: 'mesh', degree: 8 }, 0],
    ['a mesh of degree 8 with 20 % loss', { mode: 'mesh', degree: 8 }, 0.2],
    ['everyone directly', { mode: 'direct' }, 0],
  ] as const)('in a full network of 64 by %s everyone hears', async (_name, gossip, loss) => {
    const net = createTestNet({ gossip })
    const nodes = Array.from({ length: 64 }, (_, index) => net.add(`n${index}`))
    net.network.connectAll()
    await net.scheduler.advance(1000)
    for (const from of nodes)
      for (const to of nodes) {
        if (from !== to) net.network.setLink(from.transport.localPeerId, to.transport.localPeerId, { loss })
      }
    const outcomes = nodes.map((node, index) => publish(node, payloadOf(`vote ${index}`)))
    await net.scheduler.run()
    const heard = nodes.map((node) => node.of('gossipAttestation').length)
    expect(Math.min(...heard)).toBeGreaterThanOrEqual(loss === 0 ? 63 : 61)
    // Nearly all copies that nobody would look at are never delivered.
    const delivered = heard.reduce((sum, count) => sum + count, 0)
    expect(net.network.figures().gossipDuplicates).toBeLessThan(0.2 * delivered)
    const recipients = outcomes.map((outcome) => (outcome.ok ? outcome.recipients : 0))
    const mean = recipients.reduce((sum, count) => sum + count, 0) / 64
    if (gossip.mode === 'mesh') expect(mean).toBeGreaterThan(6)
    if (gossip.mode === 'mesh') expect(mean).toBeLessThan(9)
    else expect(mean).toBe(63)
  })

  it('goes no further than to the node that ignores or rejects it, or says nothing', async () => {
    for (const verdict of ['accept', 'ignore', 'reject', undefined] as const) {
      const { line, scheduler } = await createLine(3)
      line[1]!.act = (event) => {
        if (event.type === 'gossipAttestation' && verdict)
          line[1]!.transport.reportVerdict(event.gossip, verdict)
      }
      publish(line[0]!, payloadOf('x'))
      await scheduler.run()
      expect(line[1]!.of('gossipAttestation').map(({ gossip }) => gossip.peerId)).toEqual(['n0'])
      expect(line[2]!.of('gossipAttestation').length).toBe(verdict === 'accept' ? 1 : 0)
    }
  })

  it('counts the first verdict only, and none for what was not heard', async () => {
    const { line, scheduler, network } = await createLine(3)
    line[1]!.act = (event) => {
      if (event.type !== 'gossipAttestation') return
      line[1]!.transport.reportVerdict(event.gossip, 'ignore')
      line[1]!.transport.reportVerdict(event.gossip, 'accept')
      line[2]!.transport.reportVerdict(event.gossip, 'accept')
    }
    publish(line[0]!, payloadOf('x'))
    await scheduler.run()
    expect(line[2]!.of('gossipAttestation')).toEqual([])
    expect(network.figures().gossipDuplicates).toBe(0)
  })

  it('says why it does not publish', async () => {
    const { line, scheduler } = await createLine(2, { maxGossipLength: 10 })
    const lonely = createTestNet().add('lonely')
    expect(publish(lonely, payloadOf('x'))).toEqual({ ok: false, code: 'NO_PEERS' })
    expect(publish(line[0]!, payloadOf('x'), 'another topic')).toEqual({ ok: false, code: 'NO_PEERS' })
    expect(publish(line[0]!, new Uint8Array(11))).toEqual({ ok: false, code: 'TOO_LONG' })
    const messageId = gossipMessageId(TOPIC, payloadOf('x'))
    expect(publish(line[0]!, payloadOf('x'))).toEqual({ ok: true, messageId, recipients: 1 })
    expect(publish(line[0]!, payloadOf('x'))).toEqual({ ok: false, code: 'DUPLICATE' })
    await scheduler.advance(100)
    expect(publish(line[1]!, payloadOf('x'))).toEqual({ ok: false, code: 'DUPLICATE' })
    await line[0]!.transport.stop()
    expect(publish(line[0]!, payloadOf('y'))).toEqual({ ok: false, code: 'STOPPED' })
  })

  it('forgets what it saw after a while', async () => {
    const { line, scheduler } = await createLine(2)
    publish(line[0]!, payloadOf('x'))
    await scheduler.advance(23_999)
    expect(publish(line[1]!, payloadOf('x'))).toMatchObject({ code: 'DUPLICATE' })
    await scheduler.advance(1)
    expect(publish(line[1]!, payloadOf('y'))).toMatchObject({ ok: true })
    expect(publish(line[1]!, payloadOf('x'))).toMatchObject({ ok: true })
    await scheduler.run()
    expect(line[0]!.of('gossipAttestation').length).toBe(2)
  })

  it('does not deliver what is too long for the topic, or what a peer of very bad score sends', async () => {
    const { line, scheduler } = await createLine(3)
    publish(line[0]!, new Uint8Array(1001))
    await scheduler.run()
    expect(line[1]!.of('gossipAttestation')).toEqual([])
    publish(line[0]!, payloadOf('under way'))
    line[1]!.transport.setScore('n0', -81)
    await scheduler.run()
    expect(line[1]!.of('gossipAttestation')).toEqual([])
    expect(publish(line[0]!, payloadOf('x'))).toEqual({ ok: false, code: 'NO_PEERS' })
    line[1]!.transport.setScore('n0', 5)
    expect(publish(line[0]!, payloadOf('x'))).toMatchObject({ ok: true })
    expect(line[1]!.transport.peers().find(({ peerId }) => peerId === 'n0')?.score).toBe(5)
  })

  it('has the protocol’s message ids', () => {
    const payload = Uint8Array.from(
      { length: 100 },
      (_, index) => (Math.imul(index, 2654435761) >>> 13) & 255,
    )
    const id = gossipMessageId('/leanconsensus/devnet0/block/ssz_snappy', payload)
    expect(id).toBe('51367add29724728452733b415857e5025902a59')
  })

  it('is the same for the same seed, and one more node changes nothing between the others', async () => {
    const arrivals = async (seed: string, isLarger: boolean) => {
      const net = createTestNet({ gossip: { mode: 'direct' } }, seed)
      const names = ['a', 'b', 'c', ...(isLarger ? ['d'] : [])]
      const times: string[] = []
      for (const name of names) {
        net.add(name).act = (event) => {
          if (event.type === 'gossipAttestation')
            times.push(`${name} ${event.gossip.peerId} ${net.scheduler.now()}`)
        }
      }
      net.network.connectAll()
      await net.scheduler.advance(1000)
      for (let round = 0; round < 5; round++) {
        for (const name of names) publish(net.nodes[name]!, payloadOf(`${name} ${round}`))
        await net.scheduler.advance(500)
      }
      return times.filter((line) => !line.includes('d')).sort()
    }
    const first = await arrivals('seed', false)
    expect(first.length).toBe(30)
    expect(await arrivals('seed', false)).toEqual(first)
    expect(await arrivals('seed', true)).toEqual(first)
    expect(await arrivals('another', false)).not.toEqual(first)
  })
})
