import type { ActorContext, Behaviour } from '@trine/actors'
import type { ChainMessage, Tick } from '@trine/messages'
import { PRESET, type RootHex, SECONDS_PER_INTERVAL, type Slot } from '@trine/types'
import type { ChainParts } from './parts.ts'
import type { EarlierLife } from './recovery.ts'
import { restore } from './restore.ts'
import { createRooms, type Rooms } from './rooms.ts'

const { intervalsPerSlot } = PRESET

/** Hands each message to the room that it is for, and does after each what is due: one import, what is to be written and told. */
export class ChainService implements Behaviour<ChainMessage> {
  readonly #context: ActorContext<ChainMessage>
  readonly #parts: ChainParts
  readonly #rooms: Rooms
  #slot: Slot | undefined
  /** The head whose state was last asked for. */
  #requestedState: RootHex | undefined

  constructor(context: ActorContext<ChainMessage>, parts: ChainParts, anchor: ChainParts['anchor']) {
    this.#context = context
    this.#parts = parts
    this.#rooms = createRooms(context, parts, anchor)
    parts.onStoreStep?.({ type: 'anchor', anchor })
  }

  /** To be called once, before the first message. */
  begin(): this {
    const { announcer, store } = this.#rooms
    const { validatorCount } = store
    this.#parts.events.emit({ type: 'chainStarted', ...announcer.heads, validatorCount })
    announcer.tellStatus()
    return this
  }

  /** Takes up an earlier life of the service, before it begins. */
  restore(earlier: EarlierLife): Promise<void> {
    return restore(this.#rooms, earlier, (time) => this.#advanceTo(time))
  }

  receive(message: ChainMessage): void {
    this.#handle(message)
    this.#work()
  }

  idle(): boolean {
    return this.#rooms.verification.flush()
  }

  #handle(message: ChainMessage): void {
    const { pipeline, voteImport, verification, writer, replay } = this.#rooms
    switch (message.type) {
      case 'tick':
        return this.#tick(message)
      case 'signaturesVerified':
        verification.finish(message)
        return pipeline.verifyMore()
      case 'batchWritten':
        return writer?.finish(message)
      case 'storedBlockRead':
        return replay.takeBlock(message)
      case 'workOn':
        return
      case 'ownBlock':
        return pipeline.receive(message.block, { from: 'own' })
      case 'ownAttestation':
        return voteImport.receiveOwn(message.signedAttestation)
      case 'block':
        return pipeline.receive(message.block, message.origin)
      case 'attestation':
        return voteImport.receive(message.signedAttestation, message.gossip)
      default:
        return this.#answer(message)
    }
  }

  #answer(question: Extract<ChainMessage, { readonly reply: unknown }>): void {
    const { duties, views, evidence } = this.#rooms
    switch (question.type) {
      case 'buildBlock':
        return this.#buildBlock(question)
      case 'getAttestationData':
        question.reply.answer(duties.attestationData(question.slot))
        return
      case 'findUnknown':
        question.reply.answer(views.unknown(question.roots))
        return
      case 'getBlock':
        return views.answerBlock(question.id, question.reply)
      case 'getState':
        return views.answerState(question.id, question.reply)
      case 'getChain':
        question.reply.answer(views.chain())
        return
      case 'getForkChoice':
        question.reply.answer(views.forkChoice())
        return
      case 'getEvidence':
        question.reply.answer(evidence.all())
    }
  }

  #buildBlock({ slot, validatorIndex, reply }: Extract<ChainMessage, { readonly type: 'buildBlock' }>): void {
    const { duties, announcer } = this.#rooms
    const { scheduler } = this.#context
    const began = scheduler.monotonic()
    const built = duties.buildBlock(slot, validatorIndex)
    const outcome = built.ok ? 'built' : 'failed'
    const reason = built.ok ? '' : built.error.message
    const attestations = built.ok ? built.value.block.body.attestations.length : 0
    const time = scheduler.monotonic() - began
    this.#parts.events.emit({
      type: 'blockBuilding',
      slot,
      validatorIndex,
      outcome,
      reason,
      attestations,
      time,
    })
    reply.answer(built)
    // New votes were accepted for it.
    announcer.announce()
  }

  #tick({ slot, interval }: Tick): void {
    const { announcer, ledger, pipeline, voteImport, neighbours, writer, verification } = this.#rooms
    this.#advanceTo(slot * intervalsPerSlot + interval)
    announcer.announce()
    // What could not be made then may be made now.
    this.#requestedState = undefined
    if (slot !== this.#slot) {
      this.#slot = slot
      ledger.begin(slot)
      pipeline.slotBegan(slot)
      voteImport.slotBegan(slot)
    }
    neighbours.flush()
    writer?.tick()
    verification.flush()
  }

  /** Moves the store's clock on, interval by interval, those included that had no tick. */
  #advanceTo(time: number): void {
    const { store } = this.#rooms
    if (time <= store.time) return
    store.onTick(store.genesisTime + time * SECONDS_PER_INTERVAL, false)
    this.#parts.onStoreStep?.({ type: 'tick', time })
  }

  /** What is due after every message. */
  #work(): void {
    const { pipeline, replay, importer, states, announcer, writer } = this.#rooms
    if (pipeline.hasWork) pipeline.work()
    if (replay.hasWork) replay.work()
    if (states.isOverfull) importer.trimStates()
    const { root } = announcer.heads.head
    if (!states.has(root) && root !== this.#requestedState) {
      // The next proposal will need it at once.
      this.#requestedState = root
      replay.request(root, () => {})
    }
    writer?.flush()
    announcer.tellStatus()
    if (pipeline.hasWork || replay.hasWork) this.#context.self.tell({ type: 'workOn' })
  }
}
