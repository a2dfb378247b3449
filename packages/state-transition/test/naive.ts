/**
 * The specification's transition on plain arrays, written as plainly as it can be: the oracle of the property tests.
 * It returns undefined where the specification fails with any error.
 */
import { type Attestation, type Block, blockBodyType, blockHeaderType, toHex } from '@trine/types'
import { expect } from 'vitest'

export type NaiveCheckpoint = { root: string; slot: number }

export type NaiveState = {
  validatorCount: number
  slot: number
  header: { slot: number; proposerIndex: number; parentRoot: string; stateRoot: string; bodyRoot: string }
  latestJustified: NaiveCheckpoint
  latestFinalized: NaiveCheckpoint
  history: string[]
  justified: boolean[]
  /** Targets in the order in which they were first voted for. */
  votes: Map<string, boolean[]>
}

class SpecificationFailure extends Error {}

function at<Item>(list: readonly Item[], index: number): Item {
  if (index >= list.length) throw new SpecificationFailure('list index out of range')
  return list[index]!
}

/** By the definition: some x has x * x or x * (x + 1) at that distance. */
export function naiveIsJustifiable(slot: number, finalizedSlot: number): boolean {
  const distance = slot - finalizedSlot
  if (distance < 0) throw new SpecificationFailure('candidate before finalized')
  if (distance <= 5) return true
  for (let x = 0; x * x <= distance; x++) {
    if (x * x === distance || x * (x + 1) === distance) return true
  }
  return false
}

function applyAttestation(state: NaiveState, before: NaiveState, attestation: Attestation): void {
  const { source, target } = attestation.data
  const [sourceSlot, targetSlot] = [Number(source.slot), Number(target.slot)]
  const [sourceRoot, targetRoot] = [toHex(source.root), toHex(target.root)]
  if (!at(state.justified, sourceSlot)) return
  if (at(state.justified, targetSlot)) return
  if (sourceRoot !== at(state.history, sourceSlot)) return
  if (targetRoot !== at(state.history, targetSlot)) return
  if (targetSlot <= sourceSlot) return
  if (!naiveIsJustifiable(targetSlot, before.latestFinalized.slot)) return
  const votes = state.votes.get(targetRoot) ?? Array.from({ length: state.validatorCount }, () => false)
  state.votes.set(targetRoot, votes)
  at(votes, Number(attestation.validatorIndex))
  votes[Number(attestation.validatorIndex)] = true
  if (3 * votes.filter(Boolean).length < 2 * state.validatorCount) return
  state.latestJustified = { root: targetRoot, slot: targetSlot }
  state.justified[targetSlot] = true
  state.votes.delete(targetRoot)
  for (let slot = sourceSlot + 1; slot < targetSlot; slot++) {
    if (naiveIsJustifiable(slot, before.latestFinalized.slot)) return
  }
  state.latestFinalized = { root: sourceRoot, slot: sourceSlot }
}

/** The state after a block, without its root checked; undefined when the specification fails. */
export function naiveTransition(pre: NaiveState, block: Block, preStateRoot: string): NaiveState | undefined {
  const state = structuredClone(pre)
  const zero = `0x${'00'.repeat(32)}`
  const slot = Number(block.slot)
  if (slot <= state.slot) return undefined
  if (state.header.stateRoot === zero) state.header.stateRoot = preStateRoot
  state.slot = slot
  const parentRoot = headerRoot(state.header)
  if (slot <= state.header.slot) return undefined
  if (Number(block.proposerIndex) !== slot % state.validatorCount) return undefined
  if (toHex(block.parentRoot) !== parentRoot) return undefined
  const isFirst = state.header.slot === 0
  if (isFirst) {
    state.latestJustified.root = parentRoot
    state.latestFinalized.root = parentRoot
  }
  const emptySlots = slot - state.header.slot - 1
  state.history.push(parentRoot, ...Array.from({ length: emptySlots }, () => zero))
  state.justified.push(isFirst, ...Array.from({ length: emptySlots }, () => false))
  const bodyRoot = toHex(blockBodyType.hashTreeRoot(block.body))
  const proposerIndex = Number(block.proposerIndex)
  state.header = { slot, proposerIndex, parentRoot, stateRoot: zero, bodyRoot }
  const before = structuredClone(state)
  try {
    for (const attestation of block.body.attestations) applyAttestation(state, before, attestation)
  } catch (error) {
    expect(error).toBeInstanceOf(SpecificationFailure)
    return undefined
  }
  return state
}

function headerRoot(header: NaiveState['header']): string {
  const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.slice(2), 'hex'))
  return toHex(
    blockHeaderType.hashTreeRoot({
      slot: header.slot,
      proposerIndex: header.proposerIndex,
      parentRoot: bytes(header.parentRoot),
      stateRoot: bytes(header.stateRoot),
      bodyRoot: bytes(header.bodyRoot),
    }),
  )
}
