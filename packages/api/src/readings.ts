import type { AnswerOf } from '@trine/actors'
import type { BlockId, ChainMessage, ChainView, RootedBlock } from '@trine/messages'
import { blockRoot } from '@trine/state-transition'
import { type Block, type Result, type State, signedTypesFor, success, toHex, ZERO_ROOT } from '@trine/types'
import type { Asks } from './asks.ts'
import { describeBlockId } from './blockId.ts'
import { type ApiFailure, apiFailure } from './failure.ts'
import type { ApiIdentity, ApiRefs } from './parts.ts'

/** What the routes read from the services. */
export class Readings {
  readonly #asks: Asks
  readonly #refs: ApiRefs
  readonly #anchor: RootedBlock
  #publicKeys: readonly string[] | undefined

  constructor(asks: Asks, refs: ApiRefs, identity: ApiIdentity) {
    this.#asks = asks
    this.#refs = refs
    this.#anchor = unsigned(identity.anchorBlock, signatureLengthOf(identity))
  }

  chain(): Promise<Result<ChainView, ApiFailure>> {
    return this.#asks.share(this.#refs.chain, { type: 'getChain' })
  }

  forkChoice(): Promise<Result<AnswerOf<ChainMessage, 'getForkChoice'>, ApiFailure>> {
    return this.#asks.share(this.#refs.chain, { type: 'getForkChoice' })
  }

  evidence() {
    return this.#asks.share(this.#refs.chain, { type: 'getEvidence' })
  }

  duties() {
    return this.#asks.share(this.#refs.validator, { type: 'getDuties' })
  }

  network() {
    return this.#asks.share(this.#refs.network, { type: 'getNetwork' })
  }

  sync() {
    return this.#asks.share(this.#refs.sync, { type: 'getSync' })
  }

  clock() {
    return this.#asks.share(this.#refs.clock, { type: 'getClock' })
  }

  /** NOT_FOUND when the node does not have it. The block the node began from comes with empty signatures. */
  async block(id: BlockId): Promise<Result<RootedBlock, ApiFailure>> {
    const found = await this.#asks.share(this.#refs.chain, { type: 'getBlock', id })
    if (!found.ok) return found
    if (found.value !== undefined) return success(found.value)
    const isAnchor = await this.#meansAnchor(id)
    if (!isAnchor.ok) return isAnchor
    return isAnchor.value
      ? success(this.#anchor)
      : apiFailure('NOT_FOUND', `no block: ${describeBlockId(id)}`)
  }

  async state(id: BlockId): Promise<Result<State, ApiFailure>> {
    const found = await this.#asks.share(this.#refs.chain, { type: 'getState', id })
    if (!found.ok) return found
    if (found.value === undefined) return apiFailure('NOT_FOUND', `no state: ${describeBlockId(id)}`)
    return success(found.value)
  }

  /** The validators' keys in hex: asked for once, for the registry never changes. */
  async publicKeys(): Promise<Result<readonly string[], ApiFailure>> {
    if (this.#publicKeys !== undefined) return success(this.#publicKeys)
    const state = await this.state({ by: 'finalized' })
    if (!state.ok) return state
    this.#publicKeys = state.value.validators.getAllReadonlyValues().map(({ pubkey }) => toHex(pubkey))
    return success(this.#publicKeys)
  }

  async #meansAnchor(id: BlockId): Promise<Result<boolean, ApiFailure>> {
    const { root, signedBlock } = this.#anchor
    if (id.by === 'root') return success(id.root === root)
    if (id.by === 'slot') return success(id.slot === signedBlock.message.block.slot)
    const view = await this.chain()
    return view.ok ? success(view.value[id.by].root === root) : view
  }
}

function signatureLengthOf({ signatureEncoding }: ApiIdentity): number {
  const { signature } = signedTypesFor(signatureEncoding).signedAttestationType.fields
  return signature.minSize
}

/** The block in the envelope of a signed one: its proposer voted for nothing, and all signatures are zeros. */
function unsigned(block: Block, signatureLength: number): RootedBlock {
  const nowhere = { root: ZERO_ROOT, slot: 0 }
  const data = { slot: block.slot, head: nowhere, target: nowhere, source: nowhere }
  const proposerAttestation = { validatorIndex: block.proposerIndex, data }
  const signatures = block.body.attestations.length + 1
  const signature = Array.from({ length: signatures }, () => new Uint8Array(signatureLength))
  return {
    root: toHex(blockRoot(block)),
    signedBlock: { message: { block, proposerAttestation }, signature },
  }
}
