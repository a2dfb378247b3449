import { ZERO_HASH } from '../modelRun.ts'
import { type PythonValue, pythonJson } from '../pythonJson.ts'
import { justifiableSlots } from '../rules.ts'
import type { Rules } from '../scenario.ts'
import { portableSha256, sha256Text } from '../sha256.ts'

/**
 * The model's consensus rules (3sf-mini `consensus.py`), written for comparison with Python and nothing else: names
 * are Python's, because they are hashed.
 */

export type State = {
  config: { num_validators: number }
  latest_justified_hash: string
  latest_justified_slot: number
  latest_finalized_hash: string
  latest_finalized_slot: number
  historical_block_hashes: (string | null)[]
  justified_slots: boolean[]
  justifications: Record<string, boolean[]>
}

export type Vote = {
  readonly validator_id: number
  readonly slot: number
  readonly head: string
  readonly head_slot: number
  readonly target: string
  readonly target_slot: number
  readonly source: string
  readonly source_slot: number
}

export type Block = {
  readonly slot: number
  readonly parent: string
  readonly votes: readonly Vote[]
  readonly state_root: string | null
}

/** SHA-256 of the sorted JSON text. */
export function computeHash(value: PythonValue): string {
  return sha256Text(pythonJson(value), portableSha256)
}

/** Whether two votes agree in every field, as Python compares dataclasses. */
export function isSameVote(left: Vote, right: Vote): boolean {
  return (
    left === right ||
    (left.validator_id === right.validator_id &&
      left.slot === right.slot &&
      pythonJson(left) === pythonJson(right))
  )
}

function newState(stakers: number): State {
  return {
    config: { num_validators: stakers },
    latest_justified_hash: ZERO_HASH,
    latest_justified_slot: 0,
    latest_finalized_hash: ZERO_HASH,
    latest_finalized_slot: 0,
    historical_block_hashes: [ZERO_HASH],
    justified_slots: [true],
    justifications: {},
  }
}

/** The genesis state and block. */
export function genesis(stakers: number): { state: State; block: Block } {
  const state = newState(stakers)
  return { state, block: { slot: 1, parent: ZERO_HASH, votes: [], state_root: computeHash(state) } }
}

/** The state after a block; the given state stays as it is. */
export function processBlock(preState: State, block: Block, rules: Rules): State {
  const state = structuredClone(preState)
  state.historical_block_hashes.push(block.parent)
  state.justified_slots.push(false)
  while (state.historical_block_hashes.length < block.slot) {
    state.justified_slots.push(false)
    state.historical_block_hashes.push(null)
  }
  for (const vote of block.votes) processVote(state, vote, rules)
  return state
}

function processVote(state: State, vote: Vote, rules: Rules): void {
  const isJustifiable = justifiableSlots(rules)
  if (
    state.justified_slots[vote.source_slot] === false ||
    vote.source !== state.historical_block_hashes[vote.source_slot] ||
    vote.target !== state.historical_block_hashes[vote.target_slot] ||
    vote.target_slot <= vote.source_slot ||
    !isJustifiable(state.latest_finalized_slot, vote.target_slot) ||
    (rules.justifiedTargets === 'skip' && state.justified_slots[vote.target_slot])
  ) {
    return
  }
  const stakers = state.config.num_validators
  state.justifications[vote.target] ??= new Array<boolean>(stakers).fill(false)
  const voted = state.justifications[vote.target]!
  voted[vote.validator_id] = true
  if (!isEnough(voted.filter(Boolean).length, stakers, rules)) return

  state.latest_justified_hash = vote.target
  state.latest_justified_slot = vote.target_slot
  state.justified_slots[vote.target_slot] = true
  delete state.justifications[vote.target]
  for (let slot = vote.source_slot + 1; slot < vote.target_slot; slot++) {
    if (isJustifiable(state.latest_finalized_slot, slot)) return
  }
  state.latest_finalized_hash = vote.source
  state.latest_finalized_slot = vote.source_slot
}

function isEnough(count: number, stakers: number, rules: Rules): boolean {
  const { numerator, denominator } = rules.threshold
  if (rules.comparison === 'at-least') return count * denominator >= stakers * numerator
  return count === Math.floor((stakers * numerator) / denominator)
}

/** The justified hash of the state with the highest justified slot; of equal ones the first known. */
export function latestJustifiedHash(postStates: ReadonlyMap<string, State>): string {
  let latest: State | undefined
  for (const state of postStates.values()) {
    if (latest === undefined || state.latest_justified_slot > latest.latest_justified_slot) latest = state
  }
  return latest!.latest_justified_hash
}

/** LMD-GHOST from a root: at each fork the child with most latest votes, then the higher slot, then the larger hash. */
export function forkChoiceHead(
  blocks: ReadonlyMap<string, Block>,
  root: string,
  votes: readonly Vote[],
  minScore = 0,
): string {
  const start = root === ZERO_HASH ? firstOfLowestSlot(blocks) : root
  const latestVotes = new Map<number, Vote>()
  for (const vote of votes.toSorted((left, right) => left.slot - right.slot)) {
    latestVotes.set(vote.validator_id, vote)
  }
  const weights = new Map<string, number>()
  for (const vote of latestVotes.values()) {
    let hash = vote.head
    while (blocks.has(vote.head) && blocks.get(hash)!.slot > blocks.get(start)!.slot) {
      weights.set(hash, (weights.get(hash) ?? 0) + 1)
      hash = blocks.get(hash)!.parent
    }
  }
  const isBetter = (left: string, right: string): boolean => {
    const byWeight = (weights.get(left) ?? 0) - (weights.get(right) ?? 0)
    const bySlot = blocks.get(left)!.slot - blocks.get(right)!.slot
    return byWeight > 0 || (byWeight === 0 && (bySlot > 0 || (bySlot === 0 && left > right)))
  }
  let current = start
  for (;;) {
    const children = [...blocks.keys()].filter(
      (hash) => blocks.get(hash)!.parent === current && (weights.get(hash) ?? 0) >= minScore,
    )
    if (children.length === 0) return current
    current = children.reduce((best, child) => (isBetter(child, best) ? child : best))
  }
}

function firstOfLowestSlot(blocks: ReadonlyMap<string, Block>): string {
  return [...blocks.keys()].reduce((best, hash) =>
    blocks.get(hash)!.slot < blocks.get(best)!.slot ? hash : best,
  )
}
