import type { BlockReference, EventSink, NodeEvent } from '@trine/messages'
import type { FinalMark, NodeParts, StoreStep } from '@trine/node'
import { PRESET, type RootHex, type SignedAttestation } from '@trine/types'
import { bytesOf } from './recentJournal.ts'

/** A recording is at least so long, in slots, before it takes the place of an older one. */
const SHORTEST_SLOTS = 32
const LEAST_BYTES = 200
const UNSIGNED = new Uint8Array(0)

/** What a store stands at. */
export type StoreHeads = {
  readonly head: BlockReference
  readonly justified: BlockReference
  readonly finalized: BlockReference
}

/** A beginning of a fork-choice store, and every step since; without signatures, which a store does not look at. */
export type StoreRecording = {
  readonly anchor: NodeParts['anchor']
  readonly steps: readonly StoreStep[]
  /** What became of it. */
  readonly heads: StoreHeads
}

type Anchor = NodeParts['anchor']
type BlockStep = Extract<StoreStep, { type: 'block' }>
type Growing = { readonly anchor: Anchor; readonly since: number; readonly steps: StoreStep[]; bytes: number }

/**
 * Follows the fork-choice store of a node, and forgets what is older than a block that became final: two recordings grow
 * side by side, so that the older one always has some slots. One that outgrows its bytes, as without finality, is given up;
 * the next begins with the next final block.
 *
 * A recording begins at the final block of the mark before its own, with the blocks since: votes and late blocks may name
 * blocks beside the chain that are a little older than the last final one.
 */
export class RecentSteps implements EventSink {
  readonly #mostBytes: number
  #recordings: Growing[] = []
  #blocks = new Map<RootHex, { readonly step: BlockStep; readonly bytes: number }>()
  #blockBytes = 0
  #markedAnchor: Anchor | undefined
  #time = 0
  #heads: StoreHeads | undefined

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
  }

  /** The older of the two; undefined when there is none. */
  recording(): StoreRecording | undefined {
    const [oldest] = this.#recordings
    if (oldest === undefined || this.#heads === undefined) return undefined
    return { anchor: oldest.anchor, steps: oldest.steps, heads: this.#heads }
  }

  emit(event: NodeEvent): void {
    if (event.type === 'chainStarted') {
      const { head, justified, finalized } = event
      this.#heads = { head, justified, finalized }
    } else if (this.#heads !== undefined) {
      if (event.type === 'head') this.#heads = { ...this.#heads, head: event.head }
      else if (event.type === 'justified' || event.type === 'finalized')
        this.#heads = { ...this.#heads, [event.type]: event.checkpoint }
    }
  }

  /** Takes a step of the store, right after it. */
  readonly onStoreStep = (step: StoreStep): void => {
    if (step.type === 'anchor') return this.#begin(step.anchor)
    if (step.type === 'tick') this.#time = step.time
    const kept = withoutSignatures(step)
    const bytes = LEAST_BYTES + bytesOf(kept)
    if (kept.type === 'block') this.#keepBlock(kept, bytes)
    for (const recording of this.#recordings) grow(recording, kept, bytes)
    this.#recordings = this.#recordings.filter((recording) => recording.bytes <= this.#mostBytes)
  }

  /** Takes a block that has become final. */
  readonly onFinalized = ({ root, state, ...votes }: FinalMark): void => {
    const block = this.#blocks.get(root)?.step.signedBlock.message.block
    const newest = this.#recordings.at(-1)
    const isEarly = newest && this.#time - newest.since < SHORTEST_SLOTS * PRESET.intervalsPerSlot
    if (isEarly || block === undefined || state === undefined) return
    const marked = { state, block }
    const anchor = this.#markedAnchor ?? marked
    this.#markedAnchor = marked
    const begun: Growing = { anchor, since: this.#time, steps: [], bytes: 0 }
    grow(begun, { type: 'tick', time: this.#time }, LEAST_BYTES)
    this.#dropBlocksBefore(Number(anchor.block.slot))
    for (const { step, bytes } of this.#blocks.values()) grow(begun, step, bytes)
    const step = withoutSignatures({ type: 'votes', ...votes })
    grow(begun, step, LEAST_BYTES + bytesOf(step))
    this.#recordings = [...this.#recordings.slice(-1), begun]
  }

  #begin(anchor: Anchor): void {
    this.#time = Number(anchor.block.slot) * PRESET.intervalsPerSlot
    this.#recordings = [{ anchor, since: this.#time, steps: [], bytes: 0 }]
    this.#markedAnchor = anchor
    this.#blocks.clear()
    this.#blockBytes = 0
  }

  #keepBlock(step: BlockStep, bytes: number): void {
    this.#blocks.set(step.root, { step, bytes })
    this.#blockBytes += bytes
    for (const root of this.#blocks.keys()) {
      if (this.#blockBytes <= this.#mostBytes) return
      // What is left could not be put on the marked one.
      this.#markedAnchor = undefined
      this.#dropBlock(root)
    }
  }

  #dropBlocksBefore(slot: number): void {
    for (const [root, { step }] of this.#blocks) {
      if (step.signedBlock.message.block.slot <= slot) this.#dropBlock(root)
    }
  }

  #dropBlock(root: RootHex): void {
    this.#blockBytes -= this.#blocks.get(root)!.bytes
    this.#blocks.delete(root)
  }
}

function grow(recording: Growing, step: StoreStep, bytes: number): void {
  recording.steps.push(step)
  recording.bytes += bytes
}

function withoutSignatures(step: StoreStep): StoreStep {
  switch (step.type) {
    case 'block':
      return { ...step, signedBlock: { message: step.signedBlock.message, signature: [] } }
    case 'attestation':
      return { ...step, signedAttestation: unsigned(step.signedAttestation) }
    case 'votes':
      return { ...step, known: step.known.map(unsigned), waiting: step.waiting.map(unsigned) }
    default:
      return step
  }
}

function unsigned({ message }: SignedAttestation): SignedAttestation {
  return { message, signature: UNSIGNED }
}
