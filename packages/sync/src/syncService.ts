import { type Behaviour, Outbox, type Start, type Supervise, type Timer } from '@trine/actors'
import type {
  ChainStatus,
  NetworkMessageFrom,
  RequestId,
  SyncMessage,
  SyncView,
  Tick,
  ValidatorMessageFrom,
} from '@trine/messages'
import type { Slot } from '@trine/types'
import { Backfill } from './backfill.ts'
import { CatchUp } from './catchUp.ts'
import { defaultLimits, type SyncLimits } from './limits.ts'
import type { SyncContext, SyncParts } from './parts.ts'
import { StateKeeper } from './stateKeeper.ts'
import { SyncPeers } from './syncPeers.ts'

/** Name of the timer that wakes the service when something is due; other timers are the state machine's. */
const WORK = 'work'

/** Messages kept for a neighbour that takes none. */
const OUTBOX_CAPACITY = 4096

/** Statuses asked for per slot while syncing. */
const STATUSES_PER_SLOT = 4

/**
 * The SyncService: finds out how far behind the node is, fetches what is missing and hands it to the chain. Messages,
 * lanes and senders: @trine/messages.
 */
export function createSync(parts: SyncParts): Start<SyncMessage> {
  let lastRequestId = 0
  const nextRequestId = () => {
    lastRequestId += 1
    return lastRequestId
  }
  return (context) => new SyncService(context, parts, nextRequestId)
}

/** Nobody tells again what a fresh state would lack, so a failure costs its message only. */
export const superviseSync: Supervise<SyncMessage> = ({ phase }) =>
  phase === 'receive' ? 'resume' : 'restart'

class SyncService implements Behaviour<SyncMessage> {
  readonly #context: SyncContext
  readonly #parts: SyncParts
  readonly #limits: SyncLimits
  readonly #network: Outbox<NetworkMessageFrom<'sync'>>
  readonly #validator: Outbox<ValidatorMessageFrom<'sync'>>
  readonly #peers: SyncPeers
  readonly #catchUp: CatchUp
  readonly #backfill: Backfill | undefined
  readonly #state: StateKeeper
  #slot: Slot | undefined
  #headSlot: Slot
  /** The clock was heard before the chain, which may still be reading what it has. */
  #isExpecting = false
  #workTimer: Timer | undefined
  #workAt = Number.POSITIVE_INFINITY

  constructor(context: SyncContext, parts: SyncParts, nextRequestId: () => RequestId) {
    const limits = { ...defaultLimits, ...parts.limits }
    const { chain, heads } = parts
    this.#context = context
    this.#parts = parts
    this.#limits = limits
    this.#network = new Outbox(parts.network, OUTBOX_CAPACITY)
    this.#validator = new Outbox(parts.validator, OUTBOX_CAPACITY)
    this.#peers = new SyncPeers(limits, parts.random)
    const [network, peers] = [this.#network, this.#peers]
    this.#catchUp = new CatchUp({ context, chain, network, limits, peers, nextRequestId })
    this.#catchUp.onChain(heads.head, heads.finalized)
    const { history, events } = parts
    const backfillParts = history && { ...history, context, network, events, limits, peers, nextRequestId }
    this.#backfill = backfillParts && new Backfill(backfillParts)
    this.#state = new StateKeeper(context, limits, () => this.#tellState())
    this.#headSlot = heads.head.slot
  }

  receive(message: SyncMessage): void {
    const now = this.#context.scheduler.monotonic()
    switch (message.type) {
      case 'tick':
        return this.#onTick(message, now)
      case 'timerFired':
        return this.#onTimer(message.timer)
      case 'chainStatus':
        return this.#onChain(message)
      case 'peerStatus':
        this.#catchUp.onClaim(this.#peers.tell(message.peerId, message.status, this.#slot ?? 0), now)
        return this.#assess()
      case 'peerGone':
        this.#catchUp.onPeerGone(message.peerId, now)
        this.#backfill?.onPeerGone(message.peerId, now)
        this.#peers.remove(message.peerId)
        return this.#assess()
      case 'unknownFound':
        return this.#catchUp.onUnknownFound(message.jobId, message.outcome, now)
      case 'missingBlocks':
        return this.#catchUp.onNamed(message.roots, message.peerId, now)
      case 'blockImported':
        return this.#catchUp.onImported(message.block)
      case 'blockRefused':
        return this.#catchUp.onRefused(message, now)
      case 'blockReceived':
        return this.#receiverOf(message.requestId).onReceived(
          message.requestId,
          message.peerId,
          message.block,
          now,
        )
      case 'blocksEnded':
        return this.#receiverOf(message.requestId).onEnded(message, now)
      case 'historyRead':
        return this.#backfill?.onRead(message, now)
      case 'historyVerified':
        return this.#backfill?.onVerified(message, now)
      case 'historyWritten':
        return this.#backfill?.onWritten(message, now)
      case 'getSync':
        message.reply.answer(this.#view())
        return
    }
  }

  /** What messages brought about is done when none is left: in one go, and with all that is known. */
  idle(): boolean {
    const now = this.#context.scheduler.monotonic()
    const next = Math.min(this.#catchUp.run(now), this.#runBackfill(now))
    if (next < this.#workAt) {
      this.#workTimer?.cancel()
      this.#workTimer = this.#context.after(next - now, { type: 'timerFired', timer: WORK })
      this.#workAt = next
    }
    return true
  }

  /** What is missing at the head comes first. */
  #runBackfill(now: number): number {
    const isQuiet = this.#state.state === 'synced' && this.#catchUp.openRequests === 0
    return this.#backfill !== undefined && isQuiet ? this.#backfill.run(now) : Number.POSITIVE_INFINITY
  }

  #receiverOf(requestId: RequestId): CatchUp | Backfill {
    return this.#backfill?.owns(requestId) ? this.#backfill : this.#catchUp
  }

  #onTimer(timer: string): void {
    if (timer !== WORK) return this.#state.onTimer(timer)
    this.#workTimer = undefined
    this.#workAt = Number.POSITIVE_INFINITY
  }

  #onTick({ slot }: Tick, now: number): void {
    const isNewSlot = slot !== this.#slot
    const isFirst = this.#slot === undefined
    this.#slot = slot
    this.#network.flush()
    this.#validator.flush()
    this.#catchUp.onTick(slot, now)
    if (isNewSlot) {
      // Heads that were in the future, or that could not be had, may be looked for now.
      for (const peer of this.#peers.all()) this.#catchUp.onClaim(peer, now)
      this.#refreshStatuses(slot)
    }
    const isFarBehindClock = slot - this.#headSlot > this.#limits.farDistance
    if (isFirst && this.#parts.expectsPeers && isFarBehindClock) {
      this.#isExpecting = true
      this.#state.expectPeers()
    }
    if (isNewSlot) this.#assess()
  }

  #onChain({ head, finalized }: ChainStatus): void {
    this.#headSlot = head.slot
    const isNear = this.#slot !== undefined && this.#slot - head.slot <= this.#limits.farDistance
    if (this.#isExpecting && isNear) this.#state.expectNobody()
    this.#isExpecting = false
    this.#catchUp.onChain(head, finalized)
    this.#backfill?.onFinalized(finalized.slot)
    this.#assess()
  }

  #assess(): void {
    // Without a clock nobody can say what is far.
    if (this.#slot === undefined) return
    const headSlot = this.#headSlot
    const claims = this.#peers.claims(this.#slot, headSlot, (root) => this.#catchUp.hasImported(root))
    this.#state.assess({ slot: this.#slot, headSlot, claims, progress: this.#catchUp.progress })
  }

  /** Asks those whose status is old for it again, by turns: who does not answer keeps nobody from it. */
  #refreshStatuses(slot: Slot): void {
    const isSyncing = this.#state.state === 'syncing'
    const age = isSyncing ? this.#limits.statusAgeSyncing : this.#limits.statusAge
    const old = [...this.#peers.all()].filter(({ askedSlot }) => slot - askedSlot >= age)
    old.sort((left, right) => left.askedSlot - right.askedSlot)
    for (const peer of old.slice(0, isSyncing ? STATUSES_PER_SLOT : 1)) {
      peer.askedSlot = slot
      this.#network.tell({ type: 'refreshStatus', peerId: peer.peerId })
    }
  }

  #tellState(): void {
    const { state, targetSlot } = this.#state
    const news = { type: 'syncState', state, headSlot: this.#headSlot, targetSlot } as const
    this.#validator.tell(news)
    this.#parts.events.emit(news)
  }

  #view(): SyncView {
    const now = this.#context.scheduler.monotonic()
    return {
      state: this.#state.state,
      headSlot: this.#headSlot,
      targetSlot: this.#state.targetSlot,
      missingRoots: this.#catchUp.missing,
      openRequests: this.#catchUp.openRequests,
      peers: [...this.#peers.all()].map(({ peerId, headSlot, restsUntil }) => ({
        peerId,
        headSlot,
        isUseful: restsUntil <= now,
      })),
    }
  }
}
