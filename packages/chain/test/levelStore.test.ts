import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSystemScheduler } from '@trine/actors'
import type { BlockStore, NodeEvent, RootedBlock } from '@trine/messages'
import { proposerOf, stateTransition } from '@trine/state-transition'
import { type LevelBlockStore, openLevelBlockStore } from '@trine/storage/level'
import { type SignedAttestation, toHex } from '@trine/types'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ChainParts } from '../src/index.ts'
import { LoneChain } from './loneChain.ts'
import { checkpoint, sign, TestVerifier, Tree, World } from './support.ts'

let folder = ''
let life: Life | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trine-chain-'))
})
afterEach(async () => {
  await life?.end()
  life = undefined
  rmSync(folder, { recursive: true, force: true })
})

/** A ChainService in real time, on a database. */
class Life {
  readonly verifier = new TestVerifier()
  readonly events: NodeEvent[] = []
  transitions = 0
  readonly batches = { begun: 0, ended: 0 }
  readonly chain: LoneChain
  readonly #store: LevelBlockStore

  constructor(anchor: ChainParts['anchor'], store: LevelBlockStore) {
    this.#store = store
    this.chain = new LoneChain(createSystemScheduler(), {
      anchor,
      verifier: this.verifier,
      blockStore: countingBatches(store, this.batches),
      events: { emit: (event) => void this.events.push(event) },
      transition: (parentState, block, _root, bodyRoot) => {
        this.transitions += 1
        return stateTransition(parentState, block, bodyRoot)
      },
    })
  }

  static async begin(
    tree: Tree,
    anchor: ChainParts['anchor'] = { state: tree.state, block: tree.genesisBlock },
  ): Promise<Life> {
    const identity = {
      genesisRoot: toHex(tree.genesis.root),
      protocol: 'test',
      signatureEncoding: 'ssz',
    } as const
    const opened = await openLevelBlockStore({ folder, ...identity })
    if (!opened.ok) throw new Error(opened.error.message)
    life = new Life(anchor, opened.value)
    return life
  }

  async request(blocks: readonly RootedBlock[]): Promise<void> {
    for (const block of blocks)
      await this.chain.tell({ type: 'block', block, origin: { from: 'request', peerId: 'peer' } })
    await this.until(async () => {
      const imported = new Set(
        this.events.flatMap((event) => (event.type === 'block' ? event.block.root : [])),
      )
      return blocks.every(({ root }) => imported.has(root))
    })
  }

  unknown(blocks: readonly RootedBlock[]): Promise<readonly string[]> {
    return this.chain.ask({ type: 'findUnknown', roots: blocks.map(({ root }) => root) })
  }

  async gossip(votes: readonly SignedAttestation[]): Promise<void> {
    const count = () => this.events.filter(({ type }) => type === 'attestation').length
    const expected = count() + votes.length
    for (const [index, signedAttestation] of votes.entries()) {
      const gossip = { messageId: `vote ${index}`, peerId: 'peer' }
      await this.chain.tell({ type: 'attestation', signedAttestation, gossip })
    }
    await this.until(async () => count() >= expected)
  }

  async until(isSo: () => Promise<boolean>): Promise<void> {
    while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve))
  }

  /** Waits until all that was imported is on disk: a tick after the last batch finds nothing to write. */
  async written(): Promise<void> {
    let begun = -1
    while (begun !== this.batches.begun || begun !== this.batches.ended) {
      begun = this.batches.begun
      await new Promise((resolve) => setImmediate(resolve))
      await this.chain.ask({ type: 'getChain' })
    }
  }

  /** Everything that a restart is to bring back; the votes as the next proposer takes them. */
  async view(nextSlot: number, validatorCount: number) {
    const { head, safeTarget, justified, finalized } = await this.chain.ask({ type: 'getChain' })
    const { nodes } = await this.chain.ask({ type: 'getForkChoice' })
    const attestation = await this.chain.ask({ type: 'getAttestationData', slot: nextSlot })
    const validatorIndex = proposerOf(nextSlot, validatorCount)
    const built = await this.chain.ask({ type: 'buildBlock', slot: nextSlot, validatorIndex })
    if (!built.ok) throw new Error(built.error.message)
    const { block, attestationSignatures } = built.value
    const votes = block.body.attestations.map((vote, index) => [
      vote.validatorIndex,
      toHex(attestationSignatures[index]!),
    ])
    return { head, safeTarget, justified, finalized, nodes, attestation, votes: votes.map(String).sort() }
  }

  async end(): Promise<void> {
    this.chain.kill()
    await this.#store.close()
    if (life === this) life = undefined
  }
}

function countingBatches(store: BlockStore, batches: { begun: number; ended: number }): BlockStore {
  const write: BlockStore['write'] = (batch, reply) => {
    batches.begun += 1
    store.write(batch, {
      ...reply,
      answer: (outcome) => {
        batches.ended += 1
        return reply.answer(outcome)
      },
    })
  }
  return new Proxy(store, {
    get: (target, name: keyof BlockStore) => (name === 'write' ? write : target[name].bind(target)),
  })
}

describe('a service on a database', () => {
  it('comes back to the same heads, tree, weights and votes, votes for side branches included, verifying nothing', async () => {
    const world = new World()
    const blocks: RootedBlock[] = []
    for (let slot = 1; slot <= 200; slot++)
      blocks.push(await world.slot(slot, slot % 7 < 5 ? [0, 1, 2, 3] : [0]))
    await world.learn(blocks[197]!)
    const { tree } = world
    const side = tree.block(checkpoint(blocks[197]!), 201)
    await world.tick(201)
    // Validator 1 proposed the side block, and voted with it.
    const [early, late, forSide] = await world.votesOf([0, 3, 2], 201)
    const { data, validatorIndex } = forSide!.message
    const voteForSide = sign({ validatorIndex, data: { ...data, head: checkpoint(side) } })
    const liveThrough = async (service: Life) => {
      await service.chain.tick(201)
      await service.request([...blocks, side])
      await service.gossip([early!])
      await service.chain.tick(201, 3)
      await service.gossip([late!, voteForSide])
      await service.chain.tick(202)
    }

    const first = await Life.begin(tree)
    await liveThrough(first)
    await first.written()
    await first.end()

    const second = await Life.begin(tree)
    await second.chain.tick(202)
    const restarted = await second.view(202, 4)
    expect(second.verifier.verified).toEqual([])
    expect(await second.unknown([...blocks, side])).toEqual([])
    await second.end()

    rmSync(folder, { recursive: true })
    const uninterrupted = await Life.begin(tree)
    await liveThrough(uninterrupted)
    expect(restarted).toEqual(await uninterrupted.view(202, 4))
    expect([restarted.votes.length, restarted.finalized.slot]).toEqual([3, 197])
  })

  it('that began at a checkpoint comes back without being given it again', async () => {
    const world = new World()
    const blocks: RootedBlock[] = []
    for (let slot = 1; slot <= 60; slot++) blocks.push(await world.slot(slot, [0, 1, 2, 3]))
    await world.learn(blocks[19]!)
    const { block } = blocks[19]!.signedBlock.message
    const state = world.tree.states.get(blocks[19]!.root)!
    const first = await Life.begin(world.tree, { state, block })
    await first.chain.tick(60)
    await first.request(blocks.slice(20))
    const { head, finalized } = await first.chain.ask({ type: 'getChain' })
    expect([head.slot, finalized.slot]).toEqual([60, 57])
    await first.written()
    await first.end()

    const second = await Life.begin(world.tree)
    await second.chain.tick(61)
    expect(await second.chain.ask({ type: 'getChain' })).toMatchObject({ head, finalized })
  })

  it('without finality computes the states after the last stored one, not those of all blocks', async () => {
    const tree = new Tree(4)
    const blocks = tree.chain(500)
    const first = await Life.begin(tree)
    await first.chain.tick(500)
    await first.request(blocks)
    const before = await first.chain.ask({ type: 'getChain' })
    expect([before.head.slot, before.finalized.slot]).toEqual([500, 0])
    await first.written()
    await first.end()

    const second = await Life.begin(tree)
    await second.chain.tick(501)
    const restarted = await second.view(501, 4)
    expect(restarted.head).toEqual(before.head)
    expect(second.transitions).toBeLessThan(64 + 10)
    const old = { by: 'root', root: blocks[99]!.root } as const
    const state = await second.chain.ask({ type: 'getState', id: old })
    expect(toHex(state!.hashTreeRoot())).toBe(toHex(blocks[99]!.signedBlock.message.block.stateRoot))
  })
})
