import type { Ref } from '@trine/actors'
import {
  intervalAt,
  type NetworkMessageFrom,
  type RemoteEvent,
  type SlotTiming,
  slotAt,
  type ValidatorMessage,
} from '@trine/messages'
import {
  type Attestation,
  type AttestationData,
  fromHex,
  type Slot,
  toHex,
  toNumber,
  type ValidatorIndex,
} from '@trine/types'
import { z } from 'zod'
import { root, slot } from './answers.ts'
import type { NodeEventsPort, RemoteNode, ValidatorClientParts } from './parts.ts'

/** Votes that nodes' chains take, and their clocks, to know that they are heard. */
const TOPICS = ['attestation', 'interval']
/** Slots for which votes are remembered: what is older comes from nodes that read old blocks. */
const WATCHED_SLOTS = 8
/** Nothing is heard of a node whose clock was silent for longer than this: its tick comes around ours, before or after. */
const HEARD_INTERVALS = 2

const reference = z.object({ root, slot })
const voteShape = z.object({
  validator_index: z.number().int().min(0),
  slot,
  head: reference,
  target: reference,
  source: reference,
})
type VoteEvent = z.infer<typeof voteShape>

type Parts = {
  readonly signer: Pick<ValidatorClientParts['signer'], 'validators'>
  readonly timing: SlotTiming
  readonly now: () => number
  readonly validator: Ref<ValidatorMessage>
}

/**
 * Listens at every node for votes of our validators that were not signed here. Votes are all that counts: a block has its
 * proposer's vote in it, and without that anybody could have made it. A validator with such a vote is stopped at once.
 */
export class ForeignVotes {
  readonly #parts: Parts
  readonly #validators: ReadonlySet<ValidatorIndex>
  /** What was signed here, by slot and validator. */
  readonly #own = new Map<Slot, Map<ValidatorIndex, string>>()
  /** Since genesis, the interval in which a node's clock was heard last. */
  readonly #heardAt = new Map<string, number>()
  /** Nodes of our network, and those of them that are in sync. */
  readonly #known = new Set<string>()
  readonly #ready = new Set<string>()
  readonly #firstSlot: Slot

  constructor(parts: Parts) {
    this.#parts = parts
    this.#validators = new Set(parts.signer.validators)
    this.#firstSlot = this.#slot
  }

  get #slot(): Slot {
    return slotAt(this.#parts.now(), this.#parts.timing)
  }

  get #interval(): number {
    return intervalAt(this.#parts.now(), this.#parts.timing)
  }

  /** Listens to nodes; returns what ends that. */
  follow(nodes: readonly RemoteNode[], port: NodeEventsPort): () => void {
    const ends = nodes.map((node) =>
      port.follow(node, TOPICS, (topic, data) => {
        if (topic === 'interval') this.#heardAt.set(node.name, this.#interval)
        else if (topic === 'attestation' && this.#known.has(node.name)) this.#noteSeen(data)
      }),
    )
    return () => {
      for (const end of ends) end()
    }
  }

  /** Takes what is known of nodes: votes of another network are not looked at. */
  noteNode(event: RemoteEvent): void {
    if (event.type !== 'remoteState') return
    const { node, state } = event
    if (state === 'ready' || state === 'syncing') this.#known.add(node)
    if (state === 'otherNetwork') this.#known.delete(node)
    if (state === 'ready') this.#ready.add(node)
    else this.#ready.delete(node)
  }

  /** Whether events come of a node that is in sync. */
  get hears(): boolean {
    const since = this.#interval - HEARD_INTERVALS
    return [...this.#ready].some((node) => (this.#heardAt.get(node) ?? Number.NEGATIVE_INFINITY) >= since)
  }

  get isReady(): boolean {
    return this.#ready.size > 0
  }

  /** A way to the nodes that takes note of what was signed here before it goes out. */
  noting(outlet: Ref<NetworkMessageFrom<'validator'>>): Ref<NetworkMessageFrom<'validator'>> {
    return {
      name: outlet.name,
      tell: (message) => {
        if (message.type === 'publishAttestation') this.#noteOwn(message.signedAttestation.message)
        if (message.type === 'publishBlock') {
          this.#noteOwn(message.block.signedBlock.message.proposerAttestation)
        }
        return outlet.tell(message)
      },
    }
  }

  #noteOwn({ validatorIndex, data }: Attestation): void {
    const at = toNumber(data.slot)
    const votes = this.#own.get(at) ?? new Map<ValidatorIndex, string>()
    this.#own.set(at, votes.set(toNumber(validatorIndex), contentOf(data)))
    for (const old of this.#own.keys()) if (old < at - WATCHED_SLOTS) this.#own.delete(old)
  }

  #noteSeen(event: unknown): void {
    // Most votes are of others: these are not looked at more closely.
    const validatorIndex = (event as { readonly validator_index?: unknown } | null)?.validator_index
    if (!this.#validators.has(validatorIndex as ValidatorIndex)) return
    const vote = voteShape.safeParse(event).data
    if (vote !== undefined && this.#isForeign(vote)) this.#stop(vote)
  }

  #isForeign(vote: VoteEvent): boolean {
    const ours = this.#own.get(vote.slot)?.get(vote.validator_index)
    // Beside what was signed in this life there can be nothing else of ours, whenever it comes.
    if (ours !== undefined) return ours !== contentOf(dataOf(vote))
    // A life before this one may have voted in the slot in which this one began.
    return vote.slot > this.#firstSlot && vote.slot >= this.#slot - WATCHED_SLOTS
  }

  #stop(vote: VoteEvent): void {
    const { validator_index: validatorIndex, slot: at } = vote
    const signature = new Uint8Array(0)
    const signedAttestation = { message: { validatorIndex, data: dataOf(vote) }, signature }
    this.#parts.validator.tell({
      type: 'foreignVote',
      vote: { validatorIndex, slot: at, signedAttestation },
    })
  }
}

function contentOf({ head, target, source }: AttestationData): string {
  return [head, target, source].map((checkpoint) => `${checkpoint.slot} ${toHex(checkpoint.root)}`).join()
}

function dataOf({ slot: at, head, target, source }: VoteEvent): AttestationData {
  const checkpoint = (named: VoteEvent['head']) => ({ root: fromHex(named.root)!, slot: named.slot })
  return { slot: at, head: checkpoint(head), target: checkpoint(target), source: checkpoint(source) }
}
