import type { EventSink, Evidence } from '@trine/messages'
import {
  bytesEqual,
  type RootHex,
  type SignedBlockWithAttestation,
  type Slot,
  type ValidatorIndex,
} from '@trine/types'
import { dropOldest } from './dropOldest.ts'

type FirstBlock = { readonly root: RootHex; readonly namesItself: boolean; count: number }

/** What was caught of equivocation: one piece for each validator and slot, and one for each proposer and slot. */
export class EvidenceStore {
  readonly #limit: number
  readonly #events: EventSink
  readonly #evidence = new Map<string, Evidence>()
  /** The first block of each slot that its proposer vouched for. */
  readonly #firstBlocks = new Map<Slot, FirstBlock>()

  constructor(limit: number, events: EventSink) {
    this.#limit = limit
    this.#events = events
  }

  all(): readonly Evidence[] {
    return [...this.#evidence.values()]
  }

  /** Whether two votes of a validator for a slot are known: more would prove nothing more. */
  hasVotes(validatorIndex: ValidatorIndex, slot: Slot): boolean {
    return this.#evidence.has(keyOfVotes(validatorIndex, slot))
  }

  add(evidence: Evidence): void {
    const { slot } = evidence
    const key = evidence.kind === 'twoVotes' ? keyOfVotes(evidence.validatorIndex, slot) : `blocks ${slot}`
    if (this.#evidence.has(key)) return
    this.#evidence.set(key, evidence)
    dropOldest(this.#evidence, this.#limit)
    this.#events.emit({ type: 'evidence', evidence })
  }

  /** How many valid blocks of a slot were noted. */
  blocksOf(slot: Slot): number {
    return this.#firstBlocks.get(slot)?.count ?? 0
  }

  /** Notes a valid block that its proposer vouched for; returns whether it is the first of its slot. */
  noteBlock(root: RootHex, { message }: SignedBlockWithAttestation): boolean {
    const { block, proposerAttestation } = message
    const slot = Number(block.slot)
    // A vote for the parent can be wrapped into another block by anybody.
    const namesItself = !bytesEqual(proposerAttestation.data.head.root, block.parentRoot)
    const first = this.#firstBlocks.get(slot)
    if (first === undefined) {
      this.#firstBlocks.set(slot, { root, namesItself, count: 1 })
      dropOldest(this.#firstBlocks, this.#limit)
      return true
    }
    if (first.root === root) return true
    first.count += 1
    this.add({
      kind: 'twoBlocks',
      proposerIndex: Number(block.proposerIndex),
      slot,
      first: first.root,
      second: root,
      isProof: first.namesItself && namesItself,
    })
    return false
  }
}

function keyOfVotes(validatorIndex: ValidatorIndex, slot: Slot): string {
  return `votes ${validatorIndex} ${slot}`
}
