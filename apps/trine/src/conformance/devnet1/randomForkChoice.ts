import {
  describeAttestationError,
  describeForkChoiceError,
  getForkchoiceStore,
  type Store,
} from '@trine/fork-choice'
import {
  attestationType,
  blockType,
  blockWithAttestationType,
  type Checkpoint,
  failure,
  type Result,
  type SignedAttestation,
  success,
  toHex,
  type ValidatorIndex,
} from '@trine/types'
import { z } from 'zod'
import { difference, hasKeys, type Runner } from '../runner.ts'
import { hexText, integer, readFields, ssz, sszState } from './fields.ts'
import { codeOf, otherReason, type RejectionCode } from './rejections.ts'
import { runSteps, type Step } from './steps.ts'

const checkpoint = z.strictObject({ root: hexText, slot: integer })
const votes = z.record(z.string(), hexText)

/** The store after a step; a key that is not understood is a failure. */
const storeSchema = z.strictObject({
  time: integer,
  head: hexText,
  safeTarget: hexText,
  justified: checkpoint,
  finalized: checkpoint,
  attestationTarget: checkpoint.optional(),
  known: votes,
  new: votes,
})

const stepFields = { valid: z.boolean(), reason: z.string().default(''), store: storeSchema }

const stepSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('tick'), time: integer, hasProposal: z.boolean(), ...stepFields }),
  z.object({ type: z.literal('block'), block: ssz(blockWithAttestationType), ...stepFields }),
  z.object({ type: z.literal('attestation'), attestation: ssz(attestationType), ...stepFields }),
])

const vectorSchema = z.object({
  anchorState: sszState,
  anchorBlock: ssz(blockType),
  steps: z.array(z.unknown()),
})

const NO_SIGNATURE = new Uint8Array(0)

/** `{anchorState, anchorBlock, steps: [{type, ..., valid, store}]}`: the whole store after each step. */
export const randomForkChoiceRunner: Runner = {
  kind: 'forkchoice',
  recognises: ({ json }) => hasKeys(json, 'anchorState', 'anchorBlock', 'steps'),
  run: async ({ json }) => ({ cases: await runSteps(storeSteps(readFields(vectorSchema, json))) }),
}

function* storeSteps({ anchorState, anchorBlock, steps }: z.output<typeof vectorSchema>): Generator<Step> {
  const started = getForkchoiceStore(anchorState, anchorBlock)
  if (!started.ok) throw new Error(`anchor: ${describeForkChoiceError(started.error)}`)
  const store = started.value
  for (const [index, json] of steps.entries()) {
    yield {
      name: `steps[${index}]`,
      run: () => {
        const step = readFields(stepSchema, json)
        const outcome = applyStep(store, step)
        if (outcome.ok !== step.valid) {
          if (outcome.ok) return `${step.type}: expected to be rejected (${step.reason}), got accepted`
          return `${step.type}: expected to be accepted, got ${outcome.error.message}`
        }
        const other = outcome.ok ? undefined : otherReason(step.type, step.reason, outcome.error.code)
        return other ?? difference('store', step.store, viewOf(store))
      },
    }
  }
}

type Rejection = { readonly code: RejectionCode; readonly message: string }

function applyStep(store: Store, step: z.output<typeof stepSchema>): Result<void, Rejection> {
  switch (step.type) {
    case 'tick':
      store.onTick(step.time, step.hasProposal)
      return success(undefined)
    case 'block': {
      const result = store.onBlock({ message: step.block, signature: [] })
      if (result.ok) return success(undefined)
      return failure({ code: codeOf(result.error), message: describeForkChoiceError(result.error) })
    }
    case 'attestation': {
      const result = store.onAttestation({ message: step.attestation, signature: NO_SIGNATURE })
      if (result.ok) return success(undefined)
      return failure({ code: result.error.code, message: describeAttestationError(result.error) })
    }
  }
}

function viewOf(store: Store): z.output<typeof storeSchema> {
  const target = store.getAttestationTarget()
  return {
    time: store.time,
    head: toHex(store.head.root),
    safeTarget: toHex(store.safeTarget.root),
    justified: plain(store.latestJustified),
    finalized: plain(store.latestFinalized),
    attestationTarget: target.ok ? plain(target.value) : undefined,
    known: rootsOf(store.latestKnownAttestations),
    new: rootsOf(store.latestNewAttestations),
  }
}

function plain({ root, slot }: Checkpoint): z.output<typeof checkpoint> {
  return { root: toHex(root), slot: Number(slot) }
}

function rootsOf(latest: ReadonlyMap<ValidatorIndex, SignedAttestation>): Record<string, string> {
  const entries = [...latest].map(([index, { message }]) => [
    index,
    toHex(attestationType.hashTreeRoot(message)),
  ])
  return Object.fromEntries(entries)
}
