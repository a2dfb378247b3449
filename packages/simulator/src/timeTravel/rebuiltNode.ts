import {
  createRandom,
  createReplay,
  type JournalEntry,
  type Message,
  type Ref,
  type Replay,
  type Runnable,
} from '@trine/actors'
import type { StoreStep } from '@trine/chain'
import { type BlockStore, type ServiceName, serviceNames } from '@trine/messages'
import { createSharedPayloadCodec, type PayloadCodec } from '@trine/network'
import { createStarts, type Refused } from '@trine/node'
import { createDisk } from '../disk.ts'
import { createGenesis, type Genesis } from '../genesis.ts'
import type { NodeIndex } from '../scenario.ts'
import { type NodeNote, peerIdOf, validatorsOf } from '../simulatedNode.ts'
import { StateLibrary } from '../stateLibrary.ts'
import { StoreMirror } from '../storeMirror.ts'
import type { JournalHeader } from './journalHeader.ts'
import { type NodeView, viewOf } from './nodeView.ts'
import {
  Refusals,
  rememberingRef,
  silentLedger,
  silentRefs,
  silentSigner,
  silentTransport,
  silentVerifier,
} from './standIns.ts'

/** What the rebuilt nodes of one journal have in common. */
export type RebuiltWorld = {
  readonly header: JournalHeader
  readonly genesis: Genesis
  readonly codec: PayloadCodec
  readonly states: StateLibrary
}

export function createRebuiltWorld(header: JournalHeader): RebuiltWorld {
  const genesis = createGenesis(header.publicKeys)
  const states = new StateLibrary(genesis.genesisRoot, genesis.anchor.state)
  return { header, genesis, codec: createSharedPayloadCodec(header.encoding), states }
}

/** A rebuilt disk answers within the call: there is no time to pass in a replay. */
const AT_ONCE = { enqueue: (task: Runnable) => task.run() }

/** The services of a node from one start of its process to the next. */
type Life = {
  readonly replays: ReadonlyMap<string, Replay<never>>
  readonly refusals: Refusals
  readonly mirror: StoreMirror
}

/** One node, made again from its part of a journal. */
export class RebuiltNode {
  readonly index: NodeIndex
  readonly #world: RebuiltWorld
  readonly #name: string
  readonly #onStoreStep: (step: StoreStep) => void
  #blockStore: BlockStore
  #life: Life | undefined
  #starts = 0
  /** From the monotonic to the node's wall clock. */
  #clockOffset = 0

  constructor(index: NodeIndex, world: RebuiltWorld, onStoreStep: (step: StoreStep) => void) {
    this.index = index
    this.#onStoreStep = onStoreStep
    this.#world = world
    this.#name = peerIdOf(index)
    this.#blockStore = createDisk(world.header.scenario, AT_ONCE)
  }

  /** Takes the next entry of the journal; those of other nodes do nothing. */
  async take(entry: JournalEntry): Promise<void> {
    const { actor, message } = entry
    const [name, service] = actor.split('/')
    if (name !== this.#name) return
    this.#clockOffset = entry.time - entry.monotonic
    if (service === undefined) return this.#takeNote(message as NodeNote, entry)
    if (this.#life === undefined) return
    if (message.type === '$refused') this.#life.refusals.note(service, message as Refused)
    await this.#life.replays.get(service)?.feed(entry)
  }

  /** What the node would have said of itself after the last entry, at a monotonic time. */
  async view(monotonic: number): Promise<NodeView> {
    const { index } = this
    const about = { node: index, starts: this.#starts }
    const life = this.#life
    if (life === undefined) return { ...about, isRunning: false }
    const now = { monotonic, time: monotonic + this.#clockOffset }
    const behaviour = (name: ServiceName) => life.replays.get(name)!.finish(now)
    return { ...about, isRunning: true, ...(await viewOf(behaviour, life.mirror)) }
  }

  async #takeNote(note: NodeNote, entry: JournalEntry): Promise<void> {
    if (note.type === '$booted') {
      this.#starts += 1
      this.#life = this.#begin(entry)
    }
    if (note.type === '$crashed') {
      // Its last message, too, may have written into the store.
      await this.#life?.replays.get('chain')?.finish()
      this.#life = undefined
      if (note.wiped) this.#blockStore = createDisk(this.#world.header.scenario, AT_ONCE)
    }
  }

  #begin(startedAt: JournalEntry): Life {
    const { header, genesis, codec, states } = this.#world
    const { scenario, publicKeys } = header
    const refusals = new Refusals()
    const mirror = new StoreMirror()
    const starts = createStarts(
      {
        ...genesis,
        codec,
        random: createRandom(scenario.seed).split(this.#name),
        transport: silentTransport(this.#name, refusals),
        verifier: silentVerifier,
        blockStore: this.#blockStore,
        duties: {
          signer: silentSigner(validatorsOf(scenario, this.index), publicKeys),
          ledger: silentLedger,
        },
        expectsPeers: scenario.nodes > 1,
        events: { emit: () => {} },
        transition: states.transition,
        onStoreStep: (step) => {
          mirror.take(step)
          this.#onStoreStep(step)
        },
      },
      silentRefs(this.#name),
      <M extends Message>(teller: ServiceName, ref: Ref<M>) => rememberingRef(ref, teller, refusals),
    )
    const replays = serviceNames.map((name) => {
      const replay = createReplay(`${this.#name}/${name}`, starts[name] as never, startedAt)
      return [name, replay as Replay<never>] as const
    })
    return { replays: new Map(replays), refusals, mirror }
  }
}
