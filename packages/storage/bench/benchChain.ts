import { randomBytes } from 'node:crypto'
import type { RootedBlock } from '@trine/messages'
import { blockRoot, buildBlock, generateGenesis, genesisBlock, proposerOf } from '@trine/state-transition'
import { type Checkpoint, type SignedAttestation, type State, toHex } from '@trine/types'
import { registry } from '../../state-transition/bench/stateTransition.ts'

/** Signatures of the right length that no compression makes smaller, used again and again. */
const SIGNATURES = Array.from({ length: 1024 }, () => new Uint8Array(randomBytes(3112)))

export type BenchBlock = { readonly block: RootedBlock; readonly postState: State }

/** A chain with a block in every slot, each with the votes of the first `voters` validators for the block before it. */
export class BenchChain {
  readonly genesis: State
  readonly genesisBlock
  readonly #validatorCount: number
  readonly #voters: number
  readonly #genesisRoot: Uint8Array
  #state: State
  #head: Checkpoint

  constructor(validatorCount: number, voters = validatorCount) {
    const genesis = generateGenesis(1000, registry(validatorCount))
    if (!genesis.ok) throw new Error(genesis.error.code)
    this.genesis = genesis.value
    this.genesisBlock = genesisBlock(this.genesis)
    this.#validatorCount = validatorCount
    this.#voters = voters
    this.#genesisRoot = blockRoot(this.genesisBlock)
    this.#state = this.genesis
    this.#head = { root: this.#genesisRoot, slot: 0 }
  }

  get genesisRoot(): string {
    return toHex(this.#genesisRoot)
  }

  next(): BenchBlock {
    const slot = Number(this.#head.slot) + 1
    const { latestJustified, latestFinalized } = this.#state.clone(true)
    const source =
      latestJustified.slot === 0 ? { root: this.#genesisRoot, slot: 0 } : latestJustified.toValue()
    const data = { slot: slot - 1, head: this.#head, target: this.#head, source }
    const voters = slot === 1 ? [] : Array.from({ length: this.#voters }, (_, index) => index)
    const proposerIndex = proposerOf(slot, this.#validatorCount)
    const built = buildBlock({
      parentState: this.#state,
      parentRoot: this.#head.root,
      slot,
      proposerIndex,
      attestations: voters.map((validatorIndex) => sign(validatorIndex, data)),
      isKnownBlock: () => true,
      storeJustified: source,
      storeFinalized: latestFinalized,
    })
    if (!built.ok) throw new Error(JSON.stringify(built.error))
    const { block, postState, signatures } = built.value
    this.#state = postState
    const target = this.#head
    this.#head = { root: blockRoot(block), slot }
    const vote = sign(proposerIndex, { slot, head: this.#head, target, source })
    const message = { block, proposerAttestation: vote.message }
    const signedBlock = { message, signature: [...signatures, vote.signature] }
    return { block: { root: toHex(this.#head.root), signedBlock }, postState }
  }
}

export function sign(validatorIndex: number, data: SignedAttestation['message']['data']): SignedAttestation {
  const signature = SIGNATURES[(Number(data.slot) * 31 + validatorIndex) % SIGNATURES.length]!
  return { message: { validatorIndex, data }, signature }
}
