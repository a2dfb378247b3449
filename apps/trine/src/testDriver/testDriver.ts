import type { StoreSnapshot, TestDriver } from '@trine/api'
import { describeForkChoiceError, getForkchoiceStore, type Store } from '@trine/fork-choice'
import { describeTransitionError, stateTransition } from '@trine/state-transition'
import { blockType, failure, PRESET, type Result, success, toHex } from '@trine/types'
import { z } from 'zod'
import { json, jsonState, readFields } from '../conformance/devnet1/fields.ts'
import { type FixtureStep, readStep } from '../conformance/devnet1/forkChoice.ts'
import { findWrongSignature } from '../conformance/xmss/verifySignatures.ts'

// Whole fixtures come in: what they say besides is nothing to the driver.
const anchorSchema = z.object({ anchorState: jsonState, anchorBlock: json(blockType) })
const transitionSchema = z.object({ pre: jsonState, blocks: z.array(json(blockType)) })

/** Runs the specification's fixtures for Hive's simulator, with the code that the conformance tests run. */
export function createTestDriver(): TestDriver {
  let store: Store | undefined
  return {
    initForkChoice: (input) => {
      const anchor = read(() => readFields(anchorSchema, input))
      if (!anchor.ok) return anchor
      const made = getForkchoiceStore(anchor.value.anchorState, anchor.value.anchorBlock)
      if (!made.ok) return failure(describeForkChoiceError(made.error))
      store = made.value
      return success(undefined)
    },
    stepForkChoice: (input) => {
      if (store === undefined) return undefined
      const step = read(() => readStep(input))
      if (!step.ok) return step
      const late = tooLate(store, step.value)
      if (late !== undefined) return failure(late)
      const outcome = step.value.apply(store)
      const error = outcome.ok ? null : outcome.error
      return success({ accepted: outcome.ok, error, snapshot: snapshotOf(store) })
    },
    runStateTransition: (input) => {
      const fixture = read(() => readFields(transitionSchema, input))
      return fixture.ok ? success(transitionReport(fixture.value)) : fixture
    },
    verifySignatures: (input) => {
      const wrong = read(() => findWrongSignature(input))
      if (!wrong.ok) return wrong
      return success({ succeeded: wrong.value === undefined, error: wrong.value ?? null })
    },
  }
}

/** What reading gives, or what its error says of the input. */
function read<Value>(reading: () => Value): Result<Value, string> {
  try {
    return success(reading())
  } catch (error) {
    return failure((error as Error).message)
  }
}

/** Why the store's clock cannot go where a step wants it: it goes there interval by interval. */
function tooLate(store: Store, step: FixtureStep): string | undefined {
  const last = store.genesisTime + PRESET.historicalRootsLimit * PRESET.secondsPerSlot
  const time = step.clockTo(store)
  if (time === undefined || time <= last) return undefined
  return `step: expected a time of at most ${last}, got ${time}`
}

function snapshotOf(store: Store): StoreSnapshot {
  const { head, latestJustified, latestFinalized, safeTarget } = store
  return {
    headSlot: head.slot,
    headRoot: toHex(head.root),
    time: store.time,
    justifiedCheckpoint: { slot: latestJustified.slot, root: toHex(latestJustified.root) },
    finalizedCheckpoint: { slot: latestFinalized.slot, root: toHex(latestFinalized.root) },
    safeTarget: toHex(safeTarget.root),
    validatorCount: store.validatorCount,
  }
}

function transitionReport({ pre, blocks }: z.output<typeof transitionSchema>) {
  let state = pre
  for (const block of blocks) {
    const post = stateTransition(state, block)
    if (!post.ok) return { succeeded: false, error: describeTransitionError(post.error), post: null }
    state = post.value
  }
  const { slot, latestBlockHeader } = state
  const post = {
    slot,
    latestBlockHeaderSlot: latestBlockHeader.slot,
    latestBlockHeaderStateRoot: toHex(latestBlockHeader.stateRoot),
    historicalBlockHashesCount: state.historicalBlockHashes.length,
  }
  return { succeeded: true, error: null, post }
}
