import { type Absentee, type FinalityFacts, finalityFacts } from './finalityFacts.ts'
import type { Model } from './model.ts'

/**
 * finalizing: all is well. The others say what keeps finality from going on: too few votes; votes for different
 * targets; votes that agree while the back-off rule makes them wait; votes that no block on the chain brings; no blocks.
 * ready: enough votes are there, and the next block should bring them.
 * listening: not heard for long enough to say.
 */
export type FinalityCause =
  | 'waiting'
  | 'syncing'
  | 'finalizing'
  | 'votesMissing'
  | 'splitVotes'
  | 'backOff'
  | 'ready'
  | 'notIncluded'
  | 'noBlocks'
  | 'listening'

/** "Why is there no finality?", answered in words, with the numbers they were made of. */
export type FinalityExplanation = {
  readonly cause: FinalityCause
  readonly headline: string
  /** What votes there are, who is missing, what comes next: one paragraph each. */
  readonly votes: string
  readonly absent: string
  readonly next: string
  readonly outlook: readonly string[]
  readonly facts: FinalityFacts
}

/** A slot behind so far is still well: a vote counts when the next block brings it, and one block may be missing. */
const NORMAL_LAG = 6

/** Slots that enough votes may wait for a block that brings them before that is called the reason. */
const NOT_INCLUDED_SLOTS = 2

/** Slots without a block before that is called the reason. */
const MISSING_BLOCKS = 4

/** Explains the state of finality. */
export function explainFinality(model: Model): FinalityExplanation {
  const facts = finalityFacts(model)
  const cause = causeOf(model, facts)
  return {
    cause,
    headline: headlineOf(cause, facts),
    votes: votesText(facts),
    absent: absentText(facts.absentees),
    next: nextText(facts),
    outlook: outlookTexts(model, facts),
    facts,
  }
}

function causeOf(model: Model, facts: FinalityFacts): FinalityCause {
  const { slot, finalizedSlot, headSlot, round, needed, active, roundTargets, ready } = facts
  if (model.validatorCount === 0 || slot < 1) return 'waiting'
  if (slot - finalizedSlot <= NORMAL_LAG || movedLately(model)) return 'finalizing'
  if (model.sync?.state === 'syncing') return 'syncing'
  if (round < model.watchedFrom + 1) return 'listening'
  if (active < needed) return 'votesMissing'
  if (slot - headSlot > MISSING_BLOCKS) return 'noBlocks'
  if (ready !== undefined) {
    const waited = model.tick - (ready.reachedAt ?? model.tick)
    return waited > NOT_INCLUDED_SLOTS * model.setup.ticksPerSlot ? 'notIncluded' : 'ready'
  }
  return (roundTargets[0]?.voters.length ?? 0) < needed ? 'splitVotes' : 'backOff'
}

/** Finality caught up with something in this slot or the one before. */
function movedLately({ finalizations, slot, setup }: Model): boolean {
  const last = finalizations.at(-1)
  return finalizations.length > 1 && last !== undefined && last.at >= (slot - 1) * setup.ticksPerSlot
}

function headlineOf(cause: FinalityCause, facts: FinalityFacts): string {
  const { slot, finalizedSlot, headSlot, needed, active, validatorCount, roundTargets, outlook, ready } =
    facts
  const since = `Nothing has become final since slot ${finalizedSlot}`
  switch (cause) {
    case 'waiting':
      return 'Waiting for the first slots.'
    case 'finalizing':
      return `Finality keeps up: slot ${finalizedSlot} is final, ${count(Math.max(0, headSlot - finalizedSlot), 'slot')} behind the head.`
    case 'syncing':
      return `This node is catching up: its head is at slot ${headSlot} of ${slot}.`
    case 'listening':
      return `Slot ${finalizedSlot} is the last final one, ${count(slot - finalizedSlot, 'slot')} ago. Listening to a whole slot of votes to say why.`
    case 'votesMissing':
      return `${since}: of ${validatorCount} validators only ${active} were heard in the last two slots, and ${needed} votes are needed.`
    case 'splitVotes':
      return `${since}: votes are split over ${count(roundTargets.length, 'target')}, and none has the ${needed} it needs.`
    case 'ready':
      return `${since}: enough votes for slot ${ready?.target.slot} are there now, and wait for a block.`
    case 'notIncluded':
      return `${since}: enough votes for slot ${ready?.target.slot} are heard, but no block on this chain brings them.`
    case 'noBlocks':
      return `${since}: there has been no block since slot ${headSlot}.`
    case 'backOff':
      return `${since}: enough validators agree, and wait for ${outlook.length > 1 ? 'two justifiable slots in a row' : `justifiable slot ${outlook[0]?.slot}`}.`
  }
}

function votesText({ round, needed, validatorCount, roundTargets, leading }: FinalityFacts): string {
  const rule = `A target is justified by ${needed} of ${validatorCount} votes.`
  if (roundTargets.length === 0) return `${rule} No votes were heard for slot ${Math.max(0, round)}.`
  const shown = roundTargets
    .slice(0, 4)
    .map(({ target, voters }) => `${voters.length} for slot ${target.slot} (${short(target.root)})`)
  const more = roundTargets.length > 4 ? ` and ${roundTargets.length - 4} more targets` : ''
  const all =
    leading === undefined
      ? ''
      : leading.isJustified
        ? ` Slot ${leading.target.slot} is justified already.`
        : ` Slot ${leading.target.slot} has ${count(leading.votes, 'vote')} in all, ${leading.votesInBlocks} of them in blocks${leading.missing > 0 ? `: ${leading.missing} more ${leading.missing === 1 ? 'is' : 'are'} needed` : ''}.`
  return `${rule} Around slot ${round} there were ${shown.join(', ')}${more}.${all}`
}

function absentText(absentees: readonly Absentee[]): string {
  if (absentees.length === 0) return 'Nobody is missing.'
  const silent = absentees.filter(({ reason }) => reason === 'silent')
  const parts: string[] = []
  if (silent.length > 0) {
    const last = Math.max(...silent.map(({ lastSlot }) => lastSlot ?? -1))
    const heard = last < 0 ? 'never heard' : `last heard in slot ${last}`
    parts.push(`Not heard lately: ${who(silent)} (${heard}).`)
  }
  const others = Map.groupBy(
    absentees.filter(({ reason }) => reason === 'otherTarget'),
    ({ target }) => target?.root,
  )
  const groups = [...others.values()].sort((left, right) => right.length - left.length)
  for (const group of groups.slice(0, 3)) {
    const { target } = group[0]!
    parts.push(`Voting for slot ${target?.slot} (${short(target?.root ?? '')}) instead: ${who(group)}.`)
  }
  if (groups.length > 3) parts.push(`Others vote for ${groups.length - 3} more targets.`)
  return parts.join(' ')
}

function nextText({ finalizedSlot, upcoming, slot }: FinalityFacts): string {
  const list = upcoming.map((next) => `${next.slot}${next.slot === slot ? ' (now)' : ''}`).join(', ')
  const reasons = upcoming
    .map(({ why }) => /(\d+ = \d+ × \d+)/.exec(why)?.[1])
    .filter((text) => text !== undefined)
  const why = reasons.length > 0 ? `, at distances ${reasons.join(', ')}` : ''
  return `Counted from final slot ${finalizedSlot}, the next justifiable slots are ${list}${why}.`
}

function outlookTexts(
  model: Model,
  { outlook, needed, passedOver, justifiedSlot, slot, headSlot }: FinalityFacts,
): string[] {
  const texts: string[] = []
  const [broken] = passedOver
  if (broken !== undefined && justifiedSlot > (model.finalized?.slot ?? 0)) {
    const isEmpty = broken < headSlot && !model.chain.bySlot.has(broken)
    const reason = isEmpty ? 'has no block' : 'was passed over by the votes'
    texts.push(
      `Slot ${justifiedSlot} is justified, but slot ${broken}, the next justifiable one, ${reason}: nothing later can make ${justifiedSlot} final by itself.`,
    )
  }
  for (const step of outlook) {
    const isVoted = step.votes > 0 ? ` (${step.votes} so far)` : ''
    const effect =
      step.finalizes === undefined
        ? `then slot ${step.slot} is justified, which by itself finalizes nothing yet`
        : `then slot ${step.finalizes} becomes final`
    texts.push(
      `${needed} votes for slot ${step.slot}${isVoted}: ${effect}, ${whenText(model, step.notBefore, slot)}.`,
    )
  }
  return texts
}

function whenText(model: Model, notBefore: number, slot: number): string {
  const { ticksPerSlot, millisecondsPerTick, genesisTime } = model.setup
  const seconds = (((notBefore - slot) * ticksPerSlot - model.interval) * millisecondsPerTick) / 1000
  const away = genesisTime === undefined ? '' : ` (in about ${Math.max(1, Math.round(seconds))} s)`
  return `at the earliest with the block of slot ${notBefore}${away}`
}

/** Validators by their numbers, ranges drawn together, the first dozen ranges. */
function who(absentees: readonly Absentee[]): string {
  const numbers = absentees.map(({ validatorIndex }) => validatorIndex)
  const ranges: [number, number][] = []
  for (const number of numbers) {
    const last = ranges.at(-1)
    if (last !== undefined && last[1] === number - 1) last[1] = number
    else ranges.push([number, number])
  }
  const shown = ranges.slice(0, 12).map(([from, to]) => {
    if (from === to) return `${from}`
    return to === from + 1 ? `${from}, ${to}` : `${from} to ${to}`
  })
  const noun = numbers.length === 1 ? 'validator' : 'validators'
  return `${noun} ${shown.join(', ')}${ranges.length > 12 ? ` and more, ${numbers.length} in all` : ''}`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** The first digits of a root. */
export function short(root: string): string {
  return root.startsWith('0x') ? root.slice(0, 10) : root.slice(0, 8)
}
