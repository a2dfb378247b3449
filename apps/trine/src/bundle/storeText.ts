import { describeForkChoiceError, getForkchoiceStore } from '@trine/fork-choice'
import type { StoreStep } from '@trine/node'
import { blockRoot } from '@trine/state-transition'
import {
  type Attestation,
  attestationType,
  blockType,
  blockWithAttestationType,
  decode,
  decodeToView,
  describeDecodeError,
  fromHex,
  type SignedAttestation,
  stateType,
  toHex,
} from '@trine/types'
import { z } from 'zod'
import type { StoreRecording } from './recentSteps.ts'

/** The recording of a fork-choice store as lines of a bundle: one `store`, then one `step` for each step; SSZ in hex. */

const UNSIGNED = new Uint8Array(0)

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const hex = z.string().regex(/^0x(?:[0-9a-f]{2})*$/, 'expected 0x and hex digits')
const root = z.string().regex(/^0x[0-9a-f]{64}$/, 'expected 0x and 64 hex digits')
const reference = z.object({ root, slot: count })
const storeShape = z.object({
  anchor: z.object({ state: hex, block: hex }),
  steps: count,
  heads: z.object({ head: reference, justified: reference, finalized: reference }),
})
const stepShape = z.discriminatedUnion('type', [
  z.object({ type: z.literal('tick'), time: count }),
  z.object({ type: z.literal('acceptance') }),
  z.object({ type: z.literal('block'), block: hex }),
  z.object({ type: z.literal('attestation'), attestation: hex }),
  z.object({
    type: z.literal('votes'),
    known: z.array(hex),
    waiting: z.array(hex),
    safeTarget: root,
  }),
  z.object({ type: z.literal('settled'), root, slot: count }),
  z.object({ type: z.literal('prune'), keptSlots: count }),
])
type StepText = z.infer<typeof stepShape>

/** What a bundle's line with `part` `store` has beside it. */
export type StoreText = z.infer<typeof storeShape>

/** The lines of a recording; without one a line that says so. */
export function storeLines(recording: StoreRecording | undefined): string[] {
  if (recording === undefined) {
    const error = 'no recording: the store had not begun, or nothing was final for too long'
    return [JSON.stringify({ part: 'store', error })]
  }
  const { steps, heads } = recording
  const { state, block } = recording.anchor
  const anchor = { state: toHex(state.serialize()), block: toHex(blockType.serialize(block)) }
  const store = { part: 'store', anchor, steps: steps.length, heads }
  return [JSON.stringify(store), ...steps.map((step) => JSON.stringify({ part: 'step', ...textOf(step) }))]
}

/** Reads a `store` line; throws an Error that says what is wrong with it. */
export function readStoreText(line: unknown): {
  readonly anchor: StoreRecording['anchor']
  readonly text: StoreText
} {
  const { error } = line as { readonly error?: unknown }
  if (typeof error === 'string') throw new Error(error)
  const text = parse(storeShape, line)
  const state = unwrap(decodeToView(stateType, fromHex(text.anchor.state)!))
  const block = unwrap(decode(blockType, fromHex(text.anchor.block)!))
  const store = getForkchoiceStore(state, block)
  if (!store.ok) throw new Error(`anchor: ${describeForkChoiceError(store.error)}`)
  return { anchor: { state, block }, text }
}

/** Reads a `step` line; throws an Error that says what is wrong with it. */
export function readStep(line: unknown): StoreStep {
  const text = parse(stepShape, line)
  switch (text.type) {
    case 'block': {
      const message = unwrap(decode(blockWithAttestationType, fromHex(text.block)!))
      return {
        type: 'block',
        root: toHex(blockRoot(message.block)),
        signedBlock: { message, signature: [] },
      }
    }
    case 'attestation':
      return { type: 'attestation', signedAttestation: readVote(text.attestation) }
    case 'votes':
      return {
        type: 'votes',
        known: text.known.map(readVote),
        waiting: text.waiting.map(readVote),
        safeTarget: fromHex(text.safeTarget)!,
      }
    default:
      return text
  }
}

function textOf(step: StoreStep): StepText {
  switch (step.type) {
    case 'anchor':
      throw new Error('recording: expected one anchor')
    case 'block':
      return { type: 'block', block: toHex(blockWithAttestationType.serialize(step.signedBlock.message)) }
    case 'attestation':
      return { type: 'attestation', attestation: voteText(step.signedAttestation) }
    case 'votes': {
      const [known, waiting] = [step.known.map(voteText), step.waiting.map(voteText)]
      return { type: 'votes', known, waiting, safeTarget: toHex(step.safeTarget) }
    }
    default:
      return step
  }
}

function voteText({ message }: { readonly message: Attestation }): string {
  return toHex(attestationType.serialize(message))
}

function readVote(text: string): SignedAttestation {
  return { message: unwrap(decode(attestationType, fromHex(text)!)), signature: UNSIGNED }
}

function unwrap<T>(decoded: ReturnType<typeof decode<T>>): T {
  if (!decoded.ok) throw new Error(describeDecodeError(decoded.error))
  return decoded.value
}

function parse<T>(shape: z.ZodType<T>, line: unknown): T {
  const parsed = shape.safeParse(line)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Error(`${issue?.path.join('.') || 'line'}: ${issue?.message ?? 'not as expected'}`)
}
