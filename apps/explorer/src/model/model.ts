import type {
  DutyOutcome,
  Mailbox,
  ModelEvent,
  OwnValidator,
  Peer,
  Reference,
  Root,
  VoteContent,
  VoteOrigin,
} from './events.ts'
import { VoteBook } from './voteBook.ts'

export type Block = Reference & {
  readonly parentRoot: Root
  readonly proposerIndex: number
  readonly votes: number | undefined
  readonly origin: 'gossip' | 'request' | 'own' | 'stored'
  /** When it was imported, in ticks. */
  readonly heardAt: number
}

/** Something changed to this at a tick. */
export type Change = Reference & { readonly at: number }

export type Equivocation = Extract<ModelEvent, { type: 'equivocation' }> & { readonly at: number }
export type Reorg = Extract<ModelEvent, { type: 'reorg' }> & { readonly at: number }
export type Notice = Extract<ModelEvent, { type: 'notice' }> & { readonly at: number; count: number }
export type Setup = Extract<ModelEvent, { type: 'setup' }>
export type SyncStatus = Omit<Extract<ModelEvent, { type: 'sync' }>, 'type'>

const KEPT_SLOTS = 8192
const KEPT_CHANGES = 20_000
const KEPT_NOTICES = 100
const KEPT_DUTIES = 64

const NO_SETUP: Setup = {
  type: 'setup',
  name: '',
  validatorCount: 0,
  ticksPerSlot: 4,
  genesisTime: undefined,
  millisecondsPerTick: 1000,
}

/**
 * What is known of one node at one moment. It is told events and never asks; views are computed from it elsewhere.
 * Everything in it is bounded. `version` grows with every event, `structure` when blocks or the head change.
 */
export class Model {
  version = 0
  structure = 0
  setup: Setup = NO_SETUP
  tick = -1
  head: Reference | undefined
  safeTarget: Reference | undefined
  justified: Reference | undefined
  finalized: Reference | undefined
  sync: SyncStatus | undefined
  dutiesPaused: string | undefined
  readonly blocks = new Map<Root, Block>()
  readonly blocksBySlot = new Map<number, Block[]>()
  readonly votes = new VoteBook()
  readonly heads: Change[] = []
  readonly justifications: Change[] = []
  readonly finalizations: Change[] = []
  readonly justifiedRoots = new Set<Root>()
  readonly equivocations: Equivocation[] = []
  readonly reorgs: Reorg[] = []
  readonly notices: Notice[] = []
  readonly duties = new Map<number, DutyOutcome[]>()
  ownValidators: readonly OwnValidator[] = []
  readonly peers = new Map<string, Peer>()
  mailboxes: readonly Mailbox[] = []
  toldWeights: ReadonlyMap<Root, number> = new Map()
  /** First slot that was lived through from its beginning: earlier ones say nothing about who was missing. */
  watchedFrom = 0
  readonly #references = new Map<Root, Reference>()
  #chain:
    | { readonly structure: number; readonly roots: Set<Root>; readonly bySlot: Map<number, Block> }
    | undefined

  get slot(): number {
    return Math.floor(this.tick / this.setup.ticksPerSlot)
  }

  /** The part of the slot, from 0. */
  get interval(): number {
    return this.tick < 0 ? 0 : this.tick % this.setup.ticksPerSlot
  }

  get validatorCount(): number {
    return this.setup.validatorCount
  }

  /** Votes that justify: two thirds, rounded up. */
  get needed(): number {
    return this.setup.rules?.needed ?? Math.ceil((2 * this.validatorCount) / 3)
  }

  /** The head and its ancestors, as far down as they are known. */
  get chain(): { readonly roots: ReadonlySet<Root>; readonly bySlot: ReadonlyMap<number, Block> } {
    if (this.#chain?.structure === this.structure) return this.#chain
    const chain = { structure: this.structure, roots: new Set<Root>(), bySlot: new Map<number, Block>() }
    let block = this.head && this.blocks.get(this.head.root)
    for (; block !== undefined && !chain.roots.has(block.root); block = this.blocks.get(block.parentRoot)) {
      chain.roots.add(block.root)
      chain.bySlot.set(block.slot, block)
    }
    this.#chain = chain
    return chain
  }

  /** The slot of the oldest block kept: of slots before it nothing can be said. */
  get firstSlot(): number {
    // Blocks come oldest first, and are forgotten in the same order.
    for (const slot of this.blocksBySlot.keys()) return slot
    return Number.POSITIVE_INFINITY
  }

  apply(event: ModelEvent): void {
    this.version += 1
    switch (event.type) {
      case 'setup':
        this.setup = event
        return
      case 'tick':
        return this.#tick(event.tick)
      case 'block':
        return this.#block(event)
      case 'head':
        return this.#moveHead(event.head)
      case 'safeTarget':
        this.safeTarget = this.#intern(event.safeTarget)
        return
      case 'justified':
        return this.#justify(event.checkpoint)
      case 'finalized':
        return this.#finalize(event.checkpoint)
      case 'vote':
        return this.#vote(event.vote, event.origin, event.at ?? this.tick)
      case 'watched':
        this.watchedFrom = event.from
        return
      case 'weights':
        this.toldWeights = event.weights
        return
      default:
        return this.#applyOther(event)
    }
  }

  #applyOther(event: ModelEvent): void {
    if (event.type === 'equivocation') return this.#equivocation(event)
    if (event.type === 'reorg') push(this.reorgs, { ...event, at: this.tick }, KEPT_DUTIES)
    else if (event.type === 'duty') {
      const duties = this.duties.get(event.duty.validatorIndex) ?? []
      duties.unshift(event.duty)
      duties.length = Math.min(duties.length, KEPT_DUTIES)
      this.duties.set(event.duty.validatorIndex, duties)
    } else if (event.type === 'dutiesPaused') this.dutiesPaused = event.reason
    else if (event.type === 'ownValidators') this.ownValidators = event.validators
    else if (event.type === 'peers') {
      this.peers.clear()
      for (const peer of event.peers) this.peers.set(peer.peerId, peer)
    } else if (event.type === 'peer') this.#peer(event.peer)
    else if (event.type === 'mailboxes') this.mailboxes = event.mailboxes
    else if (event.type === 'sync') this.sync = event
    else if (event.type === 'notice') this.#notice(event)
  }

  #tick(tick: number): void {
    if (tick <= this.tick) return
    if (this.tick < 0) this.watchedFrom = Math.ceil(tick / this.setup.ticksPerSlot)
    const isNewSlot = Math.floor(tick / this.setup.ticksPerSlot) !== this.slot
    this.tick = tick
    if (isNewSlot) this.#prune()
  }

  #block(event: Extract<ModelEvent, { type: 'block' }>): void {
    const { parentRoot, proposerIndex, votes, origin } = event
    const { root, slot } = this.#intern(event.block)
    if (this.blocks.has(root)) return
    const block = { root, slot, parentRoot, proposerIndex, votes, origin, heardAt: event.at ?? this.tick }
    this.blocks.set(root, block)
    const inSlot = this.blocksBySlot.get(slot)
    if (inSlot === undefined) this.blocksBySlot.set(slot, [block])
    else inSlot.push(block)
    this.structure += 1
  }

  #moveHead(told: Reference): void {
    const head = this.#intern(told)
    if (head.root === this.head?.root) return
    this.head = head
    push(this.heads, { ...head, at: this.tick }, KEPT_CHANGES)
    this.structure += 1
  }

  #justify(told: Reference): void {
    const checkpoint = this.#intern(told)
    if (this.justified?.root === checkpoint.root) return
    this.justified = checkpoint
    this.justifiedRoots.add(checkpoint.root)
    push(this.justifications, { ...checkpoint, at: this.tick }, KEPT_CHANGES)
  }

  #finalize(told: Reference): void {
    const checkpoint = this.#intern(told)
    if (this.finalized?.root === checkpoint.root) return
    this.finalized = checkpoint
    this.justifiedRoots.add(checkpoint.root)
    push(this.finalizations, { ...checkpoint, at: this.tick }, KEPT_CHANGES)
  }

  #vote(told: VoteContent, origin: VoteOrigin, heardAt: number): void {
    const { validatorIndex, slot } = told
    const vote = {
      validatorIndex,
      slot,
      head: this.#intern(told.head),
      target: this.#intern(told.target),
      source: told.source && this.#intern(told.source),
    }
    if (this.votes.add(vote, origin, heardAt)) return
    this.#equivocation({ type: 'equivocation', kind: 'twoVotes', validatorIndex, slot, isProof: true })
  }

  #equivocation(event: Extract<ModelEvent, { type: 'equivocation' }>): void {
    const { kind, validatorIndex, slot } = event
    const isKnown = this.equivocations.some(
      (known) => known.kind === kind && known.validatorIndex === validatorIndex && known.slot === slot,
    )
    if (!isKnown) push(this.equivocations, { ...event, at: this.tick }, 1000)
  }

  #peer(told: Partial<Peer> & { readonly peerId: string }): void {
    const unknown: Peer = {
      peerId: told.peerId,
      direction: 'unknown',
      score: undefined,
      dialect: undefined,
      latency: undefined,
      headSlot: undefined,
      finalizedSlot: undefined,
      isConnected: true,
    }
    this.peers.set(told.peerId, { ...(this.peers.get(told.peerId) ?? unknown), ...told })
    if (this.peers.size <= 1024) return
    const gone =
      [...this.peers.values()].find(({ isConnected }) => !isConnected) ?? [...this.peers.values()][0]!
    this.peers.delete(gone.peerId)
  }

  #notice(event: Extract<ModelEvent, { type: 'notice' }>): void {
    const former = this.notices.at(-1)
    if (former?.text === event.text) {
      former.count += 1
      return
    }
    push(this.notices, { ...event, at: this.tick, count: 1 }, KEPT_NOTICES)
  }

  /** One object per block name, however many votes speak of it. */
  #intern(reference: Reference): Reference {
    const known = this.#references.get(reference.root)
    if (known !== undefined) return known
    const made = { root: reference.root, slot: reference.slot }
    this.#references.set(made.root, made)
    return made
  }

  #prune(): void {
    this.votes.prune(this.slot)
    const first = this.slot - KEPT_SLOTS
    if (first <= 0 || this.slot % 256 !== 0) return
    for (const [root, { slot }] of this.#references) {
      if (slot < first) this.#references.delete(root)
    }
    for (const [slot, blocks] of this.blocksBySlot) {
      if (slot >= first) continue
      for (const { root } of blocks) {
        this.blocks.delete(root)
        this.justifiedRoots.delete(root)
      }
      this.blocksBySlot.delete(slot)
    }
  }
}

function push<T>(list: T[], item: T, most: number): void {
  list.push(item)
  if (list.length > most) list.splice(0, Math.ceil(most / 10))
}
