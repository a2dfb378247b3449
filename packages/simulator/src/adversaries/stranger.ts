import type { Ref } from '@trine/actors'
import type { GossipReference, RootedBlock, Transport, TransportEvent } from '@trine/messages'
import { type PayloadCodec, topicOf } from '@trine/network'
import { blockRoot, proposerOf } from '@trine/state-transition'
import { bytesEqual, type SignedAttestation, type State, toHex, toNumber } from '@trine/types'
import type { FaultClock } from '../faultClock.ts'
import { millisecondsTo } from '../moment.ts'
import type { Fault } from '../scenario.ts'
import type { StateLibrary } from '../stateLibrary.ts'
import { forgeBlock, wrapBlock } from './forging.ts'

/** Votes kept for later, by validator and slot. */
const VOTES_KEPT = 16_384

/** How long into the slot the stranger publishes its block: before the proposer's own is everywhere. */
const HURRY = 5

type StrangerFault = Extract<Fault, { kind: 'stranger' | 'archive' }>

/** What a peer without any keys is made of. */
export type StrangerParts = {
  readonly transport: Transport
  readonly codec: PayloadCodec
  readonly networkName: string
  readonly clock: FaultClock
  readonly states: StateLibrary
  readonly genesisRoot: Uint8Array
  readonly faults: readonly StrangerFault[]
  readonly slots: number
}

/**
 * A peer that holds no key and yet makes blocks: rules that do not authenticate proposers let it wrap any vote that it
 * heard into one. `stranger` does so in every slot, on the highest block it knows; `archive` keeps the votes that no block
 * has taken, and puts them into one block at the end of its span.
 */
export class Stranger {
  readonly #parts: StrangerParts
  readonly #votes = new Map<string, SignedAttestation>()
  #best: { readonly root: Uint8Array; readonly slot: number }
  blocksPublished = 0

  constructor(parts: StrangerParts) {
    this.#parts = parts
    this.#best = { root: parts.genesisRoot, slot: 0 }
  }

  async start(): Promise<void> {
    const { transport, codec, networkName, faults, slots } = this.#parts
    const events: Ref<TransportEvent> = { name: 'stranger', tell: (event) => this.#receive(event) }
    transport.subscribe(topicOf('block', networkName), {
      deliverAs: 'gossipBlock',
      maxLength: codec.maxBlockLength,
    })
    transport.subscribe(topicOf('attestation', networkName), {
      deliverAs: 'gossipAttestation',
      maxLength: codec.maxAttestationLength,
    })
    await transport.start(events)
    for (const fault of faults) this.#schedule(fault, slots)
  }

  #schedule(fault: StrangerFault, slots: number): void {
    const { clock } = this.#parts
    if (fault.kind === 'archive') {
      const { slot } = fault.to ?? { slot: slots }
      clock.at({ slot, interval: 0 }, () => clock.after(HURRY, () => this.#publishArchive(slot)))
      return
    }
    for (let slot = fault.from.slot; slot < (fault.to?.slot ?? slots); slot++) {
      clock.after(millisecondsTo({ slot, interval: 0 }) - clock.now + HURRY, () => this.#publishEmpty(slot))
    }
  }

  #receive(event: TransportEvent): boolean {
    const { codec } = this.#parts
    if (event.type === 'gossipBlock') {
      const block = codec.decodeBlock(event.payload)
      if (block.ok) this.#keepBlock(block.value)
      return this.#accept(event.gossip)
    }
    if (event.type === 'gossipAttestation') {
      const vote = codec.decodeAttestation(event.payload)
      if (vote.ok) this.#keepVote(vote.value)
      return this.#accept(event.gossip)
    }
    return event.type !== 'requestReceived'
  }

  #accept(gossip: GossipReference): boolean {
    this.#parts.transport.reportVerdict(gossip, 'accept')
    return true
  }

  #keepBlock({ signedBlock, root }: RootedBlock): void {
    const slot = toNumber(signedBlock.message.block.slot)
    if (slot > this.#best.slot && this.#parts.states.get(root)) {
      this.#best = { root: blockRoot(signedBlock.message.block), slot }
    }
  }

  #keepVote(vote: SignedAttestation): void {
    this.#votes.set(`${vote.message.validatorIndex}@${vote.message.data.slot}`, vote)
    if (this.#votes.size > VOTES_KEPT) {
      const [oldest] = this.#votes.keys()
      this.#votes.delete(oldest!)
    }
  }

  #publishEmpty(slot: number): void {
    this.#publish(slot, [])
  }

  /** Votes for targets that the chain passed over: justifying one of them sets the state's justified slot back. */
  #publishArchive(slot: number): void {
    const state = this.#parts.states.get(toHex(this.#best.root))
    if (state === undefined) return
    const old = [...this.#votes.values()].filter(({ message }) => isPassedOver(message.data, state))
    this.#publish(slot, old)
  }

  #publish(slot: number, votes: readonly SignedAttestation[]): void {
    const { states, codec, transport, networkName } = this.#parts
    const parentState = states.get(toHex(this.#best.root))
    if (parentState === undefined || slot <= this.#best.slot) return
    const proposer = proposerOf(slot, parentState.validators.length)
    const wrapper = [...this.#votes.values()].findLast(({ message }) => message.validatorIndex !== proposer)
    const attestations = votes.map(({ message }) => message)
    const block = forgeBlock(parentState, this.#best.root, slot, attestations)
    if (wrapper === undefined || block === undefined) return
    const payload = codec.encodeBlock(wrapBlock(block, votes, wrapper))
    this.blocksPublished += 1
    const ignored = { answer: () => true, refuse: () => true, isOpen: true }
    transport.publish(topicOf('block', networkName), payload, ignored)
  }
}

function isPassedOver({ source, target }: SignedAttestation['message']['data'], state: State): boolean {
  const { justifiedSlots, historicalBlockHashes } = state
  const [sourceSlot, targetSlot] = [toNumber(source.slot), toNumber(target.slot)]
  if (targetSlot >= justifiedSlots.bitLen || targetSlot <= sourceSlot) return false
  return (
    justifiedSlots.get(sourceSlot) &&
    !justifiedSlots.get(targetSlot) &&
    bytesEqual(historicalBlockHashes.getReadonly(sourceSlot), source.root) &&
    bytesEqual(historicalBlockHashes.getReadonly(targetSlot), target.root)
  )
}
