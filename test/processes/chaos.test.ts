import { setTimeout as wait } from 'node:timers/promises'
import { PRESET } from '@trine/types'
import { expect, it } from 'vitest'
import type { ProcessDevnet } from '../../apps/trine/src/devnet/processDevnet.ts'
import type { ProcessNode } from '../../apps/trine/src/devnet/processNode.ts'
import { SIGNING_TOPICS, SigningWatch } from '../../apps/trine/src/devnet/signingWatch.ts'
import { until } from '../../apps/trine/src/devnet/trineProcess.ts'
import type { PacketFate } from '../../apps/trine/src/devnet/udpProxy.ts'
import { RawPeer } from '../../packages/transport-libp2p/test/support/rawPeer.ts'
import { withDevnet } from '../support/devnet.ts'
import { giveLongChain } from '../support/longChain.ts'

/** Limits against hangs, seconds: a machine may be much slower than usual. */
const SOON = 180
const PATIENT = 600
const timeout = 1_800_000

/** What a node may have open with five peers: while two of them open as many as they can, and when that is over. */
const MOST_STREAMS = 200
const FEW_STREAMS = 40
/** Three times what a node takes. */
const MOST_MEMORY = 768 * 2 ** 20

/** Watches who signs what at every node until the end of `use`; nobody may have signed two things for a slot. */
async function watchingSignatures(
  nodes: readonly ProcessNode[],
  use: (watch: SigningWatch) => Promise<void>,
): Promise<void> {
  const watch = new SigningWatch()
  const abort = new AbortController()
  const following = nodes.map((node) =>
    node.follow(SIGNING_TOPICS, (topic, data) => watch.note(node.plan.name, topic, data), abort.signal),
  )
  try {
    await use(watch)
  } finally {
    abort.abort()
    await Promise.all(following)
  }
  expect(watch.offences).toEqual([])
  for (const node of nodes) {
    expect(await node.answer(() => node.get('evidence'))).toMatchObject({ total: 0 })
  }
}

async function startAndFinalize(devnet: ProcessDevnet): Promise<void> {
  await devnet.start()
  await devnet.connect(SOON)
  await devnet.finalize(1, PATIENT)
}

/** Waits until the nodes finalize what is later than what any node of the devnet has finalized now. */
async function goOn(devnet: ProcessDevnet, nodes = devnet.nodes, slots = 1): Promise<void> {
  const { slot } = await devnet.latestFinalized()
  await devnet.finalize(slot + slots, PATIENT, nodes)
}

/** What a node said a slot before it was killed is the least that it says when it is back: blocks are on disk by then. */
async function killAndRestart(devnet: ProcessDevnet, node: ProcessNode, watch: SigningWatch): Promise<void> {
  const others = devnet.nodes.filter((other) => other !== node)
  const before = await node.slots()
  await passSlots(devnet, 1)
  await node.end('SIGKILL')
  await goOn(devnet, others)
  node.start()
  const after = await node.slots()
  expect(after.head).toBeGreaterThanOrEqual(before.head)
  expect(after.finalized).toBeGreaterThanOrEqual(before.finalized)
  const slot = devnet.slot
  const what = `a vote of validator ${node.index} after slot ${slot}`
  await devnet.untilEach(what, PATIENT, [node], async () => watch.lastVote(node.index) > slot)
  await goOn(devnet, [node])
}

it.concurrent('each of four nodes is killed in turn and comes back from its disk', { timeout }, () =>
  withDevnet({ nodes: 4, validators: 4, followers: 2 }, async (devnet) => {
    const [observer, late] = devnet.followers as [ProcessNode, ProcessNode]
    await devnet.start()
    observer.start()
    await watchingSignatures([...devnet.nodes, observer], async (watch) => {
      await devnet.connect(SOON)
      await devnet.finalize(1, PATIENT, [...devnet.nodes, observer])
      for (const node of devnet.nodes) await killAndRestart(devnet, node, watch)
      // With an empty disk, and all before its time.
      late.start()
      await goOn(devnet, [late, observer])
    })
  }),
)

it.concurrent('packets are lost, late, and kept from half of the nodes', { timeout }, () => {
  const within: PacketFate = { loss: 0, delay: 0 }
  const between: PacketFate = { loss: 0, delay: 0 }
  const fate = (from: number, to: number) => (from % 2 === to % 2 ? within : between)
  const set = (of: readonly PacketFate[], to: Partial<PacketFate>) => {
    for (const each of of) Object.assign(each, to)
  }
  return withDevnet({ nodes: 4, validators: 4, fate }, async (devnet) => {
    await startAndFinalize(devnet)
    set([within, between], { loss: 0.3 })
    await goOn(devnet, devnet.nodes, 4)
    set([within, between], { loss: 0, delay: 300 })
    await goOn(devnet, devnet.nodes, 4)
    set([within, between], { delay: 0 })

    set([between], { loss: 1 })
    await passSlots(devnet, 4)
    const before = await devnet.latestFinalized()
    await passSlots(devnet, 4)
    expect(await devnet.latestFinalized()).toEqual(before)
    set([between], { loss: 0 })
    await goOn(devnet)
  })
})

it.concurrent('strangers flood a node with garbage, streams and requests', { timeout }, () =>
  withDevnet({ nodes: 3, validators: 3 }, async (devnet) => {
    await startAndFinalize(devnet)
    const victim = devnet.nodes[0]!
    const abort = new AbortController()
    const sampling = sample(victim, abort.signal)
    const peers: RawPeer[] = []
    const connect = async () => {
      const peer = await connectRaw(victim)
      peers.push(peer)
      return peer
    }
    const attacks: Promise<unknown>[] = []
    try {
      // One after the other: all three live in this process, and would keep each other from attacking.
      const gossiper = await connect()
      const topics = ['block', 'attestation'].map((kind) => `/leanconsensus/devnet0/${kind}/ssz_snappy`)
      attacks.push(gossiper.floodGossip(topics, abort.signal))
      await until('the gossiper thrown out', SOON, () => gossiper.wasThrownOut || undefined)
      const opener = await connect()
      attacks.push(opener.openStreamsAndWait(500))
      const asker = await connect()
      attacks.push(asker.floodRequests(abort.signal))
      await until('the asker thrown out', SOON, () => asker.wasThrownOut || undefined)
      expect(await victim.answer(() => victim.metric('trine_peer_offences_total'))).toBeGreaterThan(0)
      await goOn(devnet, devnet.nodes, 2)
      await until('few streams open', SOON, async () => {
        const streams = await victim.metric('trine_open_streams')
        return (streams !== undefined && streams <= FEW_STREAMS) || undefined
      })
    } finally {
      abort.abort()
      await Promise.allSettled(attacks)
      await Promise.all(peers.map((peer) => peer.end()))
    }
    const most = await sampling
    console.log(`at most ${most.streams} streams, ${(most.memory / 2 ** 20).toFixed(0)} MB`)
    expect(most.memory).toBeGreaterThan(0)
    expect(most.memory).toBeLessThan(MOST_MEMORY)
    expect(most.streams).toBeLessThan(MOST_STREAMS)
  }),
)

it.concurrent('a node of a thousand slots ago catches up while the chain goes on', { timeout }, () =>
  withDevnet({ nodes: 2, validators: 4, followers: 1, activeEpochs: 2048 }, async (devnet) => {
    const slots = 1000
    await giveLongChain(devnet, 4, slots)
    for (const node of devnet.nodes) node.start()
    await devnet.finalize(slots, PATIENT)
    const empty = devnet.followers[0]!
    empty.start()
    await empty.answer(() => empty.head())
    const begin = devnet.slot
    await devnet.finalize(begin, PATIENT, [empty])
    console.log(`${begin} slots caught up within ${devnet.slot - begin} slots`)
  }),
)

async function connectRaw(node: ProcessNode): Promise<RawPeer> {
  const identity = await node.answer(() => node.get<{ addresses: readonly string[] }>('node/identity'))
  return RawPeer.connect(identity.addresses.find((address) => address.includes('/quic-v1'))!)
}

/** The most memory and streams that a node tells of until aborted. */
async function sample(node: ProcessNode, signal: AbortSignal): Promise<{ memory: number; streams: number }> {
  const most = { memory: 0, streams: 0 }
  while (!signal.aborted) {
    const memory = await node.metric('process_resident_memory_bytes')
    const streams = await node.metric('trine_open_streams')
    most.memory = Math.max(most.memory, memory ?? 0)
    most.streams = Math.max(most.streams, streams ?? 0)
    await wait(250, undefined, { signal }).catch(() => {})
  }
  return most
}

/** Waits for the clock. */
async function passSlots(devnet: ProcessDevnet, slots: number): Promise<void> {
  const end = devnet.slot + slots
  await until(`slot ${end}`, (slots + 2) * PRESET.secondsPerSlot, () => devnet.slot >= end || undefined)
}
