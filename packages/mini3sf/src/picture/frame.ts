import type { Recording } from './recording.ts'

/** What one staker holds after one step, as indices into the recording's blocks (-1: none). */
export type Frame = {
  readonly staker: number
  readonly step: number
  /** Known blocks in the order of acceptance. */
  readonly blocks: readonly number[]
  readonly head: number
  readonly justified: number
  readonly finalized: number
  readonly safeTarget: number
  readonly knownVotes: number
  readonly newVotes: number
  /** Latest known votes by voter. */
  readonly votes: readonly FrameVote[]
}

export type FrameVote = {
  readonly voter: number
  readonly slot: number
  readonly head: number
  readonly target: number
}

/** The frame of a track (an index into the recording's tracks) after a step. */
export function frameAt(recording: Recording, trackIndex: number, step: number): Frame {
  const track = recording.tracks[trackIndex]!
  const blocks: number[] = []
  for (let at = 0; at < track.blocks.length && track.blocks[at]! <= step; at += 2)
    blocks.push(track.blocks[at + 1]!)
  const votes = new Map<number, FrameVote>()
  for (let at = 0; at < track.votes.length && track.votes[at]! <= step; at += 5) {
    const [voter, slot, head, target] = track.votes.slice(at + 1, at + 5) as [number, number, number, number]
    votes.set(voter, { voter, slot, head, target })
  }
  let at = 0
  while (at + 7 < track.statuses.length && track.statuses[at + 7]! <= step) at += 7
  const [head = 0, justified = -1, finalized = -1, safeTarget = -1, knownVotes = 0, newVotes = 0] =
    track.statuses.slice(at + 1, at + 7)
  return {
    staker: track.staker,
    step,
    blocks,
    head,
    justified,
    finalized,
    safeTarget,
    knownVotes,
    newVotes,
    votes: [...votes.values()].sort((left, right) => left.voter - right.voter),
  }
}

/** A block's name: its first eight hex digits and its slot, "none" for -1. */
export function blockName(recording: Recording, block: number): string {
  const named = recording.blocks[block]
  return named === undefined ? 'none' : `${named.hash.slice(0, 8)} (slot ${named.slot})`
}

/** Text that is safe inside markup and attributes. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
