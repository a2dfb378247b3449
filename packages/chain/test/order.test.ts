import { createRandom, type Random } from '@trine/actors'
import type { RootedBlock } from '@trine/messages'
import { proposerOf } from '@trine/state-transition'
import { type Checkpoint, type SignedAttestation, toHex } from '@trine/types'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NaiveStore } from '../../fork-choice/test/naiveStore.ts'
import type { StoreStep } from '../src/index.ts'
import { checkpoint, sign, Tree, World } from './support.ts'

type Item = { readonly slot: number } & (
  | { readonly kind: 'block'; readonly block: RootedBlock }
  | { readonly kind: 'vote'; readonly vote: SignedAttestation }
)

const SLOTS = 24
/** So many slots later everything has arrived and been accepted. */
const LONGEST_DELAY = 10
const LAST_SLOT = SLOTS + LONGEST_DELAY + 2

/**
 * What happens in a network whose validators see everything in time: blocks and votes by slot. One of the validators is
 * dishonest: it proposes and votes as chance will have it, but signs once per slot. Some slots stay empty.
 */
async function recordNetwork(random: Random, tree: Tree): Promise<Item[]> {
  const world = new World({ tree })
  const items: Item[] = []
  const seen: Checkpoint[] = [tree.genesis]
  const blockOf = async (slot: number): Promise<RootedBlock | undefined> => {
    if (random.chance(0.15)) return undefined
    if (proposerOf(slot, tree.validatorCount) !== 0 || random.chance(0.3)) return world.build(slot)
    const older = seen.filter((candidate) => Number(candidate.slot) < slot)
    return tree.block(random.pick(older.slice(-4)), slot, { votes: [] })
  }
  const votesOf = async (slot: number): Promise<SignedAttestation[]> => {
    const votes: SignedAttestation[] = []
    const [honest] = await world.votesOf([1], slot)
    for (let validatorIndex = 0; validatorIndex < tree.validatorCount; validatorIndex++) {
      if (validatorIndex === proposerOf(slot, tree.validatorCount) || random.chance(0.1)) continue
      const { data } = honest!.message
      const head = validatorIndex === 0 && random.chance(0.5) ? random.pick(seen.slice(-5)) : data.head
      votes.push(sign({ validatorIndex, data: { ...data, head } }))
    }
    return votes
  }
  for (let slot = 1; slot <= SLOTS; slot++) {
    await world.tick(slot)
    const block = await blockOf(slot)
    if (block !== undefined) {
      await world.gossip([block])
      items.push({ kind: 'block', slot, block })
      seen.push(checkpoint(block))
      await world.learn(block)
    }
    await world.tick(slot, 1)
    const votes = await votesOf(slot)
    await world.gossipVotes(votes)
    for (const vote of votes) items.push({ kind: 'vote', slot, vote })
    await world.tick(slot, 2)
    await world.tick(slot, 3)
  }
  return items
}

type Delivery = { readonly item: Item; readonly slot: number; readonly interval: number }

/** Every item at some time not before its slot, some of them twice, in any order. */
function scatter(random: Random, items: readonly Item[]): Delivery[] {
  const deliveries = items.flatMap((item) => {
    const copies = random.chance(0.2) ? 2 : 1
    return Array.from({ length: copies }, () => {
      const delay = random.chance(0.5) ? random.integer(2) : random.integer(LONGEST_DELAY)
      return { item, slot: item.slot + delay, interval: random.integer(4) }
    })
  })
  return random.shuffle(deliveries)
}

async function deliver(world: World, deliveries: readonly Delivery[]): Promise<void> {
  for (let slot = 1; slot <= LAST_SLOT; slot++) {
    for (let interval = 0; interval < 4; interval++) {
      await world.tick(slot, interval)
      for (const { item, ...due } of deliveries) {
        if (due.slot !== slot || due.interval !== interval) continue
        if (item.kind === 'block') await world.gossip([item.block], `peer ${slot % 3}`)
        else await world.gossipVotes([item.vote])
      }
    }
  }
}

const outcomeOf = async (world: World) => {
  const { head, justified, finalized, pendingBlocks, pendingAttestations } = await world.view()
  return { head, justified, finalized, pendingBlocks, pendingAttestations }
}

/** Does every step of the service's store with the plain store of the specification, and compares the two. */
function createOracle(tree: Tree): {
  readonly onStoreStep: (step: StoreStep) => void
  readonly naive: NaiveStore
} {
  const naive = new NaiveStore(tree.state, tree.genesisBlock)
  const onStoreStep = (step: StoreStep) => {
    if (step.type === 'tick') naive.onTick(naive.genesisTime + step.time, false)
    if (step.type === 'acceptance') naive.acceptNewAttestations()
    if (step.type === 'attestation') naive.onAttestation(step.signedAttestation.message, false)
    if (step.type === 'block') naive.onBlock(step.signedBlock)
  }
  return { naive, onStoreStep }
}

describe('the order of arrival', () => {
  it('does not matter: head, justified and finalized are the same in the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const random = createRandom(seed)
        const tree = new Tree(4)
        const items = await recordNetwork(random, tree)
        const inOrder = new World({ tree })
        await deliver(
          inOrder,
          items.map((item) => ({ item, slot: item.slot, interval: item.kind === 'block' ? 0 : 1 })),
        )
        const scattered = new World({ tree })
        await deliver(scattered, scatter(random, items))
        const expected = await outcomeOf(inOrder)
        expect(expected.pendingBlocks).toBe(0)
        expect(await outcomeOf(scattered)).toEqual(expected)
        expect(scattered.eventsOf('finalityConflict')).toEqual([])
        expect(scattered.eventsOf('evidence')).toEqual([])
        // Nobody is held responsible for late or early messages.
        expect(scattered.network.of('verdict').filter(({ verdict }) => verdict === 'reject')).toEqual([])
      }),
      { numRuns: 15 },
    )
  })

  it('leads at every tick to the head, safe target and checkpoints of the naive store', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const random = createRandom(seed)
        const tree = new Tree(4)
        const items = await recordNetwork(random, tree)
        const { naive, onStoreStep } = createOracle(tree)
        const world = new World({ tree, onStoreStep, limits: { statesInMemory: 8 } })
        let compared = 0
        const { tick } = world
        world.tick = async (slot, interval) => {
          await tick.call(world, slot, interval)
          const view = await world.view()
          const { head, safeTarget, justified, finalized } = naive
          expect([view.head.root, view.safeTarget.root]).toEqual([head, safeTarget])
          expect([view.justified, view.finalized]).toEqual([justified, finalized])
          compared += 1
        }
        await deliver(world, scatter(random, items))
        expect(compared).toBe(4 * LAST_SLOT)
        expect(naive.blocks.size).toBeGreaterThan(10)
      }),
      { numRuns: 10 },
    )
  })
})

it('a vote of a late block does not push out a later vote of its proposer', async () => {
  const world = new World()
  const { tree } = world
  const [a1] = tree.chain(1)
  const late = tree.block(tree.genesis, 2)
  await world.tick(3)
  await world.gossip([a1!])
  await world.gossipVotes([tree.vote(2, 3, checkpoint(a1!))])
  await world.tick(3, 3)
  await world.tick(4)
  await world.gossip([late])
  await world.tick(4, 3)
  const view = await world.lab.ask(world.chain.ref, { type: 'getForkChoice' })
  const weights = view.ok ? view.value.nodes.map(({ root, weight }) => [root, weight]) : []
  expect(weights).toEqual([
    [toHex(tree.genesis.root), 2],
    [a1!.root, 2],
    [late.root, 0],
  ])
})
