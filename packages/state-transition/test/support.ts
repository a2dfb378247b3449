import {
  type Attestation,
  type AttestationData,
  type Checkpoint,
  type Result,
  type State,
  stateType,
  toHex,
  type Validator,
  ZERO_ROOT,
} from '@trine/types'
import {
  blockRoot,
  buildBlock,
  generateGenesis,
  genesisBlock,
  proposerOf,
  stateTransition,
} from '../src/index.ts'
import type { NaiveState } from './naive.ts'

/** The value of a result that must be one. */
export function unwrap<Value, Failure>(result: Result<Value, Failure>): Value {
  if (!result.ok) throw new Error(`expected a value, got ${JSON.stringify(result.error)}`)
  return result.value
}

export function validators(count: number): Validator[] {
  return Array.from({ length: count }, (_, index) => {
    const pubkey = new Uint8Array(52).fill(index + 1)
    pubkey[0]! ^= (index + 1) >> 8
    return { pubkey, index }
  })
}

export function genesis(validatorCount: number): { state: State; checkpoint: Checkpoint } {
  const state = unwrap(generateGenesis(1000, validators(validatorCount)))
  return { state, checkpoint: { root: blockRoot(genesisBlock(state)), slot: 0 } }
}

/** A chain whose blocks carry just the votes they are told to carry. */
export class TestChain {
  readonly validatorCount: number
  readonly checkpoints: Checkpoint[]
  state: State

  constructor(validatorCount: number) {
    this.validatorCount = validatorCount
    const { state, checkpoint } = genesis(validatorCount)
    this.state = state
    this.checkpoints = [checkpoint]
  }

  get head(): Checkpoint {
    return this.checkpoints.at(-1)!
  }

  at(slot: number): Checkpoint {
    const checkpoint = this.checkpoints.find((candidate) => candidate.slot === slot)
    if (checkpoint === undefined) throw new Error(`no block at slot ${slot}`)
    return checkpoint
  }

  vote(validatorIndex: number, source: number, target: number): Attestation {
    const data: AttestationData = {
      slot: target,
      head: this.at(target),
      target: this.at(target),
      source: this.at(source),
    }
    return { validatorIndex, data }
  }

  /** Adds a block with these votes, whatever a builder would think of them; the state root is computed. */
  addBlock(slot: number, attestations: Attestation[]): State {
    const input = {
      parentState: this.state,
      parentRoot: this.head.root,
      slot,
      proposerIndex: proposerOf(slot, this.validatorCount),
      attestations: [],
      isKnownBlock: () => true,
      storeJustified: this.head,
      storeFinalized: this.head,
    }
    const empty = unwrap(buildBlock(input)).block
    const block = { ...empty, body: { attestations } }
    const claimed = stateTransition(this.state, block)
    const stateRoot =
      claimed.ok || claimed.error.code !== 'STATE_ROOT_MISMATCH' ? undefined : claimed.error.expected
    if (stateRoot !== undefined)
      block.stateRoot = Uint8Array.from(Buffer.from(String(stateRoot).slice(2), 'hex'))
    this.state = unwrap(stateTransition(this.state, block))
    this.checkpoints.push({ root: blockRoot(block), slot })
    return this.state
  }
}

/** A state as the naive transition sees it. */
export function toNaive(state: State): NaiveState {
  const value = stateType.toValueFromViewDU(state)
  const validatorCount = value.validators.length
  const checkpoint = ({ root, slot }: Checkpoint) => ({ root: toHex(root), slot: Number(slot) })
  const flags = value.justificationsValidators.toBoolArray()
  return {
    validatorCount,
    slot: Number(value.slot),
    header: {
      slot: Number(value.latestBlockHeader.slot),
      proposerIndex: Number(value.latestBlockHeader.proposerIndex),
      parentRoot: toHex(value.latestBlockHeader.parentRoot),
      stateRoot: toHex(value.latestBlockHeader.stateRoot),
      bodyRoot: toHex(value.latestBlockHeader.bodyRoot),
    },
    latestJustified: checkpoint(value.latestJustified),
    latestFinalized: checkpoint(value.latestFinalized),
    history: value.historicalBlockHashes.map(toHex),
    justified: value.justifiedSlots.toBoolArray(),
    votes: new Map(
      value.justificationsRoots.map((root, index) => [
        toHex(root),
        flags.slice(index * validatorCount, (index + 1) * validatorCount),
      ]),
    ),
  }
}

/** The naive state in the order in which a real state keeps its votes, so that the two can be compared. */
export function sortVotes(state: NaiveState): NaiveState {
  return { ...state, votes: new Map([...state.votes].sort(([left], [right]) => (left < right ? -1 : 1))) }
}

export { ZERO_ROOT }
