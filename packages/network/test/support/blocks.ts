import type { RootedBlock } from '@trine/messages'
import {
  type Attestation,
  type AttestationData,
  blockType,
  fromHex,
  type RootHex,
  type SignedAttestation,
  toHex,
  ZERO_ROOT,
} from '@trine/types'

const checkpoint = { root: ZERO_ROOT, slot: 0 }

export function voteData(slot: number): AttestationData {
  return { slot, head: checkpoint, target: checkpoint, source: checkpoint }
}

/** A vote with a signature of the `ssz3112` length. */
export function signedVote(validatorIndex: number, slot: number): SignedAttestation {
  const message: Attestation = { validatorIndex, data: voteData(slot) }
  return { message, signature: new Uint8Array(3112).fill(validatorIndex) }
}

/** A block that nobody could import, but whose encoding is right. Its proposer votes for nothing, or from a source. */
export function blockAt(
  slot: number,
  parentRoot: RootHex,
  mark = 0,
  source?: { readonly root: RootHex; readonly slot: number },
): RootedBlock {
  const block = {
    slot,
    proposerIndex: slot % 4,
    parentRoot: fromHex(parentRoot)!,
    stateRoot: new Uint8Array(32).fill(mark),
    body: { attestations: [] },
  }
  const data = voteData(slot)
  if (source !== undefined) data.source = { root: fromHex(source.root)!, slot: source.slot }
  const proposerAttestation = { validatorIndex: slot % 4, data }
  const signedBlock = {
    message: { block, proposerAttestation },
    signature: [new Uint8Array(3112).fill(slot % 200)],
  }
  return { root: toHex(blockType.hashTreeRoot(block)), signedBlock }
}

/** Blocks of the slots 1 to `count`, each the parent of the next. */
export function chainOf(count: number, genesisRoot: RootHex, mark = 0): RootedBlock[] {
  const blocks: RootedBlock[] = []
  let parentRoot = genesisRoot
  for (let slot = 1; slot <= count; slot++) {
    const block = blockAt(slot, parentRoot, mark)
    blocks.push(block)
    parentRoot = block.root
  }
  return blocks
}

/** As `chainOf`, with proposers that vote from the block three slots back, as in a chain that justifies. */
export function votingChainOf(count: number, genesisRoot: RootHex): RootedBlock[] {
  const blocks: RootedBlock[] = []
  for (let slot = 1; slot <= count; slot++) {
    const source = blocks[slot - 4]
    const vote = source && { root: source.root, slot: slot - 3 }
    blocks.push(blockAt(slot, blocks.at(-1)?.root ?? genesisRoot, 0, vote))
  }
  return blocks
}

export const rootOf = (byte: number): RootHex => toHex(new Uint8Array(32).fill(byte))
