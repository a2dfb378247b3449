import { type BuildBlockInput, buildBlock, proposerOf } from '@trine/state-transition'
import { type Attestation, type AttestationData, type Block, type Checkpoint, toHex } from '@trine/types'
import { signed, type TestStore, unwrap } from '../../packages/fork-choice/test/support.ts'

/** Votes of all, signed and spread but in no block yet. */
export function votesOfAll(
  test: TestStore,
  slot: number,
  target: Checkpoint,
  source: Checkpoint,
): Attestation[] {
  return everybody(test).map((validator) => test.vote(validator, slot, target, source))
}

/** How validators build and vote. */
export type Duties = {
  build(test: TestStore, slot: number): Block
  vote(test: TestStore, slot: number): AttestationData
}

/** Everybody votes honestly and hears of every vote, and each slot has its block; the store's checkpoints, slot by slot. */
export function honestSlots(
  test: TestStore,
  first: number,
  count: number,
  { build, vote }: Duties,
): [justified: number, finalized: number][] {
  const { store } = test
  const history: [number, number][] = []
  for (let slot = first; slot < first + count; slot++) {
    test.importBlock(build(test, slot))
    const data = vote(test, slot)
    for (const validatorIndex of everybody(test))
      unwrap(store.onAttestation(signed({ validatorIndex, data })))
    test.tickTo(slot + 1)
    history.push([Number(store.latestJustified.slot), Number(store.latestFinalized.slot)])
  }
  return history
}

/** As the specification has it: blocks carry only votes from the state's own justified checkpoint. */
export const asSpecified: Duties = {
  build: buildAsSpecified,
  vote: ({ store }, slot) => ({
    slot,
    head: store.head,
    target: unwrap(store.getAttestationTarget()),
    source: store.latestJustified,
  }),
}

/** As our validators do. */
export const asWeDo: Duties = {
  build: ({ store, validatorCount }, slot) =>
    unwrap(store.produceBlockWithSignatures(slot, proposerOf(slot, validatorCount))).block,
  vote: ({ store }, slot) => store.produceAttestationData(slot),
}

function buildAsSpecified(test: TestStore, slot: number): Block {
  const { store } = test
  const parent = store.getProposalHead(slot)
  const parentState = test.stateOf(parent)
  const input: BuildBlockInput = {
    parentState,
    parentRoot: parent.root,
    slot,
    proposerIndex: proposerOf(slot, test.validatorCount),
    attestations: store.latestKnownAttestations.values(),
    isKnownBlock: (root) => store.getBlock(toHex(root)) !== undefined,
    storeJustified: parentState.latestJustified.toValue(),
    storeFinalized: parentState.latestFinalized.toValue(),
  }
  return unwrap(buildBlock(input)).block
}

function everybody({ validatorCount }: TestStore): number[] {
  return Array.from({ length: validatorCount }, (_, index) => index)
}
