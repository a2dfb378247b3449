import { describe, expect, it } from 'vitest'
import { type Bench, codec, createBench, GENESIS } from './support/bench.ts'
import { blockAt, rootOf, signedVote } from './support/blocks.ts'

const gossipOf = (messageId: string, peerId = 'a') => ({ messageId, peerId })
const topic = '/leanconsensus/devnet0/attestation/ssz_snappy'
const vote = (messageId: string, peerId = 'a', payload = codec.encodeAttestation(signedVote(2, 7))) =>
  ({ type: 'gossipAttestation', topic, gossip: gossipOf(messageId, peerId), payload }) as const
const verdict = (messageId: string, verdict: 'accept' | 'ignore' | 'reject', peerId = 'a') =>
  ({ type: 'verdict', gossip: gossipOf(messageId, peerId), verdict, reason: 'TEST' }) as const

const verdictsOf = ({ transport }: Bench) =>
  transport.verdicts.map(({ gossip, verdict }) => `${gossip.messageId} ${verdict}`)

describe('gossip', () => {
  it('subscribes to both topics with the largest legal sizes', async () => {
    const { transport } = await createBench()
    expect([...transport.topics]).toEqual([
      [
        '/leanconsensus/devnet0/block/ssz_snappy',
        { deliverAs: 'gossipBlock', maxLength: 8 + 140 + 84 + 4 + 4096 * (136 + 3112) },
      ],
      [
        '/leanconsensus/devnet0/attestation/ssz_snappy',
        { deliverAs: 'gossipAttestation', maxLength: 136 + 3112 },
      ],
    ])
  })

  it('hands a decoded vote to the chain, and its verdict to the transport', async () => {
    const bench = await createBench()
    await bench.connect('a')
    await bench.tell(vote('01'))
    expect(bench.chain.received).toEqual([
      { type: 'attestation', signedAttestation: signedVote(2, 7), gossip: gossipOf('01') },
    ])
    expect(bench.transport.verdicts).toEqual([])
    await bench.tell(verdict('01', 'accept'))
    expect(verdictsOf(bench)).toEqual(['01 accept'])
    expect((await bench.view()).peers[0]).toMatchObject({ gossipReceived: 1, gossipRejected: 0, score: 0 })
  })

  it('computes the root of a block where it decodes it', async () => {
    const bench = await createBench()
    const block = blockAt(9, GENESIS)
    const payload = codec.encodeBlock(block)
    await bench.tell({ type: 'gossipBlock', topic, gossip: gossipOf('02'), payload })
    expect(bench.chain.received).toEqual([
      { type: 'block', block, origin: { from: 'gossip', gossip: gossipOf('02') } },
    ])
  })

  it('rejects what does not decode, and holds it against the peer', async () => {
    const bench = await createBench()
    await bench.connect('a')
    await bench.tell(vote('03', 'a', new Uint8Array(10)))
    await bench.tell({ type: 'gossipBlock', topic, gossip: gossipOf('04'), payload: new Uint8Array(500) })
    expect(verdictsOf(bench)).toEqual(['03 reject', '04 reject'])
    expect(bench.chain.received).toEqual([])
    expect((await bench.view()).peers[0]).toMatchObject({ gossipRejected: 2, score: -10 })
    const reason = 'MALFORMED: snappy: corrupt input'
    await bench.tell({ type: 'gossipBroken', kind: 'gossipBlock', peerId: 'a', reason })
    expect((await bench.view()).peers[0]).toMatchObject({ gossipRejected: 3, score: -15 })
    // The transport has judged it.
    expect(verdictsOf(bench)).toHaveLength(2)
  })

  it('ignores what the chain has no room for', async () => {
    const bench = await createBench()
    bench.chain.refuse('attestation')
    await bench.tell(vote('05'))
    expect(verdictsOf(bench)).toEqual(['05 ignore'])
  })

  it('tells each verdict once, whatever the chain says and however often', async () => {
    const bench = await createBench()
    await bench.tell(vote('06'), verdict('06', 'accept'), verdict('06', 'reject'), verdict('99', 'accept'))
    expect(verdictsOf(bench)).toEqual(['06 accept'])
  })

  it('ignores a second copy of a message that is being judged', async () => {
    const bench = await createBench()
    await bench.tell(vote('07', 'a'), vote('07', 'b'), verdict('07', 'accept'))
    expect(bench.transport.verdicts).toEqual([
      { gossip: gossipOf('07', 'b'), verdict: 'ignore' },
      { gossip: gossipOf('07', 'a'), verdict: 'accept' },
    ])
  })

  it('gives up waiting for a verdict after a time, and when too many wait', async () => {
    const bench = await createBench({ limits: { maxAwaitingVerdict: 2, verdictTimeout: 5000 } })
    await bench.tell(vote('08'), vote('09'), vote('0a'))
    expect(verdictsOf(bench)).toEqual(['08 ignore'])
    for (let interval = 0; interval < 4; interval++) await bench.tick(1, interval)
    expect(verdictsOf(bench)).toEqual(['08 ignore'])
    await bench.tick(2)
    expect(verdictsOf(bench)).toEqual(['08 ignore', '09 ignore', '0a ignore'])
    await bench.tell(verdict('09', 'accept'))
    expect(verdictsOf(bench)).toHaveLength(3)
  })

  it('parts with a peer whose messages keep being rejected', async () => {
    const bench = await createBench()
    await bench.connect('a')
    for (let count = 0; count < 10; count++)
      await bench.tell(vote(`1${count}`), verdict(`1${count}`, 'reject'))
    expect(bench.transport.disconnected.map(({ peerId }) => peerId)).toEqual(['a'])
  })
})

describe('publications', () => {
  const messages = [
    { type: 'publishBlock', block: blockAt(3, rootOf(5)) },
    { type: 'publishAttestation', signedAttestation: signedVote(1, 3) },
  ] as const

  it('go to their topics as plain SSZ', async () => {
    const bench = await createBench()
    await bench.tell(...messages)
    expect(bench.transport.published).toEqual([
      { topic: '/leanconsensus/devnet0/block/ssz_snappy', payload: codec.encodeBlock(messages[0].block) },
      { topic, payload: codec.encodeAttestation(messages[1].signedAttestation) },
    ])
    expect(bench.eventsOf('gossipPublished').map(({ recipients }) => recipients)).toEqual([3, 3])
  })

  it('are tried again at the ticks of their slot while there are no peers, and not later', async () => {
    const bench = await createBench()
    await bench.tick(3)
    bench.transport.publishOutcome = { ok: false, code: 'NO_PEERS' }
    await bench.tell(messages[1])
    for (const interval of [1, 2, 3]) await bench.tick(3, interval)
    expect(bench.transport.published).toHaveLength(4)
    bench.transport.publishOutcome = { ok: true, messageId: '00', recipients: 1 }
    await bench.tick(4)
    expect(bench.transport.published).toHaveLength(4)
    expect(bench.eventsOf('gossipPublished')).toMatchObject([{ recipients: 0 }])
  })

  it('find their peers at the next tick', async () => {
    const bench = await createBench()
    await bench.tick(3)
    bench.transport.publishOutcome = { ok: false, code: 'NO_PEERS' }
    await bench.tell(messages[0])
    bench.transport.publishOutcome = { ok: true, messageId: '00', recipients: 1 }
    await bench.tick(3, 1)
    await bench.tick(3, 2)
    expect(bench.transport.published).toHaveLength(2)
    expect(bench.eventsOf('gossipPublished')).toMatchObject([{ recipients: 1 }])
  })
})
