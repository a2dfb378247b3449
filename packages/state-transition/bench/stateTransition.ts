/** Builders of states and blocks of a given size, for the consensus benchmark. */
import {
  type Attestation,
  type Block,
  type Checkpoint,
  type State,
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

/** A registry whose keys are only distinct. */
export function registry(validatorCount: number): Validator[] {
  return Array.from({ length: validatorCount }, (_, index) => {
    const pubkey = new Uint8Array(52)
    new DataView(pubkey.buffer).setUint32(0, index + 1)
    return { pubkey, index }
  })
}

/** A chain in which every validator votes in every slot, block by block. */
export class FullChain {
  readonly validatorCount: number
  state: State
  head: Checkpoint

  constructor(validatorCount: number) {
    this.validatorCount = validatorCount
    const genesis = generateGenesis(1000, registry(validatorCount))
    if (!genesis.ok) throw new Error(genesis.error.code)
    this.state = genesis.value
    this.head = { root: blockRoot(genesisBlock(this.state)), slot: 0 }
  }

  /** The block of the next slot with everybody's vote for the head before it; the chain does not move. */
  nextBlock(): Block {
    const slot = Number(this.head.slot) + 1
    const source = slot === 1 ? this.head : { ...this.state.latestJustified.toValue() }
    if (Number(source.slot) === 0 && slot > 1) source.root = this.state.historicalBlockHashes.get(0)
    const data = { slot: slot - 1, head: this.head, target: this.head, source }
    const attestations = slot === 1 ? [] : this.votes(data)
    const built = buildBlock({
      parentState: this.state,
      parentRoot: this.head.root,
      slot,
      proposerIndex: proposerOf(slot, this.validatorCount),
      attestations: attestations.map((message) => ({ message, signature: ZERO_ROOT })),
      isKnownBlock: () => true,
      storeJustified: source,
      storeFinalized: this.state.latestFinalized,
    })
    if (!built.ok) throw new Error(JSON.stringify(built.error))
    return built.value.block
  }

  /** Applies a block to the head. */
  advance(block: Block): State {
    const post = stateTransition(this.state, block)
    if (!post.ok) throw new Error(JSON.stringify(post.error))
    this.state = post.value
    this.head = { root: blockRoot(block), slot: block.slot }
    return post.value
  }

  private votes(data: Attestation['data']): Attestation[] {
    // Separate objects, as they come out of a decoder.
    return Array.from({ length: this.validatorCount }, (_, validatorIndex) => ({
      validatorIndex,
      data: structuredClone(data),
    }))
  }
}
