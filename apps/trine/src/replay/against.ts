import { type RunStatistics, type Scenario, type Summary, summarise } from '@trine/mini3sf'
import {
  AGAINST_SLOTS,
  AgainstDevnet1,
  type AgainstReport,
  type AgainstSlot,
  type RuleAlone,
  type Side,
} from '@trine/mini3sf/devnet1'
import { Progress } from '../progress.ts'
import { startNativeSha256 } from './nativeSha256.ts'
import type { ReplayOptions } from './options.ts'
import { fileProducts } from './products.ts'

/** Runs a scenario by the model and by devnet-1 and prints where the rules part; files are of the devnet-1 run. */
export async function replayAgainst(scenario: Scenario, options: ReplayOptions): Promise<void> {
  const pair = new AgainstDevnet1(scenario, startNativeSha256)
  const products = fileProducts(pair.devnet, options, 'devnet-1')
  const progress = new Progress(process.stderr, scenario.steps)
  while (pair.step()) {
    for (const product of products) product.afterStep?.()
    progress.update(pair.devnet.stepsDone, `step ${pair.devnet.stepsDone} of ${scenario.steps}`)
  }
  progress.clear()
  for (const product of products) await product.finish?.()
  console.log(againstText(scenario, pair.report()))
  const { failure } = pair.model
  if (failure !== undefined) {
    console.error(`trine replay: the model stopped in step ${failure.step}: ${failure.message}`)
    process.exitCode = 1
  }
}

/** The report in words. */
function againstText(scenario: Scenario, report: AgainstReport): string {
  const { name, seed, stakers, steps } = scenario
  return [
    `${name} (seed ${seed}, ${stakers} stakers, ${steps} steps): 3sf-mini against devnet-1`,
    'Same proposers, clock, latencies and random draws. Genesis stands at slot 1 in the model, at slot 0 in devnet-1.',
    '',
    ...sidesTable(report.sides, scenario.slotDuration),
    '',
    'Agreement of the stakers, over all steps',
    ...AGAINST_SLOTS.map((slot) => agreementLine(slot, report, scenario.slotDuration)),
    '',
    'What the rules did in this run',
    ...ruleLines(report, scenario).map((line) => `- ${line}`),
  ].join('\n')
}

function sidesTable([model, devnet]: readonly [Side, Side], slotDuration: number): string[] {
  const row = (label: string, figure: (side: Side) => string): string =>
    `${label.padEnd(42)}${figure(model).padStart(12)}${figure(devnet).padStart(12)}`
  const delay = (which: keyof Summary) => (side: Side) => {
    const summary = summarise(side.finalityDelays)
    return summary === undefined ? '-' : (summary[which] / slotDuration).toFixed(2)
  }
  return [
    `${''.padEnd(42)}${'3sf-mini'.padStart(12)}${'devnet-1'.padStart(12)}`,
    row('blocks', ({ blocks }) => String(blocks)),
    row('votes in a block, mean', ({ votesInBlocks, blocks }) =>
      (votesInBlocks / Math.max(1, blocks)).toFixed(1),
    ),
    row('votes in a block, most', ({ mostVotesInBlock }) => String(mostVotesInBlock)),
    row('finality delay of a block, slots, median', delay('median')),
    row('finality delay of a block, slots, p95', delay('p95')),
    row('reorgs of all stakers', ({ reorgs }) => String(reorgs)),
    row('deepest reorg, blocks', ({ deepestReorg }) => String(deepestReorg)),
    row('forks', ({ forks }) => String(forks)),
    row('last finalized slot', ({ finalizedSlot }) => String(finalizedSlot)),
  ]
}

const SLOT_NAMES: Readonly<Record<AgainstSlot, string>> = {
  headSlot: 'head slot',
  justifiedSlot: 'justified slot',
  finalizedSlot: 'finalized slot',
}

function agreementLine(slot: AgainstSlot, report: AgainstReport, slotDuration: number): string {
  const { share, first } = report.agreement[slot]
  const where =
    first === undefined
      ? 'no difference'
      : `first difference at ${stepText(first.step, slotDuration)}, staker ${first.staker}: ${first.slots.join(' | ')}`
  return `  ${SLOT_NAMES[slot].padEnd(16)}${`${(100 * share).toFixed(1)} %`.padStart(8)}  ${where}`
}

function ruleLines(report: AgainstReport, scenario: Scenario): string[] {
  const { slotDuration } = scenario
  const { counts, genesisJustifiedAt, votesToJustify } = report
  const [model, devnet] = report.sides
  const alone = (rule: RuleAlone['rule']): string => {
    const found = report.rulesAlone.find((entry) => entry.rule === rule)
    return found === undefined ? 'The scenario follows devnet-1 here.' : aloneText(found, model, slotDuration)
  }
  return [
    `Votes to justify a target: ${votesToJustify[0]} | ${votesToJustify[1]} of ${scenario.stakers} (the model counts to n * 2 // 3, devnet-1 asks 3 * count >= 2 * n). ${alone('comparison')}`,
    `Weight of a safe target: n * 2 // 3 | ceil(2 * n / 3). ${alone('safeTarget')}`,
    `Votes for a target that is justified already: counted anew, and may justify it again | skipped. ${alone('justifiedTargets')}`,
    `Genesis: must be justified first, which all stakers had ${genesisJustifiedAt === undefined ? 'never' : `at ${stepText(genesisJustifiedAt, slotDuration)}`} | justified and finalized from the start.`,
    `The proposer's own vote: sent with the others', in ${report.proposersAgainstOwnBlock} of ${model.blocks} slots for an older block than its own | travels in its block and is for it.`,
    `Votes that a builder takes: every known one with the right source, again in every block (${model.votesInBlocks} in all) | the latest known of each validator (${devnet.votesInBlocks}).`,
    `An older vote heard after a newer one: never counts | takes its place when it is accepted (${counts.votesReplacedByOlder} times).`,
    `Source of a vote: justified block of the head's state | of the whole store, which the head's state was behind for ${counts.votesBeyondHeadState} votes.`,
    `Target of a vote: justifiable after the finalized slot of the head's state, as the transition asks | of the whole store; ${counts.votesNotJustifiable} votes had a target that the head's state cannot justify.`,
    `A block with a vote for a block that the receiver lacks: taken | refused until that block is known (${counts.blocksWaitingForVotes} times).`,
    ...[...counts.refused].map(([code, times]) => `devnet-1 refused for good: ${code}, ${times} times.`),
  ]
}

function aloneText({ first, statistics }: RuleAlone, model: RunStatistics, slotDuration: number): string {
  const steps = AGAINST_SLOTS.flatMap((slot) => first[slot] ?? [])
  if (steps.length === 0) return 'This alone changes no slot of any staker.'
  const median = (from: RunStatistics): string => {
    const summary = summarise(from.finalityDelays)
    return summary === undefined ? '-' : (summary.median / slotDuration).toFixed(2)
  }
  return `This alone changes the model from ${stepText(Math.min(...steps), slotDuration)} on; median finality delay ${median(model)} -> ${median(statistics)} slots.`
}

function stepText(step: number, slotDuration: number): string {
  return `step ${step} (slot ${Math.floor((step + 1) / slotDuration) + 2})`
}
