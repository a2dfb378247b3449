import { describeTransitionError, stateRoot, stateTransition } from '@trine/state-transition'
import { blockType, type State, toHex } from '@trine/types'
import { z } from 'zod'
import { difference, hasKeys, type Runner } from '../runner.ts'
import { hexText, readFields, ssz, sszState, uint64 } from './fields.ts'
import { otherReason } from './rejections.ts'
import { runSteps, type Step } from './steps.ts'

const stepSchema = z.discriminatedUnion('valid', [
  z.object({
    valid: z.literal(true),
    block: ssz(blockType),
    postStateRoot: hexText,
    justifiedSlot: uint64,
    finalizedSlot: uint64,
  }),
  z.object({ valid: z.literal(false), block: ssz(blockType), reason: z.string() }),
])

const vectorSchema = z.object({ genesisState: sszState, steps: z.array(z.unknown()), finalState: hexText })

/** `{genesisState, steps: [{block, valid, ...}], finalState}`: each block on the post-state of the last valid one. */
export const randomChainRunner: Runner = {
  kind: 'chain',
  recognises: ({ json }) => hasKeys(json, 'genesisState', 'steps', 'finalState'),
  run: async ({ json }) => ({ cases: await runSteps(chainSteps(readFields(vectorSchema, json))) }),
}

function* chainSteps({ genesisState, steps, finalState }: z.output<typeof vectorSchema>): Generator<Step> {
  let state = genesisState
  for (const [index, json] of steps.entries()) {
    yield {
      name: `steps[${index}]`,
      run: () => {
        const step = readFields(stepSchema, json)
        const post = stateTransition(state, step.block)
        if (!post.ok) {
          if (!step.valid) return otherReason('block', step.reason, post.error.code)
          return `block: expected to be accepted, got ${describeTransitionError(post.error)}`
        }
        if (!step.valid) return `block: expected to be rejected (${step.reason}), got accepted`
        state = post.value
        return postDifference(step, state)
      },
    }
  }
  yield { name: 'finalState', run: () => difference('finalState', finalState, toHex(state.serialize())) }
}

function postDifference(
  {
    postStateRoot,
    justifiedSlot,
    finalizedSlot,
  }: { postStateRoot: string; justifiedSlot: unknown; finalizedSlot: unknown },
  state: State,
): string | undefined {
  return (
    difference('postStateRoot', postStateRoot, toHex(stateRoot(state))) ??
    difference('justifiedSlot', justifiedSlot, state.latestJustified.slot) ??
    difference('finalizedSlot', finalizedSlot, state.latestFinalized.slot)
  )
}
