import { ZERO_HASH } from '../modelRun.ts'
import { justifiableSlots, votesForSafeTarget } from '../rules.ts'
import type { Rules } from '../scenario.ts'
import {
  type Block,
  computeHash,
  forkChoiceHead,
  isSameVote,
  latestJustifiedHash,
  processBlock,
  type State,
  type Vote,
} from './consensus.ts'
import type { Item, Network } from './network.ts'

/** A staker of the model (3sf-mini `p2p.py`). */
export class Staker {
  readonly id: number
  readonly chain: Map<string, Block>
  readonly postStates: Map<string, State>
  knownVotes: Vote[] = []
  newVotes: Vote[] = []
  safeTarget: string | undefined
  head: string
  readonly #dependencies = new Map<string, Item[]>()
  readonly #network: Network
  readonly #rules: Rules
  readonly #genesisHash: string
  readonly #slotDuration: number
  readonly #stakers: number

  constructor(id: number, network: Network, genesisBlock: Block, genesisState: State) {
    this.id = id
    this.#network = network
    this.#rules = network.scenario.rules
    this.#slotDuration = network.scenario.slotDuration
    this.#stakers = network.scenario.stakers
    this.#genesisHash = computeHash(genesisBlock)
    this.chain = new Map([[this.#genesisHash, genesisBlock]])
    this.postStates = new Map([[this.#genesisHash, genesisState]])
    this.head = this.#genesisHash
  }

  get latestJustifiedHash(): string {
    return latestJustifiedHash(this.postStates)
  }

  get latestFinalizedHash(): string {
    return this.postStates.get(this.head)!.latest_finalized_hash
  }

  slotOf(hash: string): number {
    return hash === ZERO_HASH ? 0 : this.chain.get(hash)!.slot
  }

  /** What a staker does at the network's clock. */
  tick(): void {
    const timeInSlot = this.#network.clock % this.#slotDuration
    if (timeInSlot === 0) {
      if (this.#currentSlot() % this.#stakers === this.id) {
        this.#acceptNewVotes()
        this.#propose()
      }
    } else if (timeInSlot === Math.floor(this.#slotDuration / 4)) {
      this.#vote()
    } else if (timeInSlot === Math.floor((this.#slotDuration * 2) / 4)) {
      this.safeTarget = this.#computeSafeTarget()
    } else if (timeInSlot === Math.floor((this.#slotDuration * 3) / 4)) {
      this.#acceptNewVotes()
    }
  }

  receive(item: Item): void {
    if ('validator_id' in item) this.#receiveVote(item)
    else this.#receiveBlock(item)
  }

  #currentSlot(): number {
    return Math.floor(this.#network.clock / this.#slotDuration) + 2
  }

  #computeSafeTarget(): string {
    const minScore = votesForSafeTarget(this.#rules, this.#stakers)
    return forkChoiceHead(this.chain, this.latestJustifiedHash, this.newVotes, minScore)
  }

  #acceptNewVotes(): void {
    for (const vote of this.newVotes) this.#know(vote)
    this.newVotes = []
    this.#recomputeHead()
  }

  #know(vote: Vote): void {
    if (!this.knownVotes.some((known) => isSameVote(known, vote))) this.knownVotes.push(vote)
  }

  #recomputeHead(): void {
    this.head = forkChoiceHead(this.chain, this.latestJustifiedHash, this.knownVotes)
  }

  #propose(): void {
    const slot = this.#currentSlot()
    const headState = this.postStates.get(this.head)!
    const votes: Vote[] = []
    for (;;) {
      const state = processBlock(headState, { slot, parent: this.head, votes, state_root: null }, this.#rules)
      const more = this.knownVotes.filter(
        (vote) =>
          vote.source === state.latest_justified_hash && !votes.some((chosen) => isSameVote(chosen, vote)),
      )
      if (more.length === 0) break
      votes.push(...more)
    }
    const block = this.#addOwnBlock(slot, votes)
    if (votes.length > 0 && this.#network.equivocates(this.id, 'blocks')) {
      const second = this.#addOwnBlock(slot, [])
      this.#network.submit(block, this.id, 'first')
      this.#network.submit(second, this.id, 'second')
    } else {
      this.#network.submit(block, this.id, 'only')
    }
  }

  #addOwnBlock(slot: number, votes: readonly Vote[]): Block {
    const unrooted = { slot, parent: this.head, votes, state_root: null }
    const state = processBlock(this.postStates.get(this.head)!, unrooted, this.#rules)
    const block = { ...unrooted, state_root: computeHash(state) }
    const hash = computeHash(block)
    this.chain.set(hash, block)
    this.postStates.set(hash, state)
    return block
  }

  #vote(): void {
    const vote = this.#voteFor(this.head)
    const headBlock = this.chain.get(this.head)!
    this.receive(vote)
    if (headBlock.parent !== ZERO_HASH && this.#network.equivocates(this.id, 'votes')) {
      const second = this.#voteFor(headBlock.parent)
      this.receive(second)
      this.#network.submit(vote, this.id, 'first')
      this.#network.submit(second, this.id, 'second')
    } else {
      this.#network.submit(vote, this.id, 'only')
    }
  }

  #voteFor(head: string): Vote {
    const isJustifiable = justifiableSlots(this.#rules)
    const state = this.postStates.get(head)!
    const safeTarget = this.safeTarget ?? this.#genesisHash
    let target = this.chain.get(head)!
    for (let walked = 0; walked < 3; walked++) {
      if (target.slot > this.chain.get(safeTarget)!.slot) target = this.chain.get(target.parent)!
    }
    while (!isJustifiable(state.latest_finalized_slot, target.slot)) target = this.chain.get(target.parent)!
    return {
      validator_id: this.id,
      slot: this.#currentSlot(),
      head,
      head_slot: this.chain.get(head)!.slot,
      target: computeHash(target),
      target_slot: target.slot,
      source: state.latest_justified_hash,
      source_slot: state.latest_justified_slot,
    }
  }

  #receiveBlock(block: Block): void {
    const hash = computeHash(block)
    if (this.chain.has(hash)) return
    const parentState = this.postStates.get(block.parent)
    if (parentState === undefined) {
      this.#wait(block.parent, block)
      return
    }
    this.chain.set(hash, block)
    this.postStates.set(hash, processBlock(parentState, block, this.#rules))
    for (const vote of block.votes) this.#know(vote)
    this.#recomputeHead()
    for (const item of this.#dependencies.get(hash) ?? []) this.receive(item)
    this.#dependencies.delete(hash)
  }

  #receiveVote(vote: Vote): void {
    const isSame = (other: Vote): boolean => isSameVote(other, vote)
    if (this.knownVotes.some(isSame) || this.newVotes.some(isSame)) return
    if (this.chain.has(vote.head)) this.newVotes.push(vote)
    else this.#wait(vote.head, vote)
  }

  #wait(hash: string, item: Item): void {
    const waiting = this.#dependencies.get(hash)
    if (waiting === undefined) this.#dependencies.set(hash, [item])
    else waiting.push(item)
  }
}
