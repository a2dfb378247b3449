import { readFileSync } from 'node:fs'
import { awaitReply, createSystemScheduler } from '@trine/actors'
import type { PublishOutcome } from '@trine/messages'
import {
  fromHex,
  type SignedBlockWithAttestation,
  type Status,
  signedTypesFor,
  statusType,
  toHex,
} from '@trine/types'
import { expect, it, vi } from 'vitest'
import { vectorsPath } from '../support/vectors.ts'
import { type Dialect, describeWithGo, type GoPeer } from './support/goPeer.ts'
import { type OurNode, recording, startOurNode } from './support/ourNode.ts'

const BLOCKS = '/leanconsensus/devnet0/block/ssz_snappy'
const VOTES = '/leanconsensus/devnet0/attestation/ssz_snappy'
const STATUS = '/leanconsensus/req/status/1/ssz_snappy'
const BLOCKS_BY_ROOT = '/leanconsensus/req/blocks_by_root/1/ssz_snappy'
const LEAN_BLOCKS_BY_ROOT = '/leanconsensus/req/lean_blocks_by_root/1/ssz_snappy'

const { signedBlockWithAttestationType } = signedTypesFor('ssz3112')
const blocks = recording.messages.filter(({ topic }) => topic === BLOCKS)
const last = blocks.at(-1)!

const bytesOf = (hex: string) => Buffer.from(fromHex(hex) as Uint8Array)
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

/** Until the check passes. Machines are slow at times: the limit only ends what would never come. */
const until = <Value>(check: () => Value) => vi.waitFor(check, { timeout: 60_000, interval: 20 })
const LONG = { timeout: 180_000 }

function statusOf(head: { root: string; slot: number }, finalized: { root: string; slot: number }): Buffer {
  const checkpoint = ({ root, slot }: { root: string; slot: number }) => ({ root: bytesOf(root), slot })
  return Buffer.from(
    statusType.serialize({ head: checkpoint(head), finalized: checkpoint(finalized) } as Status),
  )
}

const genesis = { root: recording.genesisBlockRoot, slot: 0 }
const rootAt = (slot: number) => blocks.find((block) => block.slot === slot)!.root!
const endOfRecording = statusOf(
  { root: last.root!, slot: last.slot },
  { root: rootAt(last.finalizedSlot!), slot: last.finalizedSlot! },
)

/** The peer dials our node, and each knows what the other subscribes to. */
async function connect(peer: GoPeer, ours: OurNode, kind: 'quic' | 'tcp'): Promise<void> {
  for (const topic of [BLOCKS, VOTES]) await peer.run({ do: 'subscribe', topic })
  await peer.run({ do: 'dial', address: ours.transport.addresses().find((text) => text.includes(kind)) })
  await until(async () => {
    expect(await ours.peer(peer.peerId)).toBeDefined()
    for (const topic of [BLOCKS, VOTES]) {
      expect(await peer.run({ do: 'subscribers', topic })).toMatchObject({
        peers: [ours.transport.localPeerId],
      })
      expect(peer.of('graft').some((event) => event.topic === topic)).toBe(true)
    }
  })
}

async function publishOurs({ transport }: OurNode, payload: Uint8Array): Promise<PublishOutcome> {
  const options = { scheduler: createSystemScheduler(), timeoutMilliseconds: 30_000 }
  return until(async () => {
    const outcome = await awaitReply<PublishOutcome>('publish', options, (reply) =>
      transport.publish(BLOCKS, payload, reply),
    )
    if (!outcome.ok) throw new Error(outcome.error.message)
    expect(outcome.value).not.toMatchObject({ code: 'NO_PEERS' })
    return outcome.value
  })
}

/** A block or vote of the recording with another signature in the place of the first. */
function withForgedSignature(ssz: Uint8Array): Buffer {
  const forged = Buffer.from(ssz)
  // The last bytes are hashes of the last signature.
  forged[forged.length - 40]! ^= 1
  return forged
}

/** 13 MB: as many attestations as fit. */
function largestBlock(): Uint8Array {
  const block = signedBlockWithAttestationType.deserialize(bytesOf(last.ssz))
  const [attestation] = block.message.block.body.attestations
  const signature = Uint8Array.from({ length: 3112 }, (_, index) => (index * 2654435761) >> 13)
  const largest: SignedBlockWithAttestation = structuredClone(block)
  largest.message.block.body.attestations = new Array(4095).fill(attestation)
  largest.signature = Array.from({ length: 4096 }, (_, index) => signature.map((byte) => byte ^ index))
  largest.message.block.parentRoot = new Uint8Array(32).fill(1)
  return signedBlockWithAttestationType.serialize(largest)
}

await describeWithGo('a peer written with go-libp2p', (session) => {
  it.each(['quic', 'tcp'] as const)('sees who we are and what we offer, over %s', LONG, async (kind) => {
    const ours = await startOurNode()
    const peer = await session.start(kind, 'specification')
    await connect(peer, ours, kind)
    const { protocols, agent } = await peer.run({ do: 'protocols', peer: ours.transport.localPeerId })
    expect(agent).toBe('trine/interop')
    expect(protocols).toEqual(expect.arrayContaining([STATUS, BLOCKS_BY_ROOT, LEAN_BLOCKS_BY_ROOT]))
    expect((await ours.peer(peer.peerId))?.agent).toBe('go-peer/1')

    const status = statusOf(genesis, genesis)
    const answer = await peer.run({
      do: 'request',
      peer: ours.transport.localPeerId,
      protocol: STATUS,
      data: base64(endOfRecording),
      chunks: 2,
    })
    expect(answer.chunks).toEqual([{ code: 0, payload: base64(status) }])
    const told = (await ours.peer(peer.peerId))?.status
    expect(told && toHex(statusType.serialize(told))).toBe(toHex(endOfRecording))
  })

  it('sees our messages, with the ids of the specification', LONG, async () => {
    const ours = await startOurNode()
    const peer = await session.start('quic', 'specification')
    await connect(peer, ours, 'quic')
    const payload = Uint8Array.from(
      { length: 100 },
      (_, index) => Number((BigInt(index) * 2654435761n) >> 13n) & 255,
    )
    const messageId = '51367add29724728452733b415857e5025902a59'
    expect(await publishOurs(ours, payload)).toEqual({ ok: true, messageId, recipients: 1 })
    await until(() => expect(peer.of('gossip')).toHaveLength(1))
    expect(peer.of('gossip')[0]).toMatchObject({
      topic: BLOCKS,
      messageId,
      data: base64(payload),
      isSnappy: true,
      isAnonymous: true,
    })
  })

  it('gossips what real clients gossiped, and we follow', LONG, async () => {
    const ours = await startOurNode()
    const peer = await session.start('quic', 'specification')
    await connect(peer, ours, 'quic')
    for (const { topic, ssz, messageId } of recording.messages) {
      const published = await peer.run({ do: 'publish', topic, data: base64(bytesOf(ssz)) })
      expect(published.messageId).toBe(messageId)
    }
    await until(async () => {
      const { head, finalized } = await ours.chain()
      expect({ head, finalized: finalized.slot }).toEqual({
        head: { root: last.root, slot: last.slot },
        finalized: last.finalizedSlot,
      })
      expect(ours.eventsOf('gossipJudged')).toHaveLength(recording.messages.length)
    })
    const judged = ours.eventsOf('gossipJudged')
    expect(judged.filter(({ verdict }) => verdict === 'reject')).toEqual([])
    expect(judged.filter(({ kind, verdict }) => kind === 'gossipBlock' && verdict === 'accept')).toHaveLength(
      blocks.length,
    )
    expect((await ours.peer(peer.peerId))?.score).toBe(0)

    const roots = Buffer.concat(blocks.map(({ root }) => bytesOf(root!)))
    for (const [protocol, data] of [
      [BLOCKS_BY_ROOT, roots],
      [LEAN_BLOCKS_BY_ROOT, roots],
      [LEAN_BLOCKS_BY_ROOT, Buffer.concat([Uint8Array.of(4, 0, 0, 0), roots])],
    ] as const) {
      const { chunks } = await peer.run({
        do: 'request',
        peer: ours.transport.localPeerId,
        protocol,
        data: base64(data),
        chunks: blocks.length + 1,
      })
      expect(chunks).toEqual(blocks.map(({ ssz }) => ({ code: 0, payload: base64(bytesOf(ssz)) })))
    }
  })

  it.each<Dialect>(['specification', 'zeam'])(
    'serves the blocks that a late node asks for, in the dialect of %s',
    LONG,
    async (dialect) => {
      const peer = await session.start('quic', dialect)
      await peer.run({
        do: 'serve',
        data: base64(endOfRecording),
        blocks: blocks.map(({ root, ssz }) => ({ root, ssz: base64(bytesOf(ssz)) })),
      })
      const ours = await startOurNode({ dials: [peer.address] })
      await until(async () => expect((await ours.chain()).head.root).toBe(last.root))
      expect(peer.of('request').map(({ protocol }) => protocol)).toContain(
        dialect === 'zeam' ? LEAN_BLOCKS_BY_ROOT : BLOCKS_BY_ROOT,
      )
      expect((await ours.peer(peer.peerId))?.score).toBe(0)
    },
  )

  it('is charged for each broken message, and heard again after it', LONG, async () => {
    const ours = await startOurNode()
    const peer = await session.start('quic', 'specification')
    await connect(peer, ours, 'quic')
    const [first, second] = blocks
    // A busy peer may be late with its status too, which costs it a little.
    const charges = () => ours.eventsOf('peerScored').filter(({ reason }) => !/in time/.test(reason))
    const vote = recording.messages.find(({ topic, slot }) => topic === VOTES && slot === 0)!
    const publish = (topic: string, data: Uint8Array, asIs = false) =>
      peer.run({ do: 'publish', topic, data: base64(data), asIs })
    const broken: [string, Uint8Array, boolean, string][] = [
      ['is no snappy', Buffer.from('this is no snappy'), true, 'MALFORMED'],
      ['declares too much', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2, 3), true, 'TOO_LONG'],
      ['is no SSZ', Buffer.from('a block that nobody made'), false, 'SignedBlockWithAttestation'],
      ['is signed by another', withForgedSignature(bytesOf(first!.ssz)), false, 'INVALID_SIGNATURE'],
    ]
    for (const [index, [what, data, asIs, reason]] of broken.entries()) {
      await publish(BLOCKS, data, asIs)
      await until(() => {
        expect(charges(), what).toHaveLength(index + 1)
      })
      expect(charges()[index], what).toMatchObject({
        peerId: peer.peerId,
        reason: expect.stringContaining(reason),
      })
    }
    await publish(VOTES, withForgedSignature(bytesOf(vote.ssz)))
    await until(() => expect(charges()).toHaveLength(5))
    expect(ours.eventsOf('gossipJudged').map(({ verdict }) => verdict)).toEqual(new Array(5).fill('reject'))
    // Each costs 5, of which a little is forgotten with every slot.
    const peerView = await ours.peer(peer.peerId)
    expect(peerView?.gossipRejected).toBe(5)
    expect(peerView?.score).toBeLessThanOrEqual(-10)
    expect(peerView?.score).toBeGreaterThanOrEqual(-30)
    // Several heartbeats later it is still in the mesh.
    const intervals = () => ours.eventsOf('intervalBegan').length
    const later = intervals() + 3
    await until(() => expect(intervals()).toBeGreaterThanOrEqual(later))
    expect(peer.of('prune')).toEqual([])

    await publish(BLOCKS, bytesOf(first!.ssz))
    await publish(BLOCKS, bytesOf(second!.ssz))
    await until(async () => expect((await ours.chain()).head.root).toBe(second!.root))
  })

  it('can gossip a block of another chain that zeam really sent: it waits for its parent', LONG, async () => {
    // With this many validators it is of the right proposer.
    const ours = await startOurNode({ publicKeys: recording.publicKeys.slice(0, 2) })
    const peer = await session.start('quic', 'specification')
    await connect(peer, ours, 'quic')
    const bytes = readFileSync(vectorsPath('devnet1', 'real', 'zeam-signed-block-with-attestation.ssz'))
    await peer.run({ do: 'publish', topic: BLOCKS, data: base64(bytes) })
    await until(() => expect(ours.eventsOf('gossipJudged')).toHaveLength(1))
    expect(ours.eventsOf('gossipJudged')[0]).toMatchObject({ verdict: 'ignore', reason: 'WAITS_FOR_PARENT' })
    expect(ours.eventsOf('blockWaiting')).toMatchObject([
      {
        block: { root: '0x89ee181d1cd5b2c43f1320f9b299b83d2684f7dde9e12da61c05fa7b119675f4', slot: 14 },
        waitsFor: 'parent',
      },
    ])
    expect(ours.eventsOf('actorFailed')).toEqual([])
    expect((await ours.chain()).head.slot).toBe(0)
  })

  it('exchanges blocks of 13 MB with us', LONG, async () => {
    const ours = await startOurNode()
    const peer = await session.start('quic', 'specification')
    await connect(peer, ours, 'quic')
    const largest = largestBlock()
    expect(largest.length).toBeGreaterThan(13_000_000)
    await peer.run({ do: 'publish', topic: BLOCKS, data: base64(largest) })
    await until(() => expect(ours.eventsOf('gossipJudged')).toHaveLength(1))
    expect(ours.eventsOf('gossipJudged')[0]).toMatchObject({ verdict: 'ignore', reason: 'WAITS_FOR_PARENT' })
    const other = Buffer.from(largest)
    other[other.length - 1]! ^= 1
    expect(await publishOurs(ours, other)).toMatchObject({ ok: true, recipients: 1 })
    await until(() => expect(peer.of('gossip')).toHaveLength(1))
    expect(peer.of('gossip')[0]!.data === base64(other)).toBe(true)
  })

  it('is sent away when it follows another chain', LONG, async () => {
    const ours = await startOurNode()
    const peer = await session.start('quic', 'specification')
    await connect(peer, ours, 'quic')
    const otherGenesis = { root: `0x${'ab'.repeat(32)}`, slot: 0 }
    const asking = peer.run({
      do: 'request',
      peer: ours.transport.localPeerId,
      protocol: STATUS,
      data: base64(statusOf(otherGenesis, otherGenesis)),
      chunks: 1,
    })
    // It gets the answer, or the goodbye overtakes it.
    await asking.catch(() => undefined)
    await until(() => expect(peer.of('disconnected')).not.toHaveLength(0))
    const reason = `follows a different chain: expected genesis ${genesis.root}, it has ${otherGenesis.root}`
    await until(() =>
      expect(ours.eventsOf('peerDisconnected')).toMatchObject([{ peerId: peer.peerId, reason }]),
    )
    expect(ours.eventsOf('peerBanned')).toMatchObject([{ peerId: peer.peerId, reason }])
    const { peers, bannedPeers } = await ours.network()
    expect(peers).toEqual([])
    expect(bannedPeers).toMatchObject([{ peerId: peer.peerId }])
  })
})
