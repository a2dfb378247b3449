import {
  type Block,
  bytesEqual,
  type Checkpoint,
  PRESET,
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

/**
 * Most votes that a signed block can carry: the list of signatures is as long as that of votes, and one place in it is
 * the proposer's.
 */
const ATTESTATION_LIMIT = PRESET.validatorRegistryLimit - 1

/** What a block is built from. */
export type BuildBlockInput = {
  /** Post-state of the parent. */
  readonly parentState: State
  readonly parentRoot: Uint8Array
  readonly slot: Slot
  readonly proposerIndex: ValidatorIndex
  /** The known votes, in the order in which they are to be taken. */
  readonly attestations: Iterable<SignedAttestation>
  /** Votes by which the store reached its checkpoints on another branch: taken first while the state lags behind. */
  readonly archivedVotes?: readonly SignedAttestation[] | undefined
  /** Whether the block a vote names as head is known. */
  readonly isKnownBlock: (root: Uint8Array) => boolean
  /** The store's checkpoints, which may be ahead of the parent state's. */
  readonly storeJustified: Checkpoint
  readonly storeFinalized: Checkpoint
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
 * Remedy of ours: while the post-state's justified or finalized checkpoint lies below the store's, votes whose source is
 * any justified slot of that state are taken as well, and before them those that moved the store on another branch.
 * Honest votes follow the store's checkpoints then, and by the specification's rule either no block would ever carry
 * them again, or no state count them (docs/deviations.md). A vote that would make the block invalid is left out, where
 * the specification would fail.
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
  { attestations, archivedVotes = [], isKnownBlock, storeJustified, storeFinalized }: BuildBlockInput,
): Result<SignedAttestation[], TransitionError> {
  const links = new LinkRules(state)
  const isCandidate = ({ message }: SignedAttestation) =>
    isKnownBlock(message.data.head.root) && links.isHarmless(message.data)
  let open = [...attestations].filter(isCandidate)
  let archived = archivedVotes.filter(isCandidate)
  const chosen: SignedAttestation[] = []
  for (;;) {
    const post = processAttestations(
      state,
      chosen.map(({ message }) => message),
    )
    if (!post.ok) return post
    const lags =
      post.value.latestJustified.slot < storeJustified.slot ||
      post.value.latestFinalized.slot < storeFinalized.slot
    const isSource = lags ? justifiedIn(post.value) : exactly(post.value.latestJustified)
    const fits = ({ message }: SignedAttestation) => isSource(message.data.source)
    const added = [...(lags ? archived : []), ...open]
      .filter(fits)
      .slice(0, ATTESTATION_LIMIT - chosen.length)
    if (added.length === 0) return success(chosen)
    chosen.push(...added)
    const taken = new Set(added)
    open = open.filter((attestation) => !taken.has(attestation))
    archived = archived.filter((attestation) => !taken.has(attestation))
  }
}

function exactly({ root, slot }: Checkpoint): (source: Checkpoint) => boolean {
  return (source) => source.slot === slot && bytesEqual(source.root, root)
}

/** Whether a source is any justified block of the state's history. */
function justifiedIn({ justifiedSlots, historicalBlockHashes }: State): (source: Checkpoint) => boolean {
  return ({ root, slot }) =>
    slot < justifiedSlots.bitLen &&
    justifiedSlots.get(toNumber(slot)) &&
    bytesEqual(root, historicalBlockHashes.getReadonly(toNumber(slot)))
}
