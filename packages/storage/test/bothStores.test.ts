import { join } from 'node:path'
import { createSystemScheduler } from '@trine/actors'
import type {
  BlockReference,
  BlockStore,
  RootedBlock,
  StoreBatch,
  StoredImport,
  StoredVotes,
} from '@trine/messages'
import type { RootHex, State } from '@trine/types'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createMemoryBlockStore } from '../src/index.ts'
import { asked, write, written } from './support/asked.ts'
import { genesisReference, genesisState, makeBlock, makeChain, referenceTo, voteOf } from './support/chain.ts'
import { folder, opened } from './support/levelFolder.ts'

const SLOTS = 8
const VALIDATORS = 3

const chain = makeChain(SLOTS)
/** One beside each block of the chain: only these are ever discarded. */
const side = chain.map((_, index) => makeBlock(index + 1, new Uint8Array(32).fill(9)))
const all = [...chain, ...side]
const votes = chain.map((block) => voteOf(block).new)

const aStep = fc.record({
  brought: fc.subarray(all),
  discarded: fc.subarray(side),
  /** Which of those that are brought; of all where there is none. */
  head: fc.nat(all.length - 1),
  /** How many more blocks of the chain are final. */
  finalized: fc.constantFrom(0, 0, 0, 0, 0, 1, 2),
  votes: fc.uniqueArray(
    fc.record({
      validatorIndex: fc.nat(VALIDATORS - 1),
      known: fc.option(fc.constantFrom(...votes), { nil: undefined }),
      new: fc.option(fc.constantFrom(...votes), { nil: undefined }),
    }),
    { selector: ({ validatorIndex }) => validatorIndex },
  ),
  restarts: fc.constantFrom(false, false, false, true),
})

type Step = typeof aStep extends fc.Arbitrary<infer T> ? T : never

function batchOf(step: Step, alreadyFinal: number): StoreBatch {
  const path = chain.slice(alreadyFinal, alreadyFinal + step.finalized).map(referenceTo)
  const latest = chain[alreadyFinal - 1]
  const finalized = path.at(-1) ?? (latest === undefined ? genesisReference : referenceTo(latest))
  const heads = step.brought.length === 0 ? all : step.brought
  const head = referenceTo(heads[step.head % heads.length]!)
  return {
    blocks: step.brought,
    states: step.brought.map(({ root }) => ({ root, state: genesisState })),
    finalizedPath: path,
    discarded: step.discarded.map(({ root }) => root),
    votes: step.votes,
    time: 4 * head.slot,
    head,
    safeTarget: finalized,
    justified: finalized,
    finalized,
  }
}

/** All that both stores answer alike. */
async function contents(store: BlockStore) {
  const blocks = new Map<RootHex, RootedBlock | undefined>()
  for (const { root } of all)
    blocks.set(root, await asked<RootedBlock | undefined>((reply) => store.readBlock(root, reply)))
  const finalized: (RootHex | undefined)[] = []
  for (let slot = 0; slot <= SLOTS; slot++)
    finalized.push(await asked<RootHex | undefined>((reply) => store.readFinalizedRoot(slot, reply)))
  const imports = [...(await asked<readonly StoredImport[]>((reply) => store.readImports(0, reply)))]
  const latestVotes = [...(await asked<readonly StoredVotes[]>((reply) => store.readVotes(reply)))]
  return {
    blocks,
    finalized,
    heads: await asked((reply) => store.readHeads(reply)),
    imports: imports.sort((left, right) => (left.root < right.root ? -1 : 1)),
    votes: latestVotes.sort((left, right) => left.validatorIndex - right.validatorIndex),
  }
}

/** Each keeps other states, but what it names it has, and nothing of a block that is gone. */
async function expectStatesOfBlocks(store: BlockStore): Promise<void> {
  for (const { root } of await asked<readonly BlockReference[]>((reply) => store.readStoredStates(reply))) {
    expect(await asked<State | undefined>((reply) => store.readState(root, reply)), root).toBeDefined()
    expect(await asked<RootedBlock | undefined>((reply) => store.readBlock(root, reply)), root).toBeDefined()
  }
}

let runs = 0

it('both stores have the same after any batches, also after a restart', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aStep, { minLength: 1, maxLength: 6 }), async (steps) => {
      const options = { folder: join(folder, String(runs++)), snapshotSlots: 2 }
      const memory = createMemoryBlockStore({ scheduler: createSystemScheduler() })
      let level = await opened(options)
      let alreadyFinal = 0
      for (const step of steps) {
        const batch = batchOf(step, alreadyFinal)
        alreadyFinal = Math.min(SLOTS, alreadyFinal + step.finalized)
        for (const store of [memory, level]) expect(await write(store, batch)).toEqual(written)
        if (step.restarts) {
          await level.close()
          level = await opened(options)
        }
        expect(await contents(level)).toEqual(await contents(memory))
        for (const store of [memory, level]) await expectStatesOfBlocks(store)
      }
      await level.close()
    }),
    { numRuns: 40 },
  )
})
