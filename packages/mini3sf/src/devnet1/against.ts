import { type Compared, type ComparedSlot, compareSources, sourceOfRun } from '../compare.ts'
import { createRun } from '../engine/run.ts'
import { GENESIS_SLOT, type ModelRun, type StakerStatus } from '../modelRun.ts'
import { votesToJustify } from '../rules.ts'
import type { Rules, Scenario } from '../scenario.ts'
import type { StartSha256 } from '../sha256.ts'
import { type RunStatistics, StatisticsCollector } from '../statistics.ts'
import { DevnetRun } from './devnetRun.ts'
import type { RuleCounts } from './devnetStaker.ts'

/** What is compared between the two: slots, because hashes of two protocols never agree. Genesis counts as slot 0 in both. */
export const AGAINST_SLOTS = ['headSlot', 'justifiedSlot', 'finalizedSlot'] as const
export type AgainstSlot = (typeof AGAINST_SLOTS)[number]

/** How well the stakers of the two agree in one of their slots. */
export type Agreement = {
  /** Part of all steps and stakers in which the slot is the same. */
  readonly share: number
  readonly first:
    | { readonly step: number; readonly staker: number; readonly slots: readonly [number, number] }
    | undefined
}

/** Figures of one of the two runs. */
export type Side = RunStatistics & {
  readonly blocks: number
  readonly votesInBlocks: number
  readonly mostVotesInBlock: number
}

/** What one rule of devnet-1 changes when the model follows it alone. */
export type RuleAlone = {
  readonly rule: keyof Rules
  readonly first: Partial<Record<Compared | ComparedSlot, number>>
  readonly statistics: RunStatistics
}

export type AgainstReport = {
  readonly sides: readonly [Side, Side]
  readonly agreement: Readonly<Record<AgainstSlot, Agreement>>
  readonly votesToJustify: readonly [number, number]
  readonly rulesAlone: readonly RuleAlone[]
  /** Step after which all stakers of the model had genesis justified, which it is from the start in devnet-1. */
  readonly genesisJustifiedAt: number | undefined
  /** Slots in which the model's proposer voted for an older block than its own. */
  readonly proposersAgainstOwnBlock: number
  readonly counts: RuleCounts
}

const DEVNET_1_RULES = { comparison: 'at-least', safeTarget: 'ceil', justifiedTargets: 'skip' } as const

/** A scenario by the model and by devnet-1, step by step beside each other. */
export class AgainstDevnet1 {
  readonly model: ModelRun
  readonly devnet: DevnetRun
  readonly #startSha256: StartSha256
  readonly #collectors = [new StatisticsCollector(), new StatisticsCollector()] as const
  readonly #same: Record<AgainstSlot, number> = { headSlot: 0, justifiedSlot: 0, finalizedSlot: 0 }
  readonly #first: Partial<Record<AgainstSlot, Agreement['first']>> = {}
  #genesisJustifiedAt: number | undefined
  #proposersAgainstOwnBlock = 0

  constructor(scenario: Scenario, startSha256: StartSha256) {
    this.#startSha256 = startSha256
    this.model = createRun(scenario, startSha256)
    this.devnet = new DevnetRun({ ...scenario, name: `${scenario.name}, by devnet-1` })
  }

  /** Does one step of both. False when either has ended. */
  step(): boolean {
    if (!this.model.step() || !this.devnet.step()) return false
    this.#collectors[0].addStep(this.model)
    this.#collectors[1].addStep(this.devnet)
    const { stakers } = this.model.scenario
    let isGenesisJustified = true
    for (let staker = 0; staker < stakers; staker++) {
      const [model, devnet] = [this.model.status(staker), this.devnet.status(staker)]
      this.#compare(staker, model, devnet)
      if (model.justifiedSlot < GENESIS_SLOT) isGenesisJustified = false
    }
    if (isGenesisJustified) this.#genesisJustifiedAt ??= this.model.stepsDone - 1
    this.#lookAtProposer()
    return true
  }

  /** The figures of the steps so far, and the model's runs with single rules of devnet-1. */
  report(): AgainstReport {
    const { scenario, stepsDone } = this.model
    const agreement = (slot: AgainstSlot): Agreement => ({
      share: stepsDone === 0 ? 1 : this.#same[slot] / (stepsDone * scenario.stakers),
      first: this.#first[slot],
    })
    const devnetRules = { ...scenario.rules, ...DEVNET_1_RULES }
    const rules = (Object.keys(DEVNET_1_RULES) as (keyof typeof DEVNET_1_RULES)[]).filter(
      (rule) => scenario.rules[rule] !== DEVNET_1_RULES[rule],
    )
    return {
      sides: [this.#side(this.model, 0), this.#side(this.devnet, 1)],
      agreement: {
        headSlot: agreement('headSlot'),
        justifiedSlot: agreement('justifiedSlot'),
        finalizedSlot: agreement('finalizedSlot'),
      },
      votesToJustify: [
        votesToJustify(scenario.rules, scenario.stakers),
        votesToJustify(devnetRules, scenario.stakers),
      ],
      rulesAlone: rules.map((rule) => this.#ruleAlone(rule)),
      genesisJustifiedAt: this.#genesisJustifiedAt,
      proposersAgainstOwnBlock: this.#proposersAgainstOwnBlock,
      counts: this.devnet.counts,
    }
  }

  #compare(staker: number, model: StakerStatus, devnet: StakerStatus): void {
    for (const what of AGAINST_SLOTS) {
      const slots = [model[what], devnet[what]].map((slot) => (slot <= GENESIS_SLOT ? 0 : slot)) as [
        number,
        number,
      ]
      if (slots[0] === slots[1]) this.#same[what] += 1
      else this.#first[what] ??= { step: this.model.stepsDone - 1, staker, slots }
    }
  }

  /** After the votes of a slot were cast: whether its proposer's head was still an older block. */
  #lookAtProposer(): void {
    const { slotDuration, stakers } = this.model.scenario
    const clock = this.model.stepsDone
    if (clock % slotDuration !== Math.floor(slotDuration / 4)) return
    const slot = Math.floor(clock / slotDuration) + GENESIS_SLOT + 1
    const proposer = slot % stakers
    const hasProposed = this.model.blocksOf(proposer).at(-1)?.slot === slot
    if (hasProposed && this.model.status(proposer).headSlot < slot) this.#proposersAgainstOwnBlock += 1
  }

  #side(run: ModelRun, index: 0 | 1): Side {
    const votes = run.blocks().map((block) => block.votes)
    return {
      ...this.#collectors[index].finish(run),
      blocks: votes.length - 1,
      votesInBlocks: votes.reduce((sum, count) => sum + count, 0),
      mostVotesInBlock: Math.max(...votes),
    }
  }

  #ruleAlone(rule: keyof typeof DEVNET_1_RULES): RuleAlone {
    const { scenario } = this.model
    const changed = { ...scenario, rules: { ...scenario.rules, [rule]: DEVNET_1_RULES[rule] } }
    const run = createRun(changed, this.#startSha256)
    const collector = new StatisticsCollector()
    const source = sourceOfRun(run)
    const watched = {
      ...source,
      next: () => {
        const statuses = source.next()
        if (statuses !== undefined) collector.addStep(run)
        return statuses
      },
    }
    const { firstSteps } = compareSources(sourceOfRun(createRun(scenario, this.#startSha256)), watched)
    return { rule, first: firstSteps, statistics: collector.finish(run) }
  }
}
