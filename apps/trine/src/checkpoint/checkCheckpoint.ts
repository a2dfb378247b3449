import { blockHeader, blockHeaderRoot } from '@trine/state-transition'
import {
  type Block,
  blockHeaderType,
  blockType,
  blockWithAttestationType,
  bytesEqual,
  decode,
  decodeToView,
  describeDecodeError,
  failure,
  type Result,
  type RootHex,
  SIGNATURE_ENCODINGS,
  type Slot,
  type State,
  signedTypesFor,
  stateType,
  success,
  toHex,
  ZERO_ROOT,
} from '@trine/types'

/** What a checkpoint must belong to. */
export type CheckpointNetwork = {
  /** Unix time in seconds. */
  readonly genesisTime: number
  /** Hash tree root of the genesis block. */
  readonly genesisRoot: RootHex
  /** 52 bytes each, in the order of the validators' indices. */
  readonly publicKeys: readonly Uint8Array[]
  /** The slot of the wall clock. */
  readonly currentSlot: Slot
}

/** A finalized block with its post-state, to begin a chain at. */
export type Checkpoint = {
  readonly state: State
  readonly block: Block
  readonly root: RootHex
  readonly slot: Slot
}

/**
 * Reads a state and its block and checks everything that can be checked about them: that they belong together and to this
 * network, and that their slot has begun. That the block is final on the network's chain is the word of who gave them.
 *
 * @param stateBytes SSZ of the post-state, the state root of its latest header zeroed or not
 * @param blockBytes SSZ of the block: signed in any encoding, with its proposer's vote, or bare
 */
export function checkCheckpoint(
  stateBytes: Uint8Array,
  blockBytes: Uint8Array,
  network: CheckpointNetwork,
): Result<Checkpoint, string> {
  const decoded = decodeToView(stateType, stateBytes)
  if (!decoded.ok) return failure(describeDecodeError(decoded.error))
  const state = withoutStateRoot(decoded.value)
  const problem = problemOfState(state, network)
  if (problem !== undefined) return failure(problem)
  const read = readBlock(blockBytes, state)
  if (!read.ok) return read
  const { block, root } = read.value
  const stateRoot = state.hashTreeRoot()
  if (!bytesEqual(stateRoot, block.stateRoot)) {
    return failure(
      `state: expected root ${toHex(block.stateRoot)}, as its block says, got ${toHex(stateRoot)}`,
    )
  }
  return success({ state, block, root, slot: Number(block.slot) })
}

/** Why two checkpoints are not of one chain; undefined when the earlier one is in the history of the later. */
export function problemBetween(one: Checkpoint, other: Checkpoint): string | undefined {
  const [earlier, later] = one.slot <= other.slot ? [one, other] : [other, one]
  const found =
    earlier.slot === later.slot
      ? later.root
      : toHex(later.state.historicalBlockHashes.getReadonly(earlier.slot))
  if (found === earlier.root) return undefined
  return `slot ${earlier.slot}: expected the same finalized block, got ${earlier.root} and ${found}`
}

/** As the state transition leaves it, and as the block's state root counts it. */
function withoutStateRoot(state: State): State {
  const header = state.latestBlockHeader.clone()
  header.stateRoot = ZERO_ROOT
  state.latestBlockHeader = header
  state.commit()
  return state
}

function problemOfState(state: State, network: CheckpointNetwork): string | undefined {
  const { genesisTime, genesisRoot, publicKeys, currentSlot } = network
  const { config, slot, validators, historicalBlockHashes } = state
  if (config.genesisTime !== genesisTime)
    return `genesis time: expected ${genesisTime}, got ${config.genesisTime}`
  if (validators.length !== publicKeys.length)
    return `validators: expected ${publicKeys.length}, got ${validators.length}`
  for (const [index, publicKey] of publicKeys.entries()) {
    const { pubkey } = validators.getReadonly(index)
    if (!bytesEqual(pubkey, publicKey))
      return `validator ${index}: expected public key ${toHex(publicKey)}, got ${toHex(pubkey)}`
  }
  if (slot > currentSlot) return `slot: expected at most ${currentSlot}, which is now, got ${slot}`
  if (historicalBlockHashes.length > 0) {
    const first = toHex(historicalBlockHashes.getReadonly(0))
    if (first !== genesisRoot) return `genesis block: expected ${genesisRoot}, got ${first}`
  }
  return undefined
}

function readBlock(
  bytes: Uint8Array,
  state: State,
): Result<{ readonly block: Block; readonly root: RootHex }, string> {
  const expected = state.latestBlockHeader.toValue()
  let reason = 'block: expected SSZ of a block, signed or not'
  for (const block of candidates(bytes)) {
    const header = blockHeader(block)
    if (blockHeaderType.equals({ ...header, stateRoot: ZERO_ROOT }, expected)) {
      return success({ block, root: toHex(blockHeaderRoot(header)) })
    }
    reason = `block: expected that of slot ${expected.slot}, which the state is of, got another one of slot ${header.slot}`
  }
  return failure(reason)
}

/** The block in each form in which the bytes can be read. */
function* candidates(bytes: Uint8Array): Generator<Block> {
  for (const encoding of SIGNATURE_ENCODINGS) {
    const signed = decode(signedTypesFor(encoding).signedBlockWithAttestationType, bytes)
    if (signed.ok) yield signed.value.message.block
  }
  const withAttestation = decode(blockWithAttestationType, bytes)
  if (withAttestation.ok) yield withAttestation.value.block
  const bare = decode(blockType, bytes)
  if (bare.ok) yield bare.value
}
