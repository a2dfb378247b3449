import type { StoreSnapshot, TestDriver } from '@trine/api'
import { describeForkChoiceError, getForkchoiceStore, type Store } from '@trine/fork-choice'
import { describeTransitionError, stateTransition } from '@trine/state-transition'
import { blockType, failure, PRESET, type Result, success, toHex } from '@trine/types'
import { z } from 'zod'
import { json, jsonState, readFields } from '../conformance/devnet1/fields.ts'
import { applyStep, type Step, stepSchema } from '../conformance/devnet1/forkChoice.ts'
import { signedBlockFields, wrongSignatureIn } from '../conformance/xmss/verifySignatures.ts'

// Whole fixtures come in: what they say besides is nothing to the driver.
const anchorSchema = z.object({ anchorState: jsonState, anchorBlock: json(blockType) })
const transitionSchema = z.object({ pre: jsonState, blocks: z.array(json(blockType)) })
const signedSchema = z.object(signedBlockFields)

/** Runs the specification's fixtures for Hive's simulator, with the code that the conformance tests run. */
export function createTestDriver(): TestDriver {
  let store: Store | undefined
  return {
    initForkChoice: (input) => {
      const anchor = read(anchorSchema, input)
      if (!anchor.ok) return anchor
      const made = getForkchoiceStore(anchor.value.anchorState, anchor.value.anchorBlock)
      if (!made.ok) return failure(describeForkChoiceError(made.error))
      store = made.value
      return success(undefined)
    },
    stepForkChoice: (input) => {
      if (store === undefined) return undefined
      const step = read(stepSchema, input)
      if (!step.ok) return step
      const late = tooLate(store, step.value)
      if (late !== undefined) return failure(late)
      const outcome = applyStep(store, step.value)
      const error = outcome.ok ? null : outcome.error
      return success({ accepted: outcome.ok, error, snapshot: snapshotOf(store) })
    },
    runStateTransition: (input) => {
      const fixture = read(transitionSchema, input)
      return fixture.ok ? success(transitionReport(fixture.value)) : fixture
    },
    verifySignatures: (input) => {
      const fixture = read(signedSchema, input)
      if (!fixture.ok) return fixture
      const wrong = wrongSignatureIn(fixture.value)
      return success({ succeeded: wrong === undefined, error: wrong ?? null })
    },
  }
}

function read<Schema extends z.ZodType>(schema: Schema, input: unknown): Result<z.output<Schema>, string> {
  try {
    return success(readFields(schema, input))
  } catch (error) {
    return failure((error as Error).message)
  }
}

/** Why the store's clock cannot go where a step wants it: it goes there interval by interval. */
function tooLate({ genesisTime }: Store, step: Step): string | undefined {
  const lastSlot = PRESET.historicalRootsLimit
  const lastTime = genesisTime + lastSlot * PRESET.secondsPerSlot
  if (step.stepType === 'tick' && step.time > lastTime) {
    return `time: expected at most ${lastTime}, got ${step.time}`
  }
  if (step.stepType !== 'block') return undefined
  const { slot } = step.block.message.block
  return slot > lastSlot ? `block.block.slot: expected at most ${lastSlot}, got ${slot}` : undefined
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
