import { Delivery, type ItemKind, type Variant } from '../delivery.ts'
import {
  type BlockSummary,
  GENESIS_SLOT,
  type ModelFailure,
  type ModelRun,
  type StakerStatus,
  type VoteSummary,
} from '../modelRun.ts'
import { PythonRandom } from '../pythonRandom.ts'
import { justifiableSlots, ModelAssertion, votesForSafeTarget, votesToJustify } from '../rules.ts'
import type { Scenario } from '../scenario.ts'
import { portableSha256, type StartSha256 } from '../sha256.ts'
import { BlockTable, ZERO } from './blockTable.ts'
import { ForkChoice } from './forkChoice.ts'
import { Mail } from './mail.ts'
import {
  advanceState,
  type CountingRules,
  countsText,
  countVote,
  genesisState,
  historyText,
  type PostState,
} from './postState.ts'
import { blockItem, type Shared, StakerView } from './stakerView.ts'
import { VoteTable } from './voteTable.ts'

/** Starts a run of the model by the fast engine: same results as ReferenceRun, step by step. */
export function createRun(scenario: Scenario, startSha256: StartSha256 = portableSha256): ModelRun {
  return new EngineRun(scenario, startSha256)
}

class EngineRun implements ModelRun {
  readonly scenario: Scenario
  stepsDone = 0
  failure: ModelFailure | undefined
  readonly #startSha256: StartSha256
  readonly #random: PythonRandom
  readonly #delivery: Delivery
  readonly #blocks = new BlockTable()
  readonly #votes = new VoteTable(this.#blocks)
  readonly #views: readonly StakerView[]
  readonly #mail = new Mail()
  readonly #rules: CountingRules
  readonly #deliver = (recipient: number, item: number): void => this.#views[recipient]!.receive(item)

  constructor(scenario: Scenario, startSha256: StartSha256) {
    this.scenario = scenario
    this.#startSha256 = startSha256
    this.#random = new PythonRandom(scenario.seed)
    this.#delivery = new Delivery(scenario, this.#random)
    const { stakers, rules } = scenario
    this.#rules = {
      stakers,
      votesToJustify: votesToJustify(rules, stakers),
      skipsJustifiedTargets: rules.justifiedTargets === 'skip',
      isJustifiable: justifiableSlots(rules),
    }
    this.#addBlock(GENESIS_SLOT, ZERO, [], genesisState())
    const shared: Shared = {
      stakers,
      blocks: this.#blocks,
      votes: this.#votes,
      forkChoice: new ForkChoice(this.#blocks),
      votesForSafeTarget: votesForSafeTarget(rules, stakers),
    }
    this.#views = Array.from({ length: stakers }, () => new StakerView(shared))
    for (let staker = 0; staker < stakers; staker++) this.#noteLastProposal(staker, 0)
  }

  get genesisHash(): string {
    return this.#blocks.hash[0]!
  }

  step(): boolean {
    if (this.failure !== undefined || this.stepsDone >= this.scenario.steps) return false
    const clock = this.stepsDone + 1
    try {
      this.#mail.deliver(clock, this.#deliver)
      this.#tick(clock)
    } catch (error) {
      if (!(error instanceof ModelAssertion)) throw error
      this.failure = { step: this.stepsDone, message: error.message }
      return false
    }
    this.stepsDone = clock
    return true
  }

  status(staker: number): StakerStatus {
    const view = this.#view(staker)
    const blocks = this.#blocks
    const { finalized } = blocks.postState[view.head]!
    return {
      head: blocks.hashOf(view.head),
      headSlot: blocks.slotOf(view.head),
      justified: blocks.hashOf(view.justified),
      justifiedSlot: blocks.slotOf(view.justified),
      finalized: blocks.hashOf(finalized),
      finalizedSlot: blocks.slotOf(finalized),
      safeTarget: view.safeTarget === undefined ? undefined : blocks.hashOf(view.safeTarget),
      chain: view.chain.length,
      knownVotes: view.knownVoteCount,
      newVotes: view.newVotes.length,
    }
  }

  block(hash: string): BlockSummary {
    return this.#blocks.summary(this.#blocks.indexOf(hash))
  }

  blocks(): BlockSummary[] {
    return this.#blocks.hash.map((_, block) => this.#blocks.summary(block))
  }

  blocksOf(staker: number): BlockSummary[] {
    return this.#view(staker).chain.map((block) => this.#blocks.summary(block))
  }

  latestVotesOf(staker: number): VoteSummary[] {
    const { slot, head, target } = this.#votes
    return [...this.#view(staker).latestVote].flatMap((vote, voter) =>
      vote < 0
        ? []
        : [
            {
              staker: voter,
              slot: slot[vote]!,
              head: this.#blocks.hashOf(head[vote]!),
              target: this.#blocks.hashOf(target[vote]!),
            },
          ],
    )
  }

  #view(staker: number): StakerView {
    const view = this.#views[staker]
    if (view === undefined) throw new Error(`expected a staker below ${this.scenario.stakers}, got ${staker}`)
    return view
  }

  /** What every staker does at this clock, in order (Python's `Staker.tick`). */
  #tick(clock: number): void {
    const { slotDuration, stakers } = this.scenario
    const slot = slotAt(clock, slotDuration)
    const timeInSlot = clock % slotDuration
    if (timeInSlot === 0) {
      const proposer = slot % stakers
      if (this.#delivery.isOnline(proposer, clock)) this.#propose(proposer, slot, clock)
      return
    }
    const duty = [1, 2, 3].find((quarter) => timeInSlot === Math.floor((slotDuration * quarter) / 4))
    if (duty === undefined) return
    for (let staker = 0; staker < stakers; staker++) {
      if (!this.#delivery.isOnline(staker, clock)) continue
      if (duty === 1) this.#vote(staker, slot, clock)
      else if (duty === 2) this.#views[staker]!.computeSafeTarget()
      else this.#views[staker]!.acceptNewVotes()
    }
  }

  #propose(staker: number, slot: number, clock: number): void {
    const view = this.#views[staker]!
    view.acceptNewVotes()
    const parent = view.head
    const { chosen, state } = this.#chooseVotes(view, slot)
    const block = this.#addBlock(slot, parent, chosen, state)
    view.addBlock(block)
    if (chosen.length > 0 && this.#delivery.equivocates(staker, clock, 'blocks')) {
      const empty = advanceState(this.#blocks.postState[parent]!, slot)
      const second = this.#addBlock(slot, parent, [], empty)
      view.addBlock(second)
      this.#submit(blockItem(block), staker, clock, 'blocks', 'first')
      this.#submit(blockItem(second), staker, clock, 'blocks', 'second')
    } else {
      this.#submit(blockItem(block), staker, clock, 'blocks', 'only')
    }
    this.#noteLastProposal(staker, clock)
  }

  /** Tells a staker that makes no block after this clock. */
  #noteLastProposal(staker: number, clock: number): void {
    const { stakers, slotDuration, steps } = this.scenario
    const nextSlot = slotAt(clock, slotDuration) + 1
    const slotsToWait = (((staker - nextSlot) % stakers) + stakers) % stakers
    const nextProposal = (nextSlot + slotsToWait - GENESIS_SLOT - 1) * slotDuration
    if (nextProposal > steps) this.#views[staker]!.endProposals()
  }

  /**
   * Adds known votes whose source is the justified block of the state so far, until that adds no more. Python
   * processes the block from its parent's state each time; counting only what is new gives the same state.
   */
  #chooseVotes(view: StakerView, slot: number): { chosen: number[]; state: PostState } {
    const state = advanceState(this.#blocks.postState[view.head]!, slot)
    const history = this.#blocks.historyThrough(view.head)
    const chosen: number[] = []
    const usedSources = new Set<number>()
    while (!usedSources.has(state.justified)) {
      usedSources.add(state.justified)
      const more = view.votesWithSource(state.justified)
      for (const vote of more) {
        chosen.push(vote)
        countVote(state, vote, this.#votes, this.#blocks, history, this.#rules)
      }
    }
    return { chosen, state }
  }

  #vote(staker: number, slot: number, clock: number): void {
    const view = this.#views[staker]!
    const { head } = view
    const parent = this.#blocks.parent[head]!
    const vote = this.#makeVote(staker, slot, head)
    view.receiveVote(vote)
    if (parent !== ZERO && this.#delivery.equivocates(staker, clock, 'votes')) {
      const second = this.#makeVote(staker, slot, parent)
      view.receiveVote(second)
      this.#submit(vote, staker, clock, 'votes', 'first')
      this.#submit(second, staker, clock, 'votes', 'second')
    } else {
      this.#submit(vote, staker, clock, 'votes', 'only')
    }
  }

  #makeVote(staker: number, slot: number, head: number): number {
    const { slot: slotOf, parent, postState } = this.#blocks
    const state = postState[head]!
    const safeSlot = slotOf[this.#views[staker]!.safeTarget ?? 0]!
    let target = head
    for (let walked = 0; walked < 3; walked++) if (slotOf[target]! > safeSlot) target = parent[target]!
    while (!this.#rules.isJustifiable(state.finalizedSlot, slotOf[target]!)) target = parent[target]!
    return this.#votes.add(staker, slot, head, target, state.justified)
  }

  #addBlock(slot: number, parent: number, votes: readonly number[], postState: PostState): number {
    const blocks = this.#blocks
    const historyHash = parent === ZERO ? this.#startSha256() : blocks.historyHash[parent]!.copy()
    historyHash.update(historyText(parent, slot, blocks, this.scenario.stakers))
    const stateHash = historyHash.copy()
    stateHash.update(countsText(postState, blocks))
    const stateRoot = stateHash.hex()
    const voteTexts = votes.map((vote) => this.#votes.text(vote)).join(', ')
    const blockHash = this.#startSha256()
    blockHash.update(
      `{"parent": "${blocks.hashOf(parent)}", "slot": ${slot}, "state_root": "${stateRoot}", "votes": [${voteTexts}]}`,
    )
    return blocks.add({ hash: blockHash.hex(), slot, parent, votes, stateRoot, postState, historyHash })
  }

  /** Sends an item to everyone else, recipients in order (Python's `P2PNetwork.submit`). */
  #submit(item: number, sender: number, clock: number, kind: ItemKind, variant: Variant): void {
    const { stakers, steps } = this.scenario
    const delivery = this.#delivery
    for (let recipient = 0; recipient < stakers; recipient++) {
      if (recipient === sender) continue
      const arrival = delivery.arrival(sender, recipient, clock, kind, variant)
      const handedOver = delivery.hearsAt(recipient, Math.max(arrival, clock + 1))
      if (handedOver <= steps) this.#mail.send(handedOver, recipient, item)
    }
  }
}

function slotAt(clock: number, slotDuration: number): number {
  return Math.floor(clock / slotDuration) + GENESIS_SLOT + 1
}
