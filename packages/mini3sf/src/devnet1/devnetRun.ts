import { blockRoot, generateGenesis, genesisBlock } from '@trine/state-transition'
import { type Block, PRESET, type RootHex, type State, toHex, toNumber } from '@trine/types'
import { Delivery, type ItemKind, type Variant } from '../delivery.ts'
import { Mail } from '../engine/mail.ts'
import type { BlockSummary, ModelRun, StakerStatus, VoteSummary } from '../modelRun.ts'
import { PythonRandom } from '../pythonRandom.ts'
import type { Scenario } from '../scenario.ts'
import { DevnetStaker, type Item, type RuleCounts } from './devnetStaker.ts'

/**
 * A scenario of the model with stakers that follow devnet-1: the same proposers, the same clock and quarters of a slot,
 * the same draws for the same messages. Genesis stands at slot 0 and everything else at the model's slots, so that
 * distances from the first finalized slot (0 in both) are the same.
 *
 * The proposer's vote travels in its block. The draws that its separate vote would have taken are drawn and dropped.
 */
export class DevnetRun implements ModelRun {
  readonly scenario: Scenario
  readonly genesisHash: string
  readonly failure = undefined
  readonly counts: RuleCounts = {
    blocksWaitingForVotes: 0,
    votesReplacedByOlder: 0,
    votesBeyondHeadState: 0,
    votesNotJustifiable: 0,
    refused: new Map(),
  }
  stepsDone = 0
  readonly #stakers: readonly DevnetStaker[]
  readonly #delivery: Delivery
  readonly #mail = new Mail()
  readonly #items: Item[] = []
  readonly #blocks = new Map<string, BlockSummary>()

  constructor(scenario: Scenario) {
    if (scenario.slotDuration < 4)
      throw new Error(`expected slots of at least 4 steps, got ${scenario.slotDuration}`)
    this.scenario = scenario
    this.#delivery = new Delivery(scenario, new PythonRandom(scenario.seed))
    const state = genesisState(scenario.stakers)
    const genesis = genesisBlock(state)
    this.genesisHash = this.#addBlock(toHex(blockRoot(genesis)), genesis)
    this.#stakers = Array.from(
      { length: scenario.stakers },
      (_, index) => new DevnetStaker(index, state, this.counts),
    )
  }

  step(): boolean {
    if (this.stepsDone >= this.scenario.steps) return false
    const clock = this.stepsDone + 1
    const before = this.#timeAt(clock - 1)
    this.#mail.deliver(clock, (recipient, item) => {
      const staker = this.#staker(recipient)
      // The clock of who was away stands still; what it hears now must not look like the future.
      staker.tick(before.slot, before.interval)
      staker.receive(this.#items[item]!)
    })
    for (const staker of this.#stakers) {
      if (this.#delivery.isOnline(staker.index, clock)) this.#act(staker, clock)
    }
    this.stepsDone = clock
    return true
  }

  status(staker: number): StakerStatus {
    const { store, chain } = this.#staker(staker)
    const { head, latestJustified, latestFinalized, safeTarget } = store
    return {
      head: plainHash(toHex(head.root)),
      headSlot: toNumber(head.slot),
      justified: plainHash(toHex(latestJustified.root)),
      justifiedSlot: toNumber(latestJustified.slot),
      finalized: plainHash(toHex(latestFinalized.root)),
      finalizedSlot: toNumber(latestFinalized.slot),
      safeTarget: plainHash(toHex(safeTarget.root)),
      chain: chain.length,
      knownVotes: store.latestKnownAttestations.size,
      newVotes: store.latestNewAttestations.size,
    }
  }

  block(hash: string): BlockSummary {
    const block = this.#blocks.get(hash)
    if (block === undefined) throw new Error(`expected the hash of a block of this run, got ${hash}`)
    return block
  }

  blocks(): BlockSummary[] {
    return [...this.#blocks.values()]
  }

  blocksOf(staker: number): BlockSummary[] {
    return this.#staker(staker).chain.map((rootHex) => this.block(plainHash(rootHex)))
  }

  latestVotesOf(staker: number): VoteSummary[] {
    const { latestKnownAttestations } = this.#staker(staker).store
    return [...latestKnownAttestations]
      .sort(([left], [right]) => left - right)
      .map(([voter, { message }]) => ({
        staker: voter,
        slot: toNumber(message.data.slot),
        head: plainHash(toHex(message.data.head.root)),
        target: plainHash(toHex(message.data.target.root)),
      }))
  }

  #staker(index: number): DevnetStaker {
    const staker = this.#stakers[index]
    if (staker === undefined)
      throw new Error(`expected a staker below ${this.scenario.stakers}, got ${index}`)
    return staker
  }

  /** The slot and the quarter of it that a clock is in. */
  #timeAt(clock: number): { slot: number; interval: number } {
    const { slotDuration } = this.scenario
    const timeInSlot = clock % slotDuration
    const interval = [3, 2, 1].find((quarter) => timeInSlot >= Math.floor((slotDuration * quarter) / 4)) ?? 0
    return { slot: Math.floor(clock / slotDuration) + 2, interval }
  }

  #act(staker: DevnetStaker, clock: number): void {
    const { slotDuration, stakers } = this.scenario
    const { slot, interval } = this.#timeAt(clock)
    if (clock % slotDuration !== Math.floor((slotDuration * interval) / 4)) return
    if (interval === 0 && slot % stakers === staker.index) {
      this.#propose(staker, slot, clock)
      return
    }
    staker.tick(slot, interval)
    if (interval !== 1) return
    // One vote per slot: that of a proposer is in its block.
    if (staker.proposedSlot === slot) this.#dropDraws(staker.index, clock)
    else this.#vote(staker, slot, clock)
  }

  #propose(staker: DevnetStaker, slot: number, clock: number): void {
    const block = staker.propose(slot)
    if (block === undefined) return
    const hasVotes = block.signed.message.block.body.attestations.length > 0
    const isEquivocating = hasVotes && this.#delivery.equivocates(staker.index, clock, 'blocks')
    const twin = isEquivocating ? staker.proposeEmpty(block) : undefined
    for (const { rootHex, signed } of [block, ...(twin ? [twin] : [])])
      this.#addBlock(rootHex, signed.message.block)
    this.#submit(block, staker.index, clock, 'blocks', twin ? 'first' : 'only')
    if (twin) this.#submit(twin, staker.index, clock, 'blocks', 'second')
  }

  #vote(staker: DevnetStaker, slot: number, clock: number): void {
    const vote = staker.vote(slot)
    const isEquivocating = this.#delivery.equivocates(staker.index, clock, 'votes')
    const second = isEquivocating ? staker.voteForParent(vote) : undefined
    this.#submit(vote, staker.index, clock, 'votes', second ? 'first' : 'only')
    if (second) this.#submit(second, staker.index, clock, 'votes', 'second')
  }

  #submit(item: Item, sender: number, clock: number, kind: ItemKind, variant: Variant): void {
    const index = this.#items.push(item) - 1
    for (let recipient = 0; recipient < this.scenario.stakers; recipient++) {
      if (recipient === sender) continue
      const arrival = this.#delivery.arrival(sender, recipient, clock, kind, variant)
      const handedOver = this.#delivery.hearsAt(recipient, Math.max(arrival, clock + 1))
      if (handedOver <= this.scenario.steps) this.#mail.send(handedOver, recipient, index)
    }
  }

  #dropDraws(sender: number, clock: number): void {
    for (let recipient = 0; recipient < this.scenario.stakers; recipient++) {
      if (recipient !== sender) this.#delivery.arrival(sender, recipient, clock, 'votes', 'only')
    }
  }

  #addBlock(rootHex: RootHex, { slot, parentRoot, body, stateRoot }: Block): string {
    const hash = plainHash(rootHex)
    this.#blocks.set(hash, {
      hash,
      slot: toNumber(slot),
      parent: plainHash(toHex(parentRoot)),
      votes: body.attestations.length,
      stateRoot: plainHash(toHex(stateRoot)),
    })
    return hash
  }
}

/** Without the `0x` that the model's hashes do not have. */
function plainHash(rootHex: RootHex): string {
  return rootHex.slice(2)
}

/** A genesis state whose validators have keys that nobody uses, all different. */
function genesisState(stakers: number): State {
  const validators = Array.from({ length: stakers }, (_, index) => {
    const pubkey = new Uint8Array(PRESET.publicKeyLength)
    new DataView(pubkey.buffer).setUint32(0, index, true)
    return { pubkey, index }
  })
  const state = generateGenesis(0, validators)
  if (!state.ok) throw new Error(`genesis: ${state.error.code}`)
  return state.value
}
