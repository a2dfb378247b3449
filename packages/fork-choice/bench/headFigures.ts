import { blockRoot, generateGenesis, genesisBlock } from '@trine/state-transition'
import { type Block, type Checkpoint, type State, toHex, ZERO_ROOT } from '@trine/types'
import { measure, type Row, threeDigits } from '../../../scripts/benchKit.ts'
import { registry } from '../../state-transition/bench/stateTransition.ts'
import { getForkchoiceStore, type Store } from '../src/index.ts'
import { naiveHead } from '../test/naiveStore.ts'

const NO_SIGNATURE = new Uint8Array(0)
/** How far back from the last block votes reach. */
const VOTE_SPREAD = 64

type BlockTree = {
  readonly store: Store
  readonly blocks: readonly Checkpoint[]
  readonly parents: readonly string[]
}

/**
 * Safe target and head after every validator's vote moved: the work of intervals 2 and 3 of a slot, as the store does
 * it, beside the specification's walk over the same tree and votes. The tree is one long chain with a fork every few
 * blocks, nothing finalized: the worst that a store meets.
 */
export function headFigures(validatorCounts: readonly number[], blockCounts: readonly number[]): Row[] {
  return validatorCounts.flatMap((validators) =>
    blockCounts.map((blockCount) => {
      const tree = growTree(validators, blockCount)
      const ours = measure({
        rounds: 31,
        prepare: (round) => moveVotes(tree, validators, round),
        run: () => {
          tree.store.updateSafeTarget()
          tree.store.acceptNewAttestations()
        },
      })
      const naive = naiveTiming(tree, validators)
      return {
        validators,
        blocks: blockCount,
        'head + safe target, ms': threeDigits(ours.median),
        'naive walk, ms': threeDigits(naive),
        ratio: Math.round(naive / ours.median),
      }
    }),
  )
}

function naiveTiming({ store, blocks, parents }: BlockTree, validators: number): number {
  const byRoot = new Map(
    blocks.map(({ root, slot }, index) => [toHex(root), { slot: Number(slot), parentRoot: parents[index]! }]),
  )
  const heads = [...store.latestKnownAttestations.values()].map(({ message }) =>
    toHex(message.data.head.root),
  )
  const start = toHex(store.latestJustified.root)
  const found = { head: '', safeTarget: '' }
  const timing = measure({
    rounds: 3,
    warmups: 1,
    run: () => {
      found.safeTarget = naiveHead(byRoot, start, heads, Math.ceil((2 * validators) / 3))
      found.head = naiveHead(byRoot, start, heads)
    },
  })
  const ours = { head: toHex(store.head.root), safeTarget: toHex(store.safeTarget.root) }
  if (ours.head !== found.head || ours.safeTarget !== found.safeTarget) {
    throw new Error(`expected ${JSON.stringify(found)}, got ${JSON.stringify(ours)}`)
  }
  return timing.median
}

/** A store with a tree of empty blocks, each taken with its parent's post-state: only their places matter here. */
function growTree(validators: number, blockCount: number): BlockTree {
  const genesis = generateGenesis(0, registry(validators))
  if (!genesis.ok) throw new Error(genesis.error.code)
  const anchor = genesisBlock(genesis.value)
  const started = getForkchoiceStore(genesis.value, anchor)
  if (!started.ok) throw new Error(started.error.code)
  const store = started.value
  const blocks: Checkpoint[] = [store.head]
  const parents = [toHex(ZERO_ROOT)]
  while (blocks.length < blockCount) {
    const slot = blocks.length
    // Every fifth block leaves its predecessor aside.
    const parent = blocks[Math.max(0, slot - (slot % 5 === 0 ? 2 : 1))]!
    const block = emptyBlock(slot, parent)
    importBlock(store, block, genesis.value)
    blocks.push({ root: blockRoot(block), slot })
    parents.push(toHex(parent.root))
  }
  store.onTick(blockCount * 4, false)
  return { store, blocks, parents }
}

function emptyBlock(slot: number, parent: Checkpoint): Block {
  return { slot, proposerIndex: 0, parentRoot: parent.root, stateRoot: ZERO_ROOT, body: { attestations: [] } }
}

function importBlock(store: Store, block: Block, postState: State): void {
  const { latestFinalized: anchor } = store
  const data = { slot: 0, head: anchor, target: anchor, source: anchor }
  const message = { block, proposerAttestation: { validatorIndex: 0, data } }
  const imported = store.onBlock({ message, signature: [] }, { postState })
  if (!imported.ok) throw new Error(imported.error.code)
}

/** Every validator votes for another one of the last blocks. */
function moveVotes({ store, blocks }: BlockTree, validators: number, round: number): void {
  const slot = blocks.length + round
  store.onTick(slot * 4, false)
  for (let validatorIndex = 0; validatorIndex < validators; validatorIndex++) {
    const back = (validatorIndex * 31 + round * 17) % Math.min(VOTE_SPREAD, blocks.length)
    const head = blocks[blocks.length - 1 - back]!
    const data = { slot, head, target: head, source: blocks[0]! }
    const taken = store.onAttestation({ message: { validatorIndex, data }, signature: NO_SIGNATURE })
    if (!taken.ok || !taken.value.isAdded) throw new Error('expected the vote to be taken')
  }
}
