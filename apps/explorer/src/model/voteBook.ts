import type { Reference, Root, VoteContent, VoteOrigin } from './events.ts'

/** A vote with when it was heard, in ticks, and whether a block of any branch brought it. */
export type Vote = VoteContent & { readonly heardAt: number; isInBlock: boolean }

/** The votes for one target, whatever their slots; each validator counts once. */
export type Tally = {
  readonly target: Reference
  /** In the order in which they were heard. */
  readonly voters: Map<number, Vote>
  /** How many of the voters' votes a block brought. */
  inBlocks: number
}

/** Votes kept one by one; older slots are forgotten first. */
const MAX_VOTES = 250_000

/** Targets older than so many slots before the newest are forgotten. */
const KEPT_TARGET_SLOTS = 1024

/** All votes heard, by slot and validator, by target, and each validator's latest. Bounded. */
export class VoteBook {
  readonly bySlot = new Map<number, Map<number, Vote>>()
  readonly latest = new Map<number, Vote>()
  readonly tallies = new Map<Root, Tally>()
  /** First slot whose votes are all kept. */
  firstSlot = 0
  #size = 0

  /** Takes a vote. Returns false if the validator voted for something else in this slot before. */
  add(content: VoteContent, origin: VoteOrigin, heardAt: number): boolean {
    if (content.slot < this.firstSlot) return true
    const slotVotes = this.#slotVotes(content.slot)
    const former = slotVotes.get(content.validatorIndex)
    if (former !== undefined) {
      if (origin === 'block') this.#noteInBlock(former)
      return former.head.root === content.head.root && former.target.root === content.target.root
    }
    const vote: Vote = { ...content, heardAt, isInBlock: origin === 'block' }
    slotVotes.set(content.validatorIndex, vote)
    this.#size += 1
    const latest = this.latest.get(content.validatorIndex)
    if (latest === undefined || latest.slot < content.slot) this.latest.set(content.validatorIndex, vote)
    this.#count(vote)
    return true
  }

  #slotVotes(slot: number): Map<number, Vote> {
    const known = this.bySlot.get(slot)
    if (known !== undefined) return known
    const made = new Map<number, Vote>()
    this.bySlot.set(slot, made)
    return made
  }

  #count(vote: Vote): void {
    let tally = this.tallies.get(vote.target.root)
    if (tally === undefined) {
      tally = { target: vote.target, voters: new Map(), inBlocks: 0 }
      this.tallies.set(vote.target.root, tally)
    }
    if (tally.voters.has(vote.validatorIndex)) return
    tally.voters.set(vote.validatorIndex, vote)
    if (vote.isInBlock) tally.inBlocks += 1
  }

  #noteInBlock(vote: Vote): void {
    if (vote.isInBlock) return
    vote.isInBlock = true
    const tally = this.tallies.get(vote.target.root)
    if (tally?.voters.get(vote.validatorIndex) === vote) tally.inBlocks += 1
  }

  /** Forgets the oldest slots while there are too many votes, and targets of long ago. */
  prune(currentSlot: number): void {
    for (const slot of this.#size > MAX_VOTES ? [...this.bySlot.keys()].sort((a, b) => a - b) : []) {
      if (this.#size <= MAX_VOTES * 0.9) break
      this.#size -= this.bySlot.get(slot)!.size
      this.bySlot.delete(slot)
      this.firstSlot = slot + 1
    }
    for (const [root, { target }] of this.tallies) {
      if (target.slot < currentSlot - KEPT_TARGET_SLOTS) this.tallies.delete(root)
    }
  }
}
