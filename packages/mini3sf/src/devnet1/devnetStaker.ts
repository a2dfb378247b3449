import { type BlockStates, createBlockStates, getForkchoiceStore, type Store } from '@trine/fork-choice'
import {
  type BuiltBlock,
  blockRoot,
  buildBlock,
  genesisBlock,
  isJustifiableAfter,
} from '@trine/state-transition'
import {
  type AttestationData,
  PRESET,
  type RootHex,
  SECONDS_PER_INTERVAL,
  type SignedAttestation,
  type SignedBlockWithAttestation,
  type State,
  toHex,
  toNumber,
} from '@trine/types'

/** A block under way, with the post-state that its proposer computed: the transition gives all the same. */
export type BlockItem = {
  readonly rootHex: RootHex
  readonly signed: SignedBlockWithAttestation
  readonly postState: State
}

export type VoteItem = { readonly vote: SignedAttestation }

export type Item = BlockItem | VoteItem

/** How often something happened that the 3sf-mini model does not know. */
export type RuleCounts = {
  /** Blocks that waited for a block which one of their votes names. */
  blocksWaitingForVotes: number
  /** Known votes of a later slot that an older vote, heard late, took the place of. */
  votesReplacedByOlder: number
  /** Votes whose source is the store's justified checkpoint while the head state has a lower one. */
  votesBeyondHeadState: number
  /** Votes whose target the head state cannot justify, because its finalized slot is lower than the store's. */
  votesNotJustifiable: number
  /** What was refused for good, by code. */
  readonly refused: Map<string, number>
}

/** Signatures are not checked by the store, so none are made. */
const NO_SIGNATURE = new Uint8Array(0)

/** Unix seconds at which slot 0 begins. */
const GENESIS_TIME = 1000

/** One staker that follows devnet-1: a store of its own, and what waits for blocks it has not seen. */
export class DevnetStaker {
  readonly index: number
  readonly store: Store
  /** Roots of the imported blocks in the order of import. */
  readonly chain: RootHex[] = []
  /** The last slot for which it made a block. */
  proposedSlot: number | undefined
  readonly #states: BlockStates = createBlockStates()
  readonly #waiting = new Map<RootHex, Item[]>()
  readonly #counts: RuleCounts

  constructor(index: number, genesisState: State, counts: RuleCounts) {
    this.index = index
    this.#counts = counts
    const store = getForkchoiceStore(genesisState, genesisBlock(genesisState), {
      states: this.#states,
      hasRemedies: false,
    })
    if (!store.ok) throw new Error(`genesis: expected ${store.error.expected}, got ${store.error.actual}`)
    this.store = store.value
    this.chain.push(toHex(this.store.head.root))
  }

  /** Advances the store to an interval (0 to 3) of a slot; the past changes nothing. */
  tick(slot: number, interval: number): void {
    const seconds = GENESIS_TIME + slot * PRESET.secondsPerSlot + interval * SECONDS_PER_INTERVAL
    this.#watchVotes(() => this.store.onTick(seconds, false))
  }

  /** Builds the block of a slot, with its proposer's vote for itself, and imports it. */
  propose(slot: number): BlockItem | undefined {
    const built = this.#watchVotes(() => this.store.produceBlockWithSignatures(slot, this.index))
    if (built.ok) {
      this.proposedSlot = slot
      return this.#import(built.value)
    }
    this.#refuse(built.error.code)
    return undefined
  }

  /** A second block beside an own one, without votes. */
  proposeEmpty(twin: BlockItem): BlockItem | undefined {
    const { slot, parentRoot } = twin.signed.message.block
    const built = buildBlock({
      parentState: this.#states.get(toHex(parentRoot))!,
      parentRoot,
      slot: toNumber(slot),
      proposerIndex: this.index,
      attestations: [],
      isKnownBlock: () => true,
      storeJustified: this.store.latestJustified,
      storeFinalized: this.store.latestFinalized,
    })
    return built.ok ? this.#import(built.value) : undefined
  }

  /** The vote of a slot, counted as heard. */
  vote(slot: number): VoteItem {
    const data = this.store.produceAttestationData(slot)
    const headState = this.#states.get(toHex(data.head.root))!
    if (headState.latestJustified.slot < data.source.slot) this.#counts.votesBeyondHeadState += 1
    const [targetSlot, finalizedSlot] = [data.target.slot, headState.latestFinalized.slot].map(toNumber)
    if (!isJustifiableAfter(targetSlot!, finalizedSlot!)) this.#counts.votesNotJustifiable += 1
    return this.#castVote(data)
  }

  /** A second vote for the parent of the head; undefined when the head is the first block. */
  voteForParent({ vote }: VoteItem): VoteItem | undefined {
    const { data } = vote.message
    const parentRoot = this.store.getBlock(toHex(data.head.root))!.parentRoot
    const parent = this.store.getBlock(toHex(parentRoot))
    return parent && this.#castVote({ ...data, head: { root: parentRoot, slot: parent.slot } })
  }

  /** Takes what arrives, and after a block everything that waited for it, each thing's own followers right after it. */
  receive(item: Item): void {
    const stack = [item]
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const missing = 'vote' in next ? this.#missingForVote(next) : this.#missingForBlock(next)
      if (missing !== undefined) this.#waiting.set(missing, [...(this.#waiting.get(missing) ?? []), next])
      else if ('rootHex' in next) {
        stack.push(...(this.#waiting.get(next.rootHex) ?? []).reverse())
        this.#waiting.delete(next.rootHex)
      }
    }
  }

  #import(built: BuiltBlock): BlockItem {
    const { block, signatures, postState } = built
    const data = this.store.produceProposerAttestationData(built)
    const proposerAttestation = { validatorIndex: this.index, data }
    const signed = { message: { block, proposerAttestation }, signature: [...signatures, NO_SIGNATURE] }
    const item = { rootHex: toHex(blockRoot(block)), signed, postState }
    this.receive(item)
    return item
  }

  #castVote(data: AttestationData): VoteItem {
    const item = { vote: { message: { validatorIndex: this.index, data }, signature: NO_SIGNATURE } }
    this.receive(item)
    return item
  }

  /** Imports a block; answers the root of the block that it needs first. */
  #missingForBlock({ signed, postState }: BlockItem): RootHex | undefined {
    const imported = this.store.onBlock(signed, { postState })
    if (imported.ok) {
      if (!imported.value.isDuplicate) this.chain.push(toHex(imported.value.root))
      return undefined
    }
    const { error } = imported
    if (error.code === 'PARENT_UNKNOWN') return error.parentRoot
    if (error.code === 'INVALID_ATTESTATION' && 'root' in error.cause) {
      this.#counts.blocksWaitingForVotes += 1
      return error.cause.root
    }
    this.#refuse(error.code === 'INVALID_ATTESTATION' ? error.cause.code : error.code)
    return undefined
  }

  #missingForVote({ vote }: VoteItem): RootHex | undefined {
    const taken = this.store.onAttestation(vote)
    if (taken.ok) return undefined
    if ('root' in taken.error) return taken.error.root
    this.#refuse(taken.error.code)
    return undefined
  }

  #refuse(code: string): void {
    const { refused } = this.#counts
    refused.set(code, (refused.get(code) ?? 0) + 1)
  }

  /** Counts known votes that go back to an older slot while the store does something. */
  #watchVotes<Value>(act: () => Value): Value {
    const before = new Map(this.store.latestKnownAttestations)
    const value = act()
    for (const [validator, { message }] of this.store.latestKnownAttestations) {
      const replaced = before.get(validator)
      if (replaced !== undefined && message.data.slot < replaced.message.data.slot)
        this.#counts.votesReplacedByOlder += 1
    }
    return value
  }
}
