import type { Model } from './model.ts'
import type { Vote } from './voteBook.ts'

/**
 * onTime: heard before the safe target is computed. late: after. otherHead: for another block than the chain has there
 * now. missed: not heard though the slot is over. pending: the slot is not over. unknown: nobody watched then.
 */
export type VoteStatus = 'onTime' | 'late' | 'otherHead' | 'missed' | 'pending' | 'unknown'

export type ValidatorRow = {
  readonly validatorIndex: number
  readonly isOwn: boolean
  readonly lastVote: Vote | undefined
  readonly nextProposal: number
  /** Latest slot last. */
  readonly history: readonly {
    readonly slot: number
    readonly status: VoteStatus
    readonly isProposer: boolean
  }[]
  /** By the latest slot that is over. */
  readonly status: 'online' | 'late' | 'otherHead' | 'silent' | 'unknown'
  readonly equivocations: number
}

/** The interval from which on a vote is late: the safe target was computed without it. */
const SAFE_TARGET_INTERVAL = 2

/** The quarter of a slot from which on a vote is late. */
export function lateInterval(model: Model): number {
  return model.setup.rules?.lateFrom ?? SAFE_TARGET_INTERVAL
}

/** What a validator's vote in a slot was like. */
export function voteStatus(model: Model, validatorIndex: number, slot: number): VoteStatus {
  const vote = model.votes.bySlot.get(slot)?.get(validatorIndex)
  if (vote === undefined) {
    if (slot < Math.max(model.watchedFrom, model.votes.firstSlot, 1)) return 'unknown'
    return slot >= model.slot ? 'pending' : 'missed'
  }
  if (!isForChain(model, vote)) return 'otherHead'
  const { ticksPerSlot } = model.setup
  const lateFrom = vote.slot * ticksPerSlot + (ticksPerSlot * lateInterval(model)) / 4
  return vote.heardAt >= lateFrom && vote.heardAt >= model.watchedFrom * ticksPerSlot ? 'late' : 'onTime'
}

/**
 * Whether a vote's head is the block that the chain has at its slot, or last had before. A proposer may vote for the
 * parent of its own block: some clients do.
 */
export function isForChain(model: Model, { head, slot, validatorIndex }: Vote): boolean {
  const { roots, bySlot } = model.chain
  if (!roots.has(head.root)) return !model.blocks.has(head.root) && head.slot < model.firstSlot
  const last = slot % model.validatorCount === validatorIndex ? slot - 1 : slot
  for (let later = head.slot + 1; later <= last; later++) if (bySlot.has(later)) return false
  return true
}

/** One row per validator with its last `slots` slots. */
export function validatorRow(model: Model, validatorIndex: number, slots: number): ValidatorRow {
  const { validatorCount } = model
  const lastSlot = Math.max(0, model.slot)
  const first = Math.max(1, lastSlot - slots + 1)
  const history = Array.from({ length: lastSlot - first + 1 }, (_, index) => {
    const slot = first + index
    return {
      slot,
      status: voteStatus(model, validatorIndex, slot),
      isProposer: slot % validatorCount === validatorIndex,
    }
  })
  const distance = (validatorIndex - (lastSlot % validatorCount) + validatorCount) % validatorCount
  return {
    validatorIndex,
    isOwn: model.ownValidators.some((own) => own.validatorIndex === validatorIndex),
    lastVote: model.votes.latest.get(validatorIndex),
    nextProposal: lastSlot + (distance === 0 ? validatorCount : distance),
    history,
    status: standing(history.findLast(({ status }) => status !== 'pending')?.status),
    equivocations: model.equivocations.filter((known) => known.validatorIndex === validatorIndex).length,
  }
}

function standing(last: VoteStatus | undefined): ValidatorRow['status'] {
  if (last === 'missed') return 'silent'
  if (last === 'late' || last === 'otherHead') return last
  return last === 'onTime' ? 'online' : 'unknown'
}

/** How the votes of a slot came in: counts by the interval in which they were heard, the last one for later. */
export type SlotVotes = {
  readonly slot: number
  readonly byInterval: readonly number[]
  readonly later: number
  readonly total: number
  readonly otherHead: number
}

export function slotVotes(model: Model, slot: number): SlotVotes {
  const { ticksPerSlot } = model.setup
  const byInterval = [0, 0, 0, 0]
  let later = 0
  let otherHead = 0
  const votes = model.votes.bySlot.get(slot)
  for (const vote of votes?.values() ?? []) {
    const interval = Math.floor(((vote.heardAt - slot * ticksPerSlot) * 4) / ticksPerSlot)
    if (interval < 4) byInterval[Math.max(0, interval)]! += 1
    else later += 1
    if (!isForChain(model, vote)) otherHead += 1
  }
  return { slot, byInterval, later, total: votes?.size ?? 0, otherHead }
}
