import type { Outbox } from '@trine/actors'
import type { NetworkMessageFrom, PeerId, RequestId, SyncMessage } from '@trine/messages'
import type { RootHex, Slot } from '@trine/types'
import type { SyncLimits } from './limits.ts'
import type { SyncPeer, SyncPeers } from './syncPeers.ts'
import { canServe, MOST_SOURCES, newWish, type Wish } from './wish.ts'

type BlocksEnded = Extract<SyncMessage, { type: 'blocksEnded' }>

type OpenRequest = {
  readonly requestId: RequestId
  readonly peer: SyncPeer
  readonly asked: number
  /** What did not come yet and is still wanted. */
  readonly wishes: Map<RootHex, Wish>
  /** When it was sent, or brought its last block. */
  lastSign: number
  readonly deadline: number
  received: number
  /** It was sent because another was late. */
  readonly isHedge: boolean
}

/** What the network owes an end to is given up on so long after its deadline. */
const GRACE = 5_000

/** A guess, before any block came. */
const FIRST_BLOCK_BYTES = 32_768

export type FetcherParts = {
  readonly limits: SyncLimits
  readonly peers: SyncPeers
  readonly network: Outbox<NetworkMessageFrom<'sync'>>
  readonly nextRequestId: () => RequestId
}

/** Gets blocks from peers: whom to ask for what, again and elsewhere when nothing comes. */
export class Fetcher {
  readonly #parts: FetcherParts
  readonly #wishes = new Map<RootHex, Wish>()
  readonly #requests = new Map<RequestId, OpenRequest>()
  /** Roots of which all say that they have them not, or nobody says anything. */
  #givenUp: RootHex[] = []
  meanBlockBytes = FIRST_BLOCK_BYTES

  constructor(parts: FetcherParts) {
    this.#parts = parts
  }

  get openRequests(): number {
    return this.#requests.size
  }

  /** Whether a request was sent from here and is open. */
  has(requestId: RequestId): boolean {
    return this.#requests.has(requestId)
  }

  /** Looks for a block, once it is confirmed; who is named as a source is asked first. */
  want(root: RootHex, slot: Slot | undefined, sources: readonly PeerId[]): void {
    this.#wishes.set(root, newWish(root, slot, sources))
  }

  /** The chain lacks the block, so it may be asked for; not from who `failed` before, at first. */
  confirm(root: RootHex, failed?: PeerId): void {
    const wish = this.#wishes.get(root)
    if (wish === undefined) return
    wish.restsUntil = 0
    if (failed !== undefined) wish.tried.add(failed)
  }

  /** Another peer named a wanted block. */
  addSource(root: RootHex, peerId: PeerId): void {
    const wish = this.#wishes.get(root)
    if (wish !== undefined && wish.sources.size < MOST_SOURCES) wish.sources.add(peerId)
  }

  /** A block is not wanted any more; requests that are left without any are given up. */
  forget(root: RootHex): void {
    const wish = this.#wishes.get(root)
    if (wish === undefined) return
    this.#wishes.delete(root)
    if (wish.open === 0) return
    for (const request of [...this.#requests.values()]) {
      if (!request.wishes.delete(root) || request.wishes.size > 0) continue
      this.#close(request)
      if (request.received === request.asked) continue
      this.#parts.network.tell({ type: 'cancelBlocks', requestId: request.requestId })
    }
  }

  /** A block came: the wish that it fulfils, undefined when it is not wanted (any more). */
  onReceived(requestId: RequestId, root: RootHex, bytes: number, now: number): Wish | undefined {
    this.meanBlockBytes += (bytes - this.meanBlockBytes) / 8
    const request = this.#requests.get(requestId)
    if (request === undefined) return undefined
    request.received += 1
    request.lastSign = now
    const { peers } = this.#parts
    peers.noteSuccess(request.peer)
    const wish = this.#wishes.get(root)
    if (wish === undefined) return undefined
    if (wish.open === 1) peers.noteInTime(request.peer)
    if (request.isHedge) this.#noteOvertaken(request, root)
    this.forget(root)
    return wish
  }

  #noteOvertaken(by: OpenRequest, root: RootHex): void {
    for (const request of this.#requests.values()) {
      if (request !== by && request.wishes.has(root)) this.#parts.peers.noteLate(request.peer)
    }
  }

  /** A request is over: what it did not bring is looked for elsewhere. */
  onEnded({ requestId, outcome }: Pick<BlocksEnded, 'requestId' | 'outcome'>, now: number): void {
    const request = this.#requests.get(requestId)
    if (request === undefined) return
    this.#close(request)
    const { peer, received } = request
    if (outcome === 'cancelled') return
    if (outcome === 'refused') {
      peer.restsUntil = now + this.#parts.peers.backOff(0)
      return
    }
    if (outcome === 'unsupported') peer.restsUntil = Number.POSITIVE_INFINITY
    // A slow peer that brought something did what it could.
    if (outcome === 'timeout' && received > 0) return
    let namedThem = false
    for (const wish of request.wishes.values()) {
      wish.tried.add(peer.peerId)
      if (outcome !== 'complete') wish.wasSilent = true
      if (wish.sources.has(peer.peerId)) namedThem = true
    }
    if (received === 0) this.#noteFailure(peer, outcome, namedThem, now)
  }

  /** Nothing came. Of blocks that a peer never spoke of it may say that it has them not, or, as some do, say nothing. */
  #noteFailure(peer: SyncPeer, outcome: BlocksEnded['outcome'], namedThem: boolean, now: number): void {
    const { peers, network } = this.#parts
    if (outcome === 'unsupported' || (outcome === 'complete' && !namedThem)) return
    if (outcome === 'timeout' && !namedThem) return peers.noteLate(peer)
    peers.noteFailure(peer, now)
    if (outcome !== 'timeout') return
    const reason = 'did not send blocks that it named in time'
    network.tell({ type: 'reportPeer', peerId: peer.peerId, offence: 'late', reason })
  }

  #close(request: OpenRequest): void {
    this.#requests.delete(request.requestId)
    request.peer.open -= 1
    for (const wish of request.wishes.values()) wish.open -= 1
  }

  /** A peer is gone, and with it what it owed. */
  onPeerGone(peerId: PeerId, now: number): void {
    for (const { requestId, peer } of [...this.#requests.values()]) {
      if (peer.peerId === peerId) this.onEnded({ requestId, outcome: 'disconnected' }, now)
    }
  }

  /** The roots that were given up since the last call. */
  takeGivenUp(): RootHex[] {
    const givenUp = this.#givenUp
    this.#givenUp = []
    return givenUp
  }

  /** Sends what can be sent; gives the time at which there may be more to do. */
  run(now: number): number {
    const { peers } = this.#parts
    this.#expire(now)
    if (this.#wishes.size === 0 || peers.count === 0) return Number.POSITIVE_INFINITY
    this.#assign(now)
    this.#hedge(now)
    return this.#nextTime(now)
  }

  /** Distributes the wishes over the peers that are free, evenly. */
  #assign(now: number): void {
    const { peers } = this.#parts
    const free = peers.free(now)
    const due = [...this.#wishes.values()].filter(({ open, restsUntil }) => open === 0 && restsUntil <= now)
    const share = Math.min(Math.ceil(due.length / Math.max(free.length, 1)), this.#mostRoots())
    const batches = new Map<SyncPeer, Wish[]>()
    for (const wish of due) {
      const candidates = free.filter(
        (peer) => canServe(peer, wish) && (batches.get(peer)?.length ?? 0) < share,
      )
      const peer = peers.best(candidates, wish.sources)
      if (peer === undefined) this.#endRound(wish, now)
      else if (batches.has(peer)) batches.get(peer)!.push(wish)
      else batches.set(peer, [wish])
    }
    for (const [peer, wishes] of batches) this.#send(peer, wishes, false, now)
  }

  #mostRoots(): number {
    const { maxRootsPerRequest, requestBytes } = this.#parts.limits
    return Math.max(1, Math.min(maxRootsPerRequest, Math.floor(requestBytes / this.meanBlockBytes)))
  }

  /** When everyone was asked in vain: a pause, then everyone again; after some rounds of that the wish is given up. */
  #endRound(wish: Wish, now: number): void {
    const { peers, limits } = this.#parts
    for (const peer of peers.all()) {
      if (peer.restsUntil !== Number.POSITIVE_INFINITY && canServe(peer, wish)) return
    }
    if (wish.tried.size > 0 && !wish.wasSilent) wish.deniedRounds += 1
    else wish.silentRounds += 1
    wish.wasSilent = false
    wish.tried.clear()
    if (wish.deniedRounds >= limits.maxDeniedRounds || wish.silentRounds >= limits.maxSilentRounds) {
      this.#givenUp.push(wish.root)
    } else {
      wish.restsUntil = now + peers.backOff(wish.deniedRounds + wish.silentRounds - 1)
    }
  }

  /** Asks a second peer for what the first one owes for too long. */
  #hedge(now: number): void {
    const { peers, limits } = this.#parts
    for (const request of [...this.#requests.values()]) {
      if (now - request.lastSign < limits.hedgeAfter) continue
      const wishes = [...request.wishes.values()].filter(({ open }) => open === 1)
      const candidates = peers
        .free(now)
        .filter((peer) => peer !== request.peer && wishes.some((wish) => canServe(peer, wish)))
      const peer = peers.best(candidates, wishes[0]?.sources ?? new Set())
      if (peer === undefined) continue
      const served = wishes.filter((wish) => canServe(peer, wish))
      this.#send(peer, served.slice(0, this.#mostRoots()), true, now)
    }
  }

  #send(peer: SyncPeer, wishes: readonly Wish[], isHedge: boolean, now: number): void {
    const { limits, network, nextRequestId } = this.#parts
    const rounds = Math.max(...wishes.map(({ deniedRounds, silentRounds }) => deniedRounds + silentRounds))
    const whole = limits.firstDeadline * 2 ** rounds + (limits.firstDeadline / 8) * (wishes.length - 1)
    const deadlineMilliseconds = Math.min(whole, limits.longestDeadline)
    const requestId = nextRequestId()
    this.#requests.set(requestId, {
      requestId,
      peer,
      asked: wishes.length,
      wishes: new Map(wishes.map((wish) => [wish.root, wish])),
      lastSign: now,
      deadline: now + deadlineMilliseconds,
      received: 0,
      isHedge,
    })
    peer.open += 1
    for (const wish of wishes) wish.open += 1
    const roots = wishes.map(({ root }) => root)
    network.tell({ type: 'requestBlocks', requestId, peerId: peer.peerId, roots, deadlineMilliseconds })
  }

  /** Gives up requests of which the network never told the end: it was restarted. */
  #expire(now: number): void {
    for (const request of [...this.#requests.values()]) {
      if (now < request.deadline + GRACE) continue
      this.#close(request)
      this.#parts.network.tell({ type: 'cancelBlocks', requestId: request.requestId })
    }
  }

  #nextTime(now: number): number {
    const { peers, limits } = this.#parts
    let next = Number.POSITIVE_INFINITY
    const consider = (time: number) => {
      if (time > now && time < next) next = time
    }
    for (const wish of this.#wishes.values()) consider(wish.restsUntil)
    for (const peer of peers.all()) consider(peer.restsUntil)
    for (const { lastSign, deadline } of this.#requests.values()) {
      consider(lastSign + limits.hedgeAfter)
      consider(deadline + GRACE)
    }
    return next
  }
}
