import type { ModelEvent, Rules } from '../model/events.ts'

/**
 * A run in a file: what several nodes were told, as numbers. Blocks and votes stand once, whoever heard of them. The
 * streams are flat: an event is its code and its numbers, see CODE.
 */
export type Recording = {
  readonly format: 'trine-recording-1'
  readonly title: string
  readonly description: string
  readonly ticksPerSlot: number
  readonly millisecondsPerTick: number
  readonly validatorCount: number
  readonly rules?: Rules | undefined
  readonly firstTick: number
  readonly lastTick: number
  /** First slot whose votes are in the file: earlier ones were left out to bound it. */
  readonly votesFrom: number
  /** Names of blocks, and their slots. */
  readonly roots: readonly string[]
  readonly slots: readonly number[]
  /** Per block: name, parent's name (-1: unknown), proposer, votes in its body (-1: unknown). */
  readonly blocks: readonly number[]
  /** Per vote: validator, slot, and the names of head, target and source (-1: none). */
  readonly votes: readonly number[]
  readonly nodes: readonly RecordedNode[]
}

export type RecordedNode = {
  readonly name: string
  readonly ownValidators: readonly number[]
  /** Everything but votes; `extras` holds the events that are no numbers. */
  readonly events: readonly number[]
  readonly extras: readonly ModelEvent[]
  /** Tick, vote, origin, by three. */
  readonly votes: readonly number[]
}

/** Codes in a node's `events`, each followed by as many numbers as ARGUMENTS says. */
export const CODE = {
  /** tick */
  tick: 0,
  /** block, origin */
  block: 1,
  /** name */
  head: 2,
  safeTarget: 3,
  justified: 4,
  finalized: 5,
  /** kind, slot, validator, outcome, reason (an extra, or -1), tenths of a millisecond */
  duty: 6,
  /** extra */
  extra: 7,
} as const

export const ARGUMENTS: readonly number[] = [1, 2, 1, 1, 1, 1, 6, 1]

export const BLOCK_ORIGINS = ['gossip', 'request', 'own', 'stored'] as const
export const VOTE_ORIGINS = ['gossip', 'block', 'own'] as const
export const DUTY_KINDS = ['block', 'attestation'] as const
export const DUTY_OUTCOMES = ['published', 'skipped', 'failed'] as const
