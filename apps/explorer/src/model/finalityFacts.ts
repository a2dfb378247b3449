import type { Reference } from './events.ts'
import { justifiability, nextJustifiable } from './justifiable.ts'
import type { Model } from './model.ts'
import type { Vote } from './voteBook.ts'

/** How the votes for one target stand. */
export type TargetStanding = {
  readonly target: Reference
  readonly votes: number
  readonly votesInBlocks: number
  readonly missing: number
  /** The tick at which the last vote that it needed was heard. */
  readonly reachedAt: number | undefined
  readonly isJustified: boolean
  readonly isOnChain: boolean
  readonly isJustifiable: boolean
  readonly why: string
}

/** A validator that is not heard of lately, or does not vote for the leading target. */
export type Absentee = {
  readonly validatorIndex: number
  /** silent: no vote heard since `lastSlot`. otherTarget: it votes, but for `target`. */
  readonly reason: 'silent' | 'otherTarget'
  readonly lastSlot: number | undefined
  readonly target: Reference | undefined
}

/** A slot that must be justified, and what that finalizes. */
export type OutlookStep = {
  readonly slot: number
  readonly why: string
  readonly votes: number
  readonly finalizes: number | undefined
  /**
   * The first block that can bring the votes is in this slot: a slot is voted for once it is safe, a slot later, and
   * counted with the block after that.
   */
  readonly notBefore: number
}

/** The numbers behind the answer to "why is there no finality?". */
export type FinalityFacts = {
  readonly slot: number
  readonly headSlot: number
  readonly justifiedSlot: number
  readonly finalizedSlot: number
  readonly needed: number
  readonly validatorCount: number
  /** The last slot whose votes should have come in; -1 before there is one. */
  readonly round: number
  /** Validators that voted in the latest round or the one before. */
  readonly active: number
  /** Of the targets after the finalized slot, newest first. */
  readonly targets: readonly TargetStanding[]
  /** Targets of the latest round with their votes in it, most first. */
  readonly roundTargets: readonly { readonly target: Reference; readonly voters: readonly number[] }[]
  readonly leading: TargetStanding | undefined
  /** A target with enough votes that only a block must bring: the oldest, if there are several. */
  readonly ready: TargetStanding | undefined
  readonly absentees: readonly Absentee[]
  readonly upcoming: readonly { readonly slot: number; readonly why: string }[]
  readonly outlook: readonly OutlookStep[]
  /** Justifiable slots that passed without becoming the target of enough votes. */
  readonly passedOver: readonly number[]
}

const UPCOMING = 4

/** Targets told of: the newest ones, and those that the latest votes are for. */
const MOST_TARGETS = 32

/** Reads the numbers off a model. */
export function finalityFacts(model: Model): FinalityFacts {
  const finalizedSlot = model.finalized?.slot ?? 0
  const { rules } = model.setup
  const justifiedSlot = Math.max(model.justified?.slot ?? 0, finalizedSlot)
  const round = model.interval * 4 >= 2 * model.setup.ticksPerSlot ? model.slot : model.slot - 1
  const votes = roundVotes(model, round)
  const targets = targetStandings(model, finalizedSlot, votes)
  const roundTargets = groupByTarget(votes)
  const ready = targets.findLast(
    ({ target, missing, isJustified, isOnChain, isJustifiable }) =>
      target.slot > justifiedSlot && missing === 0 && !isJustified && isOnChain && isJustifiable,
  )
  const leading = ready ?? leadingTarget(targets, roundTargets)
  const active = [...model.votes.latest.values()].filter(({ slot }) => slot >= round - 1).length
  return {
    slot: model.slot,
    headSlot: model.head?.slot ?? 0,
    justifiedSlot,
    finalizedSlot,
    needed: model.needed,
    validatorCount: model.validatorCount,
    round,
    active,
    targets,
    roundTargets,
    leading,
    ready,
    absentees: absenteesOf(model, leading?.target, round),
    upcoming: nextJustifiable(Math.max(model.slot - 1, finalizedSlot), finalizedSlot, UPCOMING, rules).map(
      (slot) => ({
        slot,
        why: justifiability(slot, finalizedSlot, model.setup.rules).why,
      }),
    ),
    ...outlookOf(model, justifiedSlot, finalizedSlot, roundTargets),
  }
}

/** Votes of the round; where too few came yet, the latest of every validator that still votes. */
function roundVotes(model: Model, round: number): Vote[] {
  const votes = [...(model.votes.bySlot.get(round)?.values() ?? [])]
  if (votes.length >= model.needed) return votes
  return [...model.votes.latest.values()].filter(({ slot }) => slot >= round - 1)
}

function groupByTarget(votes: readonly Vote[]): { target: Reference; voters: number[] }[] {
  const groups = new Map<string, { target: Reference; voters: number[] }>()
  for (const { target, validatorIndex } of votes) {
    const group = groups.get(target.root)
    if (group) group.voters.push(validatorIndex)
    else groups.set(target.root, { target, voters: [validatorIndex] })
  }
  return [...groups.values()].sort(
    (left, right) => right.voters.length - left.voters.length || right.target.slot - left.target.slot,
  )
}

function targetStandings(model: Model, finalizedSlot: number, round: readonly Vote[]): TargetStanding[] {
  const open = [...model.votes.tallies.values()].filter(({ target }) => target.slot > finalizedSlot)
  open.sort((left, right) => right.target.slot - left.target.slot || right.voters.size - left.voters.size)
  const voted = new Set(round.map(({ target }) => target.root))
  const shown = open.filter(({ target }, index) => index < MOST_TARGETS || voted.has(target.root))
  return shown.map(({ target, voters, inBlocks }) => ({
    target,
    votes: voters.size,
    votesInBlocks: inBlocks,
    missing: Math.max(0, model.needed - voters.size),
    reachedAt: nth(voters.values(), model.needed - 1)?.heardAt,
    isJustified: model.justifiedRoots.has(target.root),
    isOnChain: model.chain.roots.has(target.root),
    ...justifiability(target.slot, finalizedSlot, model.setup.rules),
  }))
}

function nth<T>(items: Iterable<T>, index: number): T | undefined {
  let at = 0
  for (const item of items) if (at++ === index) return item
  return undefined
}

/** The target of most votes of the round that they can still do something for. */
function leadingTarget(
  targets: readonly TargetStanding[],
  roundTargets: FinalityFacts['roundTargets'],
): TargetStanding | undefined {
  const voted = roundTargets.map(({ target }) =>
    targets.find((standing) => standing.target.root === target.root),
  )
  return voted.find((standing) => standing?.isJustified === false && standing.isOnChain) ?? voted[0]
}

/** Who is not among the voters for a target, and what each does instead. */
function absenteesOf(model: Model, target: Reference | undefined, round: number): Absentee[] {
  const voters = target && model.votes.tallies.get(target.root)?.voters
  const absentees: Absentee[] = []
  for (let validatorIndex = 0; validatorIndex < model.validatorCount; validatorIndex++) {
    const latest = model.votes.latest.get(validatorIndex)
    const isSilent = latest === undefined || latest.slot < round - 1
    if (!isSilent && (target === undefined || voters?.has(validatorIndex))) continue
    absentees.push({
      validatorIndex,
      reason: isSilent ? 'silent' : 'otherTarget',
      lastSlot: latest?.slot,
      target: latest?.target,
    })
  }
  return absentees
}

/**
 * What has to be justified so that something becomes final. A justified slot becomes final with the next justifiable
 * slot after it, and with no later one: a slot without a block, or one that votes have gone past, breaks the pair.
 */
function outlookOf(
  model: Model,
  justifiedSlot: number,
  finalizedSlot: number,
  roundTargets: FinalityFacts['roundTargets'],
): Pick<FinalityFacts, 'outlook' | 'passedOver'> {
  const headSlot = model.head?.slot ?? 0
  const votedSlot = roundTargets[0]?.target.slot ?? 0
  const passedOver: number[] = []
  const outlook: OutlookStep[] = []
  let source = justifiedSlot
  let isUnbroken = justifiedSlot > finalizedSlot
  while (outlook.length < 3) {
    const from = Math.max(source, passedOver.at(-1) ?? source)
    const [slot] = nextJustifiable(from, finalizedSlot, 1, model.setup.rules)
    if (slot === undefined) break
    const root = model.chain.bySlot.get(slot)?.root
    const votes = root === undefined ? 0 : (model.votes.tallies.get(root)?.voters.size ?? 0)
    const isEmpty = slot < headSlot && root === undefined
    const isVotedFor = votes >= model.needed || roundTargets.some(({ target }) => target.root === root)
    if (isEmpty || (slot < votedSlot && !isVotedFor)) {
      passedOver.push(slot)
      isUnbroken = false
      continue
    }
    outlook.push({
      slot,
      why: justifiability(slot, finalizedSlot, model.setup.rules).why,
      votes,
      finalizes: isUnbroken ? source : undefined,
      notBefore: Math.max(slot + 2, model.slot + 1),
    })
    if (isUnbroken) break
    source = slot
    isUnbroken = true
  }
  return { outlook, passedOver }
}
