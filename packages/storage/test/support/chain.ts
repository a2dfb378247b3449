import type { BlockReference, RootedBlock, StoreBatch, StoredVotes } from '@trine/messages'
import {
  blockRoot,
  generateGenesis,
  genesisBlock,
  processBlock,
  processSlots,
  stateRoot,
} from '@trine/state-transition'
import { type Block, fromHex, type State, toHex } from '@trine/types'

export const genesisState: State = (() => {
  const genesis = generateGenesis(1000, [{ pubkey: new Uint8Array(52), index: 0 }])
  if (!genesis.ok) throw new Error('expected a genesis state')
  return genesis.value
})()

/** A block with one vote and made-up signatures, on a parent. */
export function makeBlock(slot: number, parentRoot: Uint8Array = new Uint8Array(32)): RootedBlock {
  const checkpoint = { root: parentRoot, slot: Math.max(0, slot - 1) }
  const data = { slot, head: checkpoint, target: checkpoint, source: checkpoint }
  const attestation = { validatorIndex: 0, data }
  const block: Block = {
    slot,
    proposerIndex: 0,
    parentRoot,
    stateRoot: new Uint8Array(32).fill(3),
    body: { attestations: [attestation] },
  }
  const signature = [1, 2].map((byte) => new Uint8Array(3112).fill(byte))
  const signedBlock = { message: { block, proposerAttestation: attestation }, signature }
  return { root: toHex(blockRoot(block)), signedBlock }
}

/** Blocks of the slots 1 to `length`, one on the other. */
export function makeChain(length: number): RootedBlock[] {
  const blocks: RootedBlock[] = []
  for (let slot = 1; slot <= length; slot++) {
    const parent = blocks.at(-1)
    blocks.push(makeBlock(slot, parent && fromHex(parent.root)))
  }
  return blocks
}

/** The same with valid blocks, whose only vote is their proposer's, and their post-states by root. */
export function makeValidChain(length: number): {
  readonly blocks: RootedBlock[]
  readonly states: ReadonlyMap<string, State>
} {
  const blocks: RootedBlock[] = []
  const states = new Map<string, State>()
  let state = genesisState
  let parentRoot = blockRoot(genesisBlock(genesisState))
  for (let slot = 1; slot <= length; slot++) {
    const made = makeBlock(slot, parentRoot)
    const unfinished: Block = { ...made.signedBlock.message.block, body: { attestations: [] } }
    const advanced = processSlots(state, slot)
    const post = advanced.ok ? processBlock(advanced.value, unfinished) : advanced
    if (!post.ok) throw new Error(`expected a valid block, got ${post.error.code}`)
    state = post.value
    const block = { ...unfinished, stateRoot: stateRoot(state) }
    parentRoot = blockRoot(block)
    const root = toHex(parentRoot)
    states.set(root, state)
    const message = { ...made.signedBlock.message, block }
    blocks.push({ root, signedBlock: { message, signature: made.signedBlock.signature } })
  }
  return { blocks, states }
}

export const genesisReference: BlockReference = { root: `0x${'00'.repeat(32)}`, slot: 0 }

export function referenceTo({ root, signedBlock }: RootedBlock): BlockReference {
  return { root, slot: Number(signedBlock.message.block.slot) }
}

/** The proposer's vote of a block, as one that waits. */
export function voteOf({ signedBlock }: RootedBlock): StoredVotes {
  const message = signedBlock.message.proposerAttestation
  return { validatorIndex: 0, known: undefined, new: { message, signature: signedBlock.signature[0]! } }
}

/** What the chain writes with several blocks at once. */
export function together(blocks: readonly RootedBlock[], from: number, to: number): StoreBatch {
  const batch = batchOf(blocks, to - 1)
  const several = blocks.slice(from, to)
  const states = several.map(({ root }) => ({ root, state: genesisState }))
  return { ...batch, blocks: several, states: [...states, ...batch.states] }
}

/** What the chain writes with one block: its state too, and the block `lag` before it as finalized. */
export function batchOf(
  blocks: readonly RootedBlock[],
  index: number,
  lag = 2,
  states?: ReadonlyMap<string, State>,
): StoreBatch {
  const block = blocks[index]!
  const final = blocks[index - lag]
  const finalized = final ? referenceTo(final) : genesisReference
  const written = final ? [block, final] : [block]
  return {
    blocks: [block],
    states: written.map(({ root }) => ({ root, state: states?.get(root) ?? genesisState })),
    finalizedPath: final ? [finalized] : [],
    discarded: [],
    votes: [],
    time: 4 * Number(block.signedBlock.message.block.slot),
    safeTarget: finalized,
    head: referenceTo(block),
    justified: finalized,
    finalized,
  }
}
