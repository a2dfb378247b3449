import { ZERO_HASH } from '../modelRun.ts'
import type { BlockTable } from './blockTable.ts'
import { ZERO } from './blockTable.ts'

import type { VoteTable } from './voteTable.ts'

/** Who voted for a target that is not justified yet. Shared between states until one of them adds a vote. */
type Tally = {
  readonly owner: PostState
  readonly voted: Uint8Array
  count: number
  /** Its part of the state's text, once its owner is complete. */
  text: string | undefined
}

/** The state after a block, blocks as table indices. Everything else of Python's State follows from the block. */
export type PostState = {
  justified: number
  justifiedSlot: number
  finalized: number
  finalizedSlot: number
  /** One flag per slot before the block's. */
  readonly justifiedSlots: Uint8Array
  readonly justifications: Map<number, Tally>
}

/** The genesis state: the zero hash at slot 0 is justified and finalized. */
export function genesisState(): PostState {
  return {
    justified: ZERO,
    justifiedSlot: 0,
    finalized: ZERO,
    finalizedSlot: 0,
    justifiedSlots: Uint8Array.of(1),
    justifications: new Map(),
  }
}

/** The state before any votes of a block at the given slot are counted. */
export function advanceState(parent: PostState, slot: number): PostState {
  const justifiedSlots = new Uint8Array(slot)
  justifiedSlots.set(parent.justifiedSlots)
  return { ...parent, justifiedSlots, justifications: new Map(parent.justifications) }
}

/** The numbers and rules that counting votes needs. */
export type CountingRules = {
  readonly stakers: number
  readonly votesToJustify: number
  readonly skipsJustifiedTargets: boolean
  readonly isJustifiable: (finalizedSlot: number, candidate: number) => boolean
}

/**
 * Counts one vote of a block (the loop body of Python's `process_block`), changing the state.
 *
 * @param history the block's ancestors by slot, as `BlockTable.historyThrough` gives them for its parent
 */
export function countVote(
  state: PostState,
  vote: number,
  votes: VoteTable,
  blocks: BlockTable,
  history: Int32Array,
  rules: CountingRules,
): void {
  const [source, target] = [votes.source[vote]!, votes.target[vote]!]
  const [sourceSlot, targetSlot] = [blocks.slotOf(source), blocks.slotOf(target)]
  if (
    state.justifiedSlots[sourceSlot] === 0 ||
    source !== history[sourceSlot] ||
    target !== history[targetSlot] ||
    targetSlot <= sourceSlot ||
    !rules.isJustifiable(state.finalizedSlot, targetSlot) ||
    (rules.skipsJustifiedTargets && state.justifiedSlots[targetSlot] === 1)
  ) {
    return
  }
  const tally = ownTally(state, target, rules.stakers)
  const staker = votes.staker[vote]!
  tally.count += 1 - tally.voted[staker]!
  tally.voted[staker] = 1
  if (tally.count !== rules.votesToJustify) return

  state.justified = target
  state.justifiedSlot = targetSlot
  state.justifiedSlots[targetSlot] = 1
  state.justifications.delete(target)
  for (let slot = sourceSlot + 1; slot < targetSlot; slot++) {
    if (rules.isJustifiable(state.finalizedSlot, slot)) return
  }
  state.finalized = source
  state.finalizedSlot = sourceSlot
}

function ownTally(state: PostState, target: number, stakers: number): Tally {
  const shared = state.justifications.get(target)
  if (shared?.owner === state) return shared
  const tally = {
    owner: state,
    voted: shared?.voted.slice() ?? new Uint8Array(stakers),
    count: shared?.count ?? 0,
    text: undefined,
  }
  state.justifications.set(target, tally)
  return tally
}

/**
 * The sorted JSON text of the State, whose SHA-256 is the block's state root, in two parts. The first, up to and with
 * the list of historical hashes (not its closing bracket), only grows from a block to its child: this is the growth.
 */
export function historyText(parent: number, slot: number, blocks: BlockTable, stakers: number): string {
  if (parent === ZERO)
    return `{"config": {"num_validators": ${stakers}}, "historical_block_hashes": ["${ZERO_HASH}"`
  const emptySlots = slot - 1 - blocks.slotOf(parent)
  return `, "${blocks.hashOf(parent)}"${', null'.repeat(emptySlots)}`
}

/** The rest of the State's text, from the closing bracket of the historical hashes on. */
export function countsText(state: PostState, blocks: BlockTable): string {
  const justifications: string[] = []
  for (const [target, tally] of state.justifications) {
    tally.text ??= `"${blocks.hashOf(target)}": ${flagsText(tally.voted)}`
    justifications.push(tally.text)
  }
  justifications.sort()
  return (
    `], "justifications": {${justifications.join(', ')}}, "justified_slots": ${flagsText(state.justifiedSlots)}, ` +
    `"latest_finalized_hash": "${blocks.hashOf(state.finalized)}", "latest_finalized_slot": ${state.finalizedSlot}, ` +
    `"latest_justified_hash": "${blocks.hashOf(state.justified)}", "latest_justified_slot": ${state.justifiedSlot}}`
  )
}

function flagsText(flags: Uint8Array): string {
  let text = ''
  for (let index = 0; index < flags.length; index++) text += flags[index] === 1 ? ', true' : ', false'
  return `[${text.slice(2)}]`
}
