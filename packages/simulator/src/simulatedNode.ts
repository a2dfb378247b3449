import {
  createSkewedScheduler,
  type Journal,
  type Random,
  type Scheduler,
  type SkewedScheduler,
} from '@trine/actors'
import type { FinalMark, StoreStep } from '@trine/chain'
import type { BlockStore, KeyLedger, NodeEvent, PeerId, Signer, Transport, Verifier } from '@trine/messages'
import type { PayloadCodec } from '@trine/network'
import { createNode, type LeanNode, type ValidatorOutlets } from '@trine/node'
import type { MemoryNetwork } from '@trine/transport-memory'
import { failure, success, type ValidatorIndex } from '@trine/types'
import { MemoryLedger } from '@trine/validator'
import { createDisk } from './disk.ts'
import type { Genesis } from './genesis.ts'
import type { NodeMonitor } from './monitor.ts'
import type { NodeIndex, Scenario } from './scenario.ts'
import type { SignatureKit } from './signatures.ts'
import type { StateLibrary } from './stateLibrary.ts'

/** What all nodes of a simulated network have in common. */
export type NodeWorld = Genesis & {
  readonly scenario: Scenario
  readonly scheduler: Scheduler
  readonly random: Random
  readonly network: MemoryNetwork
  readonly codec: PayloadCodec
  readonly kit: SignatureKit
  readonly states: StateLibrary
  readonly journal: Journal
  /** Told every signature that a node makes in duty. */
  readonly onSigned: (validatorIndex: ValidatorIndex, epoch: number, message: Uint8Array) => void
  readonly onStoreStep?: ((node: NodeIndex, step: StoreStep) => void) | undefined
  readonly onFinalized?: ((node: NodeIndex, mark: FinalMark) => void) | undefined
}

/** What a journal says of a node itself: it starts, for the first time or again; it is killed, perhaps with its disk. */
export type NodeNote = typeof BOOTED | { readonly type: '$crashed'; readonly wiped: boolean }
const BOOTED = { type: '$booted' } as const

/** A node with what survives its crashes: its ledger and its blocks. */
export class SimulatedNode {
  readonly index: NodeIndex
  readonly peerId: PeerId
  readonly monitor: NodeMonitor
  readonly validators: readonly ValidatorIndex[]
  /** True when a fault makes this node lie: what is promised to honest nodes is not checked for it. */
  readonly isAdversary: boolean
  readonly #world: NodeWorld
  readonly #interpose: (outlets: ValidatorOutlets) => ValidatorOutlets
  readonly #scheduler: SkewedScheduler
  #ledger: KeyLedger = new MemoryLedger()
  #blockStore: BlockStore
  #transport: Transport
  #node: LeanNode | undefined
  #hasRun = false

  constructor(
    index: NodeIndex,
    world: NodeWorld,
    monitor: NodeMonitor,
    isAdversary: boolean,
    interpose: (outlets: ValidatorOutlets) => ValidatorOutlets,
  ) {
    this.index = index
    this.peerId = peerIdOf(index)
    this.monitor = monitor
    this.isAdversary = isAdversary
    this.#world = world
    this.#interpose = interpose
    this.#scheduler = createSkewedScheduler(world.scheduler, 0)
    this.#blockStore = createDisk(world.scenario, world.scheduler)
    // Before it runs for the first time: others can be told to dial it.
    this.#transport = world.network.createTransport(this.peerId)
    this.validators = validatorsOf(world.scenario, index)
  }

  /** The running node; undefined while it is down. */
  get node(): LeanNode | undefined {
    return this.#node
  }

  async start(): Promise<void> {
    if (this.#node !== undefined) return
    const { scenario, random, onStoreStep, onFinalized, ...world } = this.#world
    this.#note(BOOTED)
    this.#hasRun = true
    this.#node = createNode({
      ...world,
      name: this.peerId,
      scheduler: this.#scheduler,
      random: random.split(this.peerId),
      transport: this.#transport,
      verifier: this.#verifier(),
      blockStore: this.#blockStore,
      duties: { signer: this.#signer(), ledger: this.#ledger },
      expectsPeers: scenario.nodes > 1,
      events: this.isAdversary ? { emit: (event) => this.#insist(event) } : this.monitor,
      transition: world.states.transition,
      onBuilt: world.states.note,
      onStoreStep: onStoreStep && ((step) => onStoreStep(this.index, step)),
      onFinalized: onFinalized && ((mark) => onFinalized(this.index, mark)),
      interpose: this.#interpose,
    })
    await this.#node.start()
  }

  /** Kills the process, if it runs; with `wipe` its disk as well, but never its ledger. */
  crash(wipe: boolean): void {
    const isDown = this.#node === undefined
    if (isDown && (!wipe || !this.#hasRun)) return
    this.#note({ type: '$crashed', wiped: wipe })
    if (!isDown) this.#kill()
    if (wipe) this.#blockStore = createDisk(this.#world.scenario, this.#world.scheduler)
  }

  #kill(): void {
    this.#world.network.crash(this.peerId)
    this.#node?.kill()
    this.#node = undefined
    this.#transport = this.#world.network.createTransport(this.peerId)
  }

  shiftClock(milliseconds: number): void {
    this.#scheduler.shift(milliseconds)
  }

  /** Takes down in the journal what happened to the node as a whole. */
  #note(message: NodeNote): void {
    const { journal } = this.#world
    journal.record(this.#scheduler.now(), this.peerId, message, this.#scheduler.monotonic())
  }

  /** An adversary goes on when its node warns that its keys sign twice. */
  #insist(event: NodeEvent): void {
    this.monitor.emit(event)
    if (event.type !== 'dutiesPaused') return
    const reply = { answer: () => true, refuse: () => true, isOpen: true }
    this.#node?.refs.validator.tell({ type: 'resumeDuties', reply })
  }

  /** Verifies at once and answers when a real verifier would be done. */
  #verifier(): Verifier {
    const { kit, scheduler, scenario } = this.#world
    return {
      verify: (items, reply) => {
        const verdicts = kit.verify(items)
        scheduler.after(items.length * scenario.costs.verify, () => reply.answer(verdicts))
      },
    }
  }

  #signer(): Signer {
    const { kit, scheduler, scenario, onSigned } = this.#world
    return {
      validators: this.validators,
      publicKeyOf: (index) => (this.validators.includes(index) ? kit.publicKeys[index] : undefined),
      sign: (request, reply) => {
        onSigned(request.validatorIndex, request.epoch, request.message)
        const signature = kit.sign(request)
        const message = `epoch ${request.epoch} is outside the key's life`
        const outcome =
          signature === undefined
            ? failure({ code: 'EPOCH_OUT_OF_RANGE' as const, message })
            : success(signature)
        scheduler.after(scenario.costs.sign, () => reply.answer(outcome))
      },
    }
  }
}

/** The validators whose keys a node holds. */
export function validatorsOf({ nodes, validators }: Scenario, node: NodeIndex): ValidatorIndex[] {
  const all = Array.from({ length: validators }, (_, validator) => validator)
  return all.filter((validator) => validator % nodes === node)
}

export function peerIdOf(index: NodeIndex): PeerId {
  return `node-${index}`
}
