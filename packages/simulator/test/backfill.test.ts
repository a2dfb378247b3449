import { ask, awaitReply, createRandom } from '@trine/actors'
import type { BlockReference, NodeEvent, RootedBlock, StoredHistory } from '@trine/messages'
import { createSharedPayloadCodec } from '@trine/network'
import { createNode, type LeanNode, type NodeParts } from '@trine/node'
import { createMemoryBlockStore } from '@trine/storage'
import { toHex } from '@trine/types'
import { expect, it } from 'vitest'
import { createGenesis } from '../src/genesis.ts'
import { createSignatureKit } from '../src/index.ts'
import { createWorld, WARM_UP } from '../src/world.ts'
import { scenarioOf } from './support/scenarios.ts'

const SLOT = 4000
const scenario = scenarioOf(`
nodes: 4
validators: 4
slots: 300
signatures: none
link: { loss: 0.05 }
`)

/** A network that has run for some slots, and a place in it for one more node. */
async function createNetwork(slots: number) {
  const kit = await createSignatureKit(scenario)
  const genesis = createGenesis(kit.publicKeys)
  const world = createWorld(scenario, kit)
  const { scheduler, network, nodes } = world
  await scheduler.settle(Promise.all(nodes.map((node) => node.start())))
  await scheduler.advance(WARM_UP + slots * SLOT)
  const options = { scheduler, timeoutMilliseconds: 60_000 }

  const read = async <T>(put: Parameters<typeof awaitReply<T>>[2]): Promise<T> => {
    const outcome = await scheduler.settle(awaitReply<T>('test', options, put))
    if (!outcome.ok) throw new Error(outcome.error.message)
    return outcome.value
  }
  const checkpoint = async (): Promise<NodeParts['anchor']> => {
    const { chain } = nodes[0]!.node!.refs
    const id = { by: 'finalized' } as const
    const [block, state] = await scheduler.settle(
      Promise.all([
        ask(chain, { type: 'getBlock', id }, options),
        ask(chain, { type: 'getState', id }, options),
      ]),
    )
    if (!block.ok || !state.ok || !block.value || !state.value) throw new Error('expected a checkpoint')
    return { block: block.value.signedBlock.message.block, state: state.value }
  }
  const store = createMemoryBlockStore({ scheduler })
  const events: NodeEvent[] = []
  let transport = network.createTransport('late')
  for (const { peerId } of nodes) network.connect('late', peerId)
  /** Starts the node, for the first time or again. */
  const join = async (anchor: NodeParts['anchor'], retainSlots?: number): Promise<LeanNode> => {
    const node = createNode({
      ...genesis,
      name: 'late',
      anchor,
      scheduler,
      random: createRandom(events.length),
      codec: createSharedPayloadCodec(kit.encoding),
      transport,
      verifier: {
        verify: (items, reply) => {
          scheduler.after(2 * items.length, () => reply.answer(kit.verify(items)))
        },
      },
      blockStore: store,
      backfill: { store, retainSlots },
      expectsPeers: true,
      events: { emit: (event) => void events.push(event) },
    })
    await scheduler.settle(node.start())
    return node
  }
  const leave = (node: LeanNode) => {
    network.crash('late')
    node.kill()
    transport = network.createTransport('late')
  }
  const lowest = async () =>
    (await read<StoredHistory | undefined>((reply) => store.readHistory(reply)))?.lowest.slot
  /** Lets slots pass until something is so. */
  const until = async (isSo: () => Promise<boolean> | boolean, most = 60): Promise<void> => {
    for (let slot = 0; slot < most && !(await isSo()); slot++) await scheduler.advance(SLOT)
  }
  /** The blocks of a node's final chain, from its head's finalized block down to the lowest that it has. */
  const finalChain = async (): Promise<BlockReference[]> => {
    const heads = await read<{ finalized: BlockReference } | undefined>((reply) => store.readHeads(reply))
    const found: BlockReference[] = []
    for (let root = heads!.finalized.root; ; ) {
      const block = await read<RootedBlock | undefined>((reply) => store.readBlock(root, reply))
      if (block === undefined) return found
      const { slot, parentRoot } = block.signedBlock.message.block
      found.push({ root, slot: Number(slot) })
      root = toHex(parentRoot)
    }
  }
  const complete = () => events.some((event) => event.type === 'backfill' && event.outcome === 'complete')
  return { genesis, world, checkpoint, join, leave, lowest, until, finalChain, events, complete }
}

it('a node that begins at a checkpoint gets the whole chain, through a restart as well, and serves it', async () => {
  const { genesis, world, checkpoint, join, leave, lowest, until, finalChain, events, complete } =
    await createNetwork(60)
  const anchor = await checkpoint()
  const anchorSlot = Number(anchor.block.slot)
  expect(anchorSlot).toBeGreaterThan(50)
  const first = await join(anchor)
  await until(async () => ((await lowest()) ?? anchorSlot) < anchorSlot - 10)
  leave(first)
  const reached = (await lowest())!
  expect(reached).toBeLessThan(anchorSlot - 10)
  expect(reached).toBeGreaterThan(1)
  // What it began at is not asked for again: the store says where it stands.
  const second = await join(genesis.anchor)
  await until(complete)
  const chain = await finalChain()
  expect(chain[0]!.slot).toBeGreaterThan(anchorSlot)
  expect(chain.at(-1)!.slot).toBe(await lowest())
  const { refs } = second
  const options = { scheduler: world.scheduler, timeoutMilliseconds: 60_000 }
  for (const { root, slot } of chain) {
    const id = { by: 'slot', slot } as const
    const answer = await world.scheduler.settle(ask(refs.chain, { type: 'getBlock', id }, options))
    expect(answer.ok && answer.value?.root).toBe(root)
    if (slot !== chain.at(-1)!.slot || !answer.ok) continue
    expect(toHex(answer.value!.signedBlock.message.block.parentRoot)).toBe(genesis.genesisRoot)
  }
  expect(events.filter(({ type }) => type === 'actorFailed')).toEqual([])
  expect(world.invariants.violations).toEqual([])
  leave(second)
  // Once more: everything is there, and it begins where it was.
  const third = await join(genesis.anchor)
  const started = events.findLast((event) => event.type === 'chainStarted')!
  expect(started.head.slot).toBeGreaterThan(anchorSlot)
  leave(third)
}, 120_000)

it('a node that keeps some slots only fetches no more', async () => {
  const { checkpoint, join, leave, lowest, until, events, complete } = await createNetwork(60)
  const node = await join(await checkpoint(), 20)
  await until(complete)
  const finalized = events.findLast((event) => event.type === 'finalized')!.checkpoint.slot
  expect(complete()).toBe(true)
  expect(await lowest()).toBeGreaterThan(finalized - 40)
  expect(await lowest()).toBeLessThanOrEqual(finalized - 17)
  leave(node)
}, 120_000)
