import type { StoreStep } from '@trine/chain'
import type { Store } from '@trine/fork-choice'
import { type BlockReference, referenceOf } from '@trine/messages'
import {
  type Attestation,
  attestationType,
  blockType,
  blockWithAttestationType,
  PRESET,
  SECONDS_PER_INTERVAL,
  type SignedAttestation,
  type Slot,
  toHex,
  type ValidatorIndex,
} from '@trine/types'
import { createStore, takeBlock, takeStep } from './storeMirror.ts'

/** A `forkchoice` vector: an anchor, steps, and the whole store after each. All bytes are SSZ in hex. */
export type ForkChoiceVector = {
  readonly description: string
  readonly anchorState: string
  readonly anchorBlock: string
  readonly steps: readonly VectorStep[]
}

/** `time` of a tick in Unix seconds; `time` of the store in intervals since genesis. */
export type VectorStep = (
  | { readonly type: 'tick'; readonly time: number; readonly hasProposal: boolean }
  | { readonly type: 'block'; readonly block: string }
  | { readonly type: 'attestation'; readonly attestation: string }
) & {
  readonly valid: true
  readonly store: {
    readonly time: number
    readonly head: string
    readonly safeTarget: string
    readonly justified: BlockReference
    readonly finalized: BlockReference
    readonly attestationTarget?: BlockReference
    /** Hash tree root of the latest vote, by validator. */
    readonly known: Readonly<Record<string, string>>
    readonly new: Readonly<Record<string, string>>
  }
}

type TickStep = Extract<StoreStep, { type: 'tick' }>
type ItemStep = Extract<StoreStep, { type: 'block' | 'attestation' }>

/** A tick that begins a slot, and what came after it: whether a proposer accepted votes is not known yet. */
type SlotStart = { readonly tick: TickStep; readonly items: ItemStep[] }

/**
 * Writes the steps of one node's store as a vector. A restart of the node begins a new vector, from where it took up
 * again.
 *
 * Vectors know no acceptance of votes by itself, only ticks that begin a slot with a proposal. So a proposer's acceptance
 * becomes such a tick; what the store took between the tick and the acceptance, all of it older than the slot, is put
 * before the tick, where it has the same effect. An acceptance that comes later in the slot, or after something of the
 * slot itself, is left out and counted: until the acceptance of interval 3 the vector's votes are then behind the node's.
 */
export class VectorRecorder {
  readonly #description: string
  readonly #roots = new WeakMap<Attestation, string>()
  #store: Store | undefined
  #anchor: Pick<ForkChoiceVector, 'anchorState' | 'anchorBlock'> | undefined
  #steps: VectorStep[] = []
  #slotStart: SlotStart | undefined
  #acceptancesLeftOut = 0
  #restarts = -1

  constructor(description: string) {
    this.#description = description
  }

  get acceptancesLeftOut(): number {
    return this.#acceptancesLeftOut
  }

  /** Times that the store began anew: the vector is about the last one. */
  get restarts(): number {
    return Math.max(0, this.#restarts)
  }

  readonly take = (step: StoreStep): void => {
    switch (step.type) {
      case 'anchor':
        return this.#begin(step.anchor)
      case 'tick':
        this.#endSlotStart()
        if (step.time % PRESET.intervalsPerSlot === 0) this.#slotStart = { tick: step, items: [] }
        else this.#addTick(step, false)
        return
      case 'acceptance':
        return this.#accept()
      case 'prune':
        // The specification keeps everything.
        return
      case 'settled':
        // Vectors cannot say it: whoever runs this one has to have begun earlier.
        return takeStep(this.#store!, step)
      case 'votes':
        return this.#addEarlierVotes([...step.known, ...step.waiting])
      default:
        if (this.#slotStart === undefined) this.#addItem(step)
        else this.#slotStart.items.push(step)
    }
  }

  /** The vector so far; undefined when there was no step. */
  vector(): ForkChoiceVector | undefined {
    this.#endSlotStart()
    return this.#anchor && { description: this.#description, ...this.#anchor, steps: this.#steps }
  }

  #begin(anchor: Extract<StoreStep, { type: 'anchor' }>['anchor']): void {
    this.#store = createStore(anchor)
    this.#anchor = {
      anchorState: toHex(anchor.state.serialize()),
      anchorBlock: toHex(blockType.serialize(anchor.block)),
    }
    this.#steps = []
    this.#slotStart = undefined
    this.#acceptancesLeftOut = 0
    this.#restarts += 1
  }

  #accept(): void {
    const start = this.#slotStart
    this.#slotStart = undefined
    const { currentSlot } = this.#store!
    if (start?.items.every((item) => isOlder(item, currentSlot)) === true) {
      for (const item of start.items) this.#addItem(item)
      return this.#addTick(start.tick, true)
    }
    if (start !== undefined) this.#addSlotStart(start)
    // With no vote to accept nothing is left out.
    if (this.#store!.latestNewAttestations.size > 0) this.#acceptancesLeftOut += 1
  }

  /** The slot began without a proposal of this node. */
  #endSlotStart(): void {
    const start = this.#slotStart
    this.#slotStart = undefined
    if (start !== undefined) this.#addSlotStart(start)
  }

  #addSlotStart({ tick, items }: SlotStart): void {
    this.#addTick(tick, false)
    for (const item of items) this.#addItem(item)
  }

  #addTick(step: TickStep, hasProposal: boolean): void {
    const store = this.#store!
    const time = store.genesisTime + step.time * SECONDS_PER_INTERVAL
    store.onTick(time, hasProposal)
    this.#steps.push({ type: 'tick', time, hasProposal, valid: true, store: this.#view() })
  }

  #addItem(step: ItemStep): void {
    const store = this.#store!
    if (step.type === 'block') {
      takeBlock(store, step)
      const block = toHex(blockWithAttestationType.serialize(step.signedBlock.message))
      this.#steps.push({ type: 'block', block, valid: true, store: this.#view() })
    } else {
      takeStep(store, step)
      const attestation = toHex(attestationType.serialize(step.signedAttestation.message))
      this.#steps.push({ type: 'attestation', attestation, valid: true, store: this.#view() })
    }
  }

  /** Votes from before a restart come as if by gossip: vectors know nothing else. Those that counted do from interval 3 on. */
  #addEarlierVotes(votes: readonly SignedAttestation[]): void {
    this.#endSlotStart()
    for (const signedAttestation of votes) {
      if (
        this.#store!.validateAttestation(signedAttestation).ok &&
        isOlder({ type: 'attestation', signedAttestation }, this.#store!.currentSlot)
      )
        this.#addItem({ type: 'attestation', signedAttestation })
    }
  }

  #view(): VectorStep['store'] {
    const store = this.#store!
    const target = store.getAttestationTarget()
    return {
      time: store.time,
      head: toHex(store.head.root),
      safeTarget: toHex(store.safeTarget.root),
      justified: referenceOf(store.latestJustified),
      finalized: referenceOf(store.latestFinalized),
      ...(target.ok && { attestationTarget: referenceOf(target.value) }),
      known: this.#rootsOf(store.latestKnownAttestations),
      new: this.#rootsOf(store.latestNewAttestations),
    }
  }

  #rootsOf(votes: ReadonlyMap<ValidatorIndex, SignedAttestation>): Record<string, string> {
    const rootOf = (message: Attestation): string => {
      const root = this.#roots.get(message) ?? toHex(attestationType.hashTreeRoot(message))
      this.#roots.set(message, root)
      return root
    }
    return Object.fromEntries([...votes].map(([index, { message }]) => [index, rootOf(message)]))
  }
}

/** Whether a store whose clock is still in this slot takes an item: none of its slots lies ahead. */
function isOlder(item: ItemStep, currentSlot: Slot): boolean {
  if (item.type === 'attestation') return item.signedAttestation.message.data.slot <= currentSlot
  const { block, proposerAttestation } = item.signedBlock.message
  const votes = [...block.body.attestations, proposerAttestation]
  return block.slot <= currentSlot && votes.every(({ data }) => data.slot <= currentSlot)
}
