import type { BlockSummary, ModelFailure, ModelRun, StakerStatus, VoteSummary } from '../modelRun.ts'
import { ModelAssertion } from '../rules.ts'
import type { Scenario } from '../scenario.ts'
import { type Block, computeHash, genesis, type Vote } from './consensus.ts'
import { Network } from './network.ts'
import { Staker } from './staker.ts'

/**
 * The model written down plainly, as close to the Python as TypeScript allows. It is the oracle of the tests and
 * documentation of the rules; `createRun` gives the fast one with the same results.
 */
export class ReferenceRun implements ModelRun {
  readonly scenario: Scenario
  readonly genesisHash: string
  stepsDone = 0
  failure: ModelFailure | undefined
  readonly #network: Network

  constructor(scenario: Scenario) {
    this.scenario = scenario
    this.#network = new Network(scenario)
    const { block, state } = genesis(scenario.stakers)
    this.genesisHash = computeHash(block)
    for (let id = 0; id < scenario.stakers; id++) {
      this.#network.stakers.push(new Staker(id, this.#network, block, state))
    }
  }

  step(): boolean {
    if (this.failure !== undefined || this.stepsDone >= this.scenario.steps) return false
    try {
      this.#network.step()
      for (const staker of this.#network.stakers) if (this.#network.isOnline(staker.id)) staker.tick()
    } catch (error) {
      if (!(error instanceof ModelAssertion)) throw error
      this.failure = { step: this.stepsDone, message: error.message }
      return false
    }
    this.stepsDone += 1
    return true
  }

  status(id: number): StakerStatus {
    const staker = this.#staker(id)
    const [justified, finalized] = [staker.latestJustifiedHash, staker.latestFinalizedHash]
    return {
      head: staker.head,
      headSlot: staker.slotOf(staker.head),
      justified,
      justifiedSlot: staker.slotOf(justified),
      finalized,
      finalizedSlot: staker.slotOf(finalized),
      safeTarget: staker.safeTarget,
      chain: staker.chain.size,
      knownVotes: staker.knownVotes.length,
      newVotes: staker.newVotes.length,
    }
  }

  block(hash: string): BlockSummary {
    const block = this.blocks().find((candidate) => candidate.hash === hash)
    if (block === undefined) throw new Error(`expected the hash of a block of this run, got ${hash}`)
    return block
  }

  blocks(): BlockSummary[] {
    const all = new Map(this.#network.stakers.flatMap((staker) => [...staker.chain]))
    return [...all].map(summary).sort((left, right) => left.slot - right.slot)
  }

  blocksOf(id: number): BlockSummary[] {
    return [...this.#staker(id).chain].map(summary)
  }

  latestVotesOf(id: number): VoteSummary[] {
    const latest = new Map<number, Vote>()
    for (const vote of this.#staker(id).knownVotes.toSorted((left, right) => left.slot - right.slot)) {
      latest.set(vote.validator_id, vote)
    }
    return [...latest.values()]
      .sort((left, right) => left.validator_id - right.validator_id)
      .map((vote) => ({ staker: vote.validator_id, slot: vote.slot, head: vote.head, target: vote.target }))
  }

  #staker(id: number): Staker {
    const staker = this.#network.stakers[id]
    if (staker === undefined) throw new Error(`expected a staker below ${this.scenario.stakers}, got ${id}`)
    return staker
  }
}

function summary([hash, block]: [string, Block]): BlockSummary {
  return {
    hash,
    slot: block.slot,
    parent: block.parent,
    votes: block.votes.length,
    stateRoot: block.state_root ?? '',
  }
}
