import {
  describeAttestationError,
  describeForkChoiceError,
  getForkchoiceStore,
  type Store,
} from '@trine/fork-choice'
import { blockRoot } from '@trine/state-transition'
import {
  attestationType,
  blockType,
  blockWithAttestationType,
  describeJsonError,
  failure,
  fromJson,
  PRESET,
  type Result,
  success,
  toHex,
  toNumber,
} from '@trine/types'
import { z } from 'zod'
import { BlockLabels } from './blockLabels.ts'
import { integer, json, jsonState, readFields, take } from './fields.ts'
import { type FixtureOutcome, fixtureRunner } from './fixtures.ts'
import { checkStore } from './storeChecks.ts'

const stepFields = { valid: z.boolean().default(true), checks: z.record(z.string(), z.unknown()).nullish() }

/** The label stands inside the block, which must have no other key too many. */
const labelledBlock = z
  .looseObject({ blockRootLabel: z.string().nullish() })
  .transform(({ blockRootLabel, ...json }, context) => ({
    label: blockRootLabel ?? undefined,
    message: take(fromJson(blockWithAttestationType, json), describeJsonError, context),
  }))

const stepSchema = z.discriminatedUnion('stepType', [
  z.strictObject({ stepType: z.literal('tick'), time: integer, ...stepFields }),
  z.strictObject({ stepType: z.literal('block'), block: labelledBlock, ...stepFields }),
  z.strictObject({
    stepType: z.literal('attestation'),
    // The store does not look at signatures.
    attestation: z.strictObject({ message: json(attestationType), signature: z.unknown() }),
    ...stepFields,
  }),
])

type Step = z.output<typeof stepSchema>

const schema = z.strictObject({
  network: z.string(),
  anchorState: jsonState,
  anchorBlock: json(blockType),
  steps: z.array(stepSchema),
  maxSlot: integer.nullish(),
})

const NO_SIGNATURE = new Uint8Array(0)

/** The specification's `fork_choice` fixtures: an anchor, and steps with what is to be true of the store after each. */
export const forkChoiceRunner = fixtureRunner(
  'fork_choice',
  'fork_choice_test',
  schema,
  ({ anchorState, anchorBlock, steps }): FixtureOutcome => {
    const store = getForkchoiceStore(anchorState, anchorBlock)
    if (!store.ok) return { failure: `anchor: ${describeForkChoiceError(store.error)}` }
    const labels = new BlockLabels(toHex(blockRoot(anchorBlock)))
    for (const [index, step] of steps.entries()) {
      const place = `steps[${index}]`
      const outcome = applyStep(store.value, step)
      if (outcome.ok && !step.valid) return { failure: `${place}: expected to be rejected, got accepted` }
      if (!outcome.ok && step.valid)
        return { failure: `${place}: expected to be accepted, got ${outcome.error}` }
      learnLabels(step, labels)
      // The generator does not look at the checks of a step that it saw rejected.
      const found = step.valid ? checkStore(store.value, step.checks ?? {}, labels) : undefined
      if (found !== undefined) return { failure: `${place}.checks.${found}` }
    }
    return { failure: undefined }
  },
)

function learnLabels(step: Step, labels: BlockLabels): void {
  if (step.stepType !== 'block') return labels.learnFrom(step.checks ?? {}, undefined)
  const root = toHex(blockRoot(step.block.message.block))
  if (step.block.label !== undefined) labels.set(step.block.label, root)
  labels.learnFrom(step.checks ?? {}, root)
}

/** A step of a fixture by itself. */
export type FixtureStep = {
  /** Where it moves the store's clock, in Unix seconds; undefined when it does not. */
  clockTo(store: Store): number | undefined
  /** Does what the step says; the error is the rejection in words. */
  apply(store: Store): Result<void, string>
}

/** Reads one step; throws an error that says which field is not what was expected. */
export function readStep(json: unknown): FixtureStep {
  const step = readFields(stepSchema, json)
  return {
    clockTo: ({ genesisTime }) => {
      if (step.stepType === 'tick') return step.time
      if (step.stepType === 'attestation') return undefined
      return genesisTime + Number(step.block.message.block.slot) * PRESET.secondsPerSlot
    },
    apply: (store) => applyStep(store, step),
  }
}

/** Does what a step says; the error is the rejection in words. */
function applyStep(store: Store, step: Step): Result<void, string> {
  switch (step.stepType) {
    case 'tick':
      store.onTick(step.time, false)
      return success(undefined)
    case 'attestation': {
      const result = store.onAttestation({ message: step.attestation.message, signature: NO_SIGNATURE })
      return result.ok ? success(undefined) : failure(describeAttestationError(result.error))
    }
    case 'block': {
      const { message } = step.block
      // The generator moves the clock to the block's slot by itself.
      store.onTick(store.genesisTime + toNumber(message.block.slot) * PRESET.secondsPerSlot, true)
      const result = store.onBlock({ message, signature: [] })
      return result.ok ? success(undefined) : failure(describeForkChoiceError(result.error))
    }
  }
}
