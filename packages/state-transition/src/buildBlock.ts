import {
  type Block,
  bytesEqual,
  type Checkpoint,
  type Result,
  type SignedAttestation,
  type Slot,
  type State,
  success,
  toNumber,
  type ValidatorIndex,
  ZERO_ROOT,
} from '@trine/types'
import type { TransitionError } from './errors.ts'
import { LinkRules, processAttestations } from './processAttestations.ts'
import { processBlockHeader } from './processBlockHeader.ts'
import { processSlots } from './processSlots.ts'
import { stateRoot } from './roots.ts'

/** What a block is built from. */
export type BuildBlockInput = {
  /** Post-state of the parent. */
  readonly parentState: State
  readonly parentRoot: Uint8Array
  readonly slot: Slot
  readonly proposerIndex: ValidatorIndex
  /** The known votes, in the order in which they are to be taken. */
  readonly attestations: Iterable<SignedAttestation>
  /** Whether the block a vote names as head is known. */
  readonly isKnownBlock: (root: Uint8Array) => boolean
  /** The store's latest justified checkpoint, which may be ahead of the parent state's. */
  readonly storeJustified: Checkpoint
}

/** A block with its state root filled in, the signatures of its votes in their order, and its post-state. */
export type BuiltBlock = {
  readonly block: Block
  readonly signatures: readonly Uint8Array[]
  readonly postState: State
}

/**
 * Builds a block as a fixed point: takes the known votes whose source is the post-state's latest justified checkpoint,
 * which may justify another one, whose votes are then taken too, until none is added.
 *
 * Remedy of ours: while the post-state's justified checkpoint lies below the store's, votes whose source is any
 * justified slot of that state are taken as well. Honest votes name the store's checkpoint then, and by the
 * specification's rule no block would ever carry them again (docs/deviations.md). A vote that would make the block
 * invalid is left out, where the specification would fail.
 *
 * Fails only when the slot or the proposer is wrong. Source: leanSpec `Store.produce_block_with_signatures`.
 */
export function buildBlock(input: BuildBlockInput): Result<BuiltBlock, TransitionError> {
  const { parentState, slot, proposerIndex, parentRoot } = input
  const advanced = processSlots(parentState, slot)
  if (!advanced.ok) return advanced
  const emptyBlock: Block = {
    slot,
    proposerIndex,
    parentRoot,
    stateRoot: ZERO_ROOT,
    body: { attestations: [] },
  }
  const withHeader = processBlockHeader(advanced.value, emptyBlock)
  if (!withHeader.ok) return withHeader

  const chosen = chooseAttestations(withHeader.value, input)
  if (!chosen.ok) return chosen
  const body = { attestations: chosen.value.map(({ message }) => message) }
  const block = { ...emptyBlock, body }
  const finalHeader = processBlockHeader(advanced.value, block)
  if (!finalHeader.ok) return finalHeader
  const post = processAttestations(finalHeader.value, body.attestations)
  if (!post.ok) return post
  return success({
    block: { ...block, stateRoot: stateRoot(post.value) },
    signatures: chosen.value.map(({ signature }) => signature),
    postState: post.value.clone(true),
  })
}

/** The fixed point, over a state that already has the new block's header. */
function chooseAttestations(
  state: State,
  { attestations, isKnownBlock, storeJustified }: BuildBlockInput,
): Result<SignedAttestation[], TransitionError> {
  const links = new LinkRules(state)
  let open = [...attestations].filter(({ message }) => isKnownBlock(message.data.head.root))
  const chosen: SignedAttestation[] = []
  for (;;) {
    const post = processAttestations(
      state,
      chosen.map(({ message }) => message),
    )
    if (!post.ok) return post
    const isSource = sourceRule(post.value, storeJustified)
    const added = open.filter(
      ({ message }) => isSource(message.data.source) && links.isHarmless(message.data),
    )
    if (added.length === 0) return success(chosen)
    chosen.push(...added)
    const taken = new Set(added)
    open = open.filter((attestation) => !taken.has(attestation))
  }
}

/** Which sources the votes of a block on this state may have. */
function sourceRule(state: State, storeJustified: Checkpoint): (source: Checkpoint) => boolean {
  const { latestJustified } = state
  if (latestJustified.slot >= storeJustified.slot) {
    return ({ root, slot }) => slot === latestJustified.slot && bytesEqual(root, latestJustified.root)
  }
  return ({ root, slot }) =>
    slot < state.justifiedSlots.bitLen &&
    state.justifiedSlots.get(toNumber(slot)) &&
    bytesEqual(root, state.historicalBlockHashes.getReadonly(toNumber(slot)))
}
