import type { AskResult, JobId, Outbox, Ref } from '@trine/actors'
import type {
  BlockReference,
  ChainMessageFrom,
  NetworkMessageFrom,
  Offence,
  PeerId,
  RequestId,
  RootedBlock,
  SyncMessage,
} from '@trine/messages'
import { type RootHex, type Slot, toHex } from '@trine/types'
import { type BlockEntry, BlockTree, isSettled, sizeOf } from './blockTree.ts'
import { ChainFeeder } from './chainFeeder.ts'
import { Fetcher } from './fetcher.ts'
import { KnownRoots, type Useless } from './knownRoots.ts'
import type { SyncLimits } from './limits.ts'
import type { SyncContext } from './parts.ts'
import type { SyncPeer, SyncPeers } from './syncPeers.ts'
import { UnknownFinder } from './unknownFinder.ts'

type BlockRefused = Extract<SyncMessage, { type: 'blockRefused' }>

/** Not looked for again. */
const NEVER = Number.POSITIVE_INFINITY

export type CatchUpParts = {
  readonly context: SyncContext
  readonly chain: Ref<ChainMessageFrom<'sync'>>
  readonly network: Outbox<NetworkMessageFrom<'sync'>>
  readonly limits: SyncLimits
  readonly peers: SyncPeers
  readonly nextRequestId: () => RequestId
}

/**
 * Gets what the chain lacks: from a named block back, parent by parent, to one that the chain has, and then forwards
 * into the chain. Slots fall from child to parent and end above the finalized slot, or a little before it where the chain
 * itself asked, so that no walk is longer than what there can be between that and now.
 */
export class CatchUp {
  readonly #parts: CatchUpParts
  readonly #tree: BlockTree
  readonly #finder: UnknownFinder
  readonly #fetcher: Fetcher
  readonly #feeder: ChainFeeder
  readonly #known = new KnownRoots()
  #slot: Slot = 0
  #finalizedSlot: Slot = 0
  /** Blocks fetched and imported so far. */
  progress = 0

  constructor(parts: CatchUpParts) {
    const { context, chain, limits } = parts
    this.#parts = parts
    this.#tree = new BlockTree(limits.maxHeld, limits.maxHeldBytes)
    this.#finder = new UnknownFinder(context, chain, limits)
    this.#fetcher = new Fetcher(parts)
    this.#feeder = new ChainFeeder({ chain, limits, tree: this.#tree, fetcher: this.#fetcher })
  }

  get missing(): number {
    return this.#tree.size
  }

  get openRequests(): number {
    return this.#fetcher.openRequests
  }

  /** An interval of a slot began. */
  onTick(slot: Slot, now: number): void {
    this.#slot = slot
    for (const { root } of this.#feeder.tick(slot)) this.#finder.add(root, now)
  }

  onChain(head: BlockReference, finalized: BlockReference): void {
    this.#finalizedSlot = finalized.slot
    this.#arrived(head.root, true)
    this.#arrived(finalized.root, true)
  }

  hasImported(root: RootHex): boolean {
    return this.#known.hasImported(root)
  }

  /** Something in the chain refers to blocks that it lacks. */
  onNamed(roots: readonly RootHex[], peerId: PeerId | undefined, now: number): void {
    const { peers, limits } = this.#parts
    const peer = peerId === undefined ? undefined : peers.get(peerId)
    for (const root of roots) {
      // It had the block waiting perhaps, but not any more.
      this.#known.noteLost(root)
      this.#known.noteAskedFor(root)
      this.#name(root, undefined, peer, now + limits.gossipGrace)
      this.#tree.noteAskedFor(root)
    }
  }

  /** A peer told of its head. */
  onClaim(peer: SyncPeer, now: number): void {
    const { headRoot, headSlot } = peer
    if (headSlot <= this.#finalizedSlot || headSlot > this.#slot + 1) return
    // What could not be had then may be there now.
    if (this.#known.isUseless(headRoot, now)) peer.refutedHead = headRoot
    else if (peer.refutedHead === headRoot) peer.refutedHead = undefined
    const isNew = headSlot >= this.#slot
    this.#name(headRoot, headSlot, peer, now + (isNew ? this.#parts.limits.gossipGrace : 0))
  }

  /** Looks for a block that somebody named, if the chain still lacks it at that time. */
  #name(
    root: RootHex,
    slot: Slot | undefined,
    peer: SyncPeer | undefined,
    at: number,
    shouldHaveIt = true,
  ): void {
    const { limits } = this.#parts
    const sources = peer !== undefined && shouldHaveIt ? [peer.peerId] : []
    if (this.#tree.get(root) !== undefined) {
      for (const source of sources) this.#fetcher.addSource(root, source)
      return
    }
    if (this.#known.isInChain(root) || this.#known.isUseless(root, at)) return
    if (this.#tree.size >= limits.maxRemembered || this.#tree.unseen >= limits.maxUnseen) return
    if (peer !== undefined) {
      if (peer.unseen >= limits.maxUnseenPerPeer) return
      peer.unseen += 1
    }
    this.#tree.add(root, peer?.peerId)
    this.#fetcher.want(root, slot, sources)
    this.#finder.add(root, at)
  }

  onUnknownFound(job: JobId, outcome: AskResult<readonly RootHex[]>, now: number): void {
    const found = this.#finder.onFound(job, outcome, now)
    for (const root of found?.roots ?? []) {
      const entry = this.#tree.get(root)
      if (!found!.unknown.has(root)) this.#arrived(root, false)
      else if (entry?.stage === 'told') this.#feeder.wantAgain(entry)
      else this.#fetcher.confirm(root)
    }
  }

  onReceived(requestId: RequestId, peerId: PeerId, block: RootedBlock, now: number): void {
    const bytes = sizeOf(block)
    const wish = this.#fetcher.onReceived(requestId, block.root, bytes, now)
    const entry = this.#tree.get(block.root)
    if (wish === undefined || entry === undefined) return
    this.progress += 1
    this.#finder.delete(block.root)
    if (entry.slot === undefined && !this.#see(entry, block, [peerId, ...wish.sources], now)) return
    entry.stage = 'linked'
    this.#tree.hold(entry, { block, from: peerId, bytes })
  }

  /** Takes slot and parent of a block down; false when it is of no use. */
  #see(entry: BlockEntry, block: RootedBlock, sources: readonly PeerId[], now: number): boolean {
    const { slot, parentRoot: parentBytes } = block.signedBlock.message.block
    const parentRoot = toHex(parentBytes)
    if (typeof slot !== 'number' || slot > this.#slot + 1) {
      return this.#fail(entry, now + this.#parts.limits.givenUpFor, `its slot ${slot} has not begun`)
    }
    if (isSettled(entry, slot, this.#finalizedSlot, this.#parts.limits)) {
      const isFork = entry.children !== undefined
      return this.#fail(entry, 'settled', isFork ? 'it forks off before the finalized block' : undefined)
    }
    for (const child of [...(entry.children ?? [])]) {
      if (child.slot! <= slot) this.#fail(child, NEVER, "its slot is not after its parent's")
    }
    for (const { peerId, headSlot } of this.#parts.peers.refuteSlots(block.root, slot)) {
      this.#report(peerId, 'invalid', `status: expected slot ${slot} of head ${block.root}, got ${headSlot}`)
    }
    const { owner } = entry
    this.#tree.link(entry, slot, parentRoot)
    if (entry.isAskedFor) this.#known.noteAskedFor(parentRoot)
    if (this.#tree.get(parentRoot) !== undefined) {
      this.#parts.peers.noteSeen(owner)
      this.#feeder.onLinked(entry)
    } else if (this.#known.isInChain(parentRoot)) {
      this.#parts.peers.noteSeen(owner)
      this.#feeder.connect(entry, this.#known.hasImported(parentRoot))
    } else if (this.#known.isUseless(parentRoot, now)) {
      this.#parts.peers.noteSeen(owner)
      return this.#fail(entry, this.#known.uselessUntil(parentRoot), 'its parent is of no use')
    } else if (this.#tree.size >= this.#parts.limits.maxRemembered) {
      this.#parts.peers.noteSeen(owner)
      return this.#fail(entry, now + this.#parts.limits.givenUpFor, undefined)
    } else {
      // The walk goes on, still on the word of who named its beginning.
      this.#tree.addParent(entry, owner)
      this.#fetcher.want(parentRoot, slot - 1, sources)
      this.#finder.add(parentRoot, now)
      this.#leap(block, slot, owner, now)
    }
    return true
  }

  /**
   * The proposer's vote names ancestors a few slots further back: walking from them as well, the walk takes a few slots
   * with each question instead of one. What it names may be anything; then nobody has it.
   */
  #leap({ signedBlock }: RootedBlock, slot: Slot, owner: PeerId | undefined, now: number): void {
    const { source, target } = signedBlock.message.proposerAttestation.data
    const peer = owner === undefined ? undefined : this.#parts.peers.get(owner)
    for (const voted of [target, source]) {
      if (typeof voted.slot !== 'number') continue
      const isOnTheWay = voted.slot < slot - 1 && voted.slot > this.#finalizedSlot
      if (isOnTheWay) this.#name(toHex(voted.root), voted.slot, peer, now, false)
    }
  }

  #report(peerId: PeerId, offence: Offence, reason: string): void {
    this.#parts.network.tell({ type: 'reportPeer', peerId, offence, reason })
  }

  onEnded(message: Extract<SyncMessage, { type: 'blocksEnded' }>, now: number): void {
    this.#fetcher.onEnded(message, now)
  }

  onPeerGone(peerId: PeerId, now: number): void {
    this.#fetcher.onPeerGone(peerId, now)
  }

  onImported({ root }: BlockReference): void {
    this.progress += 1
    this.#feeder.isPaused = false
    this.#arrived(root, true)
  }

  onRefused({ root, peerId, cause, reason }: BlockRefused, now: number): void {
    const soon = now + this.#parts.limits.gossipGrace
    const entry = this.#tree.get(root)
    this.#known.noteLost(root)
    if ((cause === 'invalid' || cause === 'forged') && peerId !== undefined) {
      this.#report(peerId, 'invalid', reason)
    }
    if (cause === 'full' || cause === 'forged') {
      if (entry?.stage === 'told' && cause === 'full') this.#feeder.setAside(entry, this.#slot)
      else if (entry?.stage === 'told') this.#feeder.wantAgain(entry, peerId)
      // The chain has blocks waiting for it perhaps.
      else if (cause === 'forged' || peerId !== undefined) this.#name(root, undefined, undefined, soon)
      return
    }
    this.#known.noteUseless(root, NEVER)
    if (entry !== undefined) this.#fail(entry, NEVER, cause === 'invalid' ? reason : undefined)
  }

  /** The chain has a block: the next ones can follow. */
  #arrived(root: RootHex, isImported: boolean): void {
    this.#known.noteInChain(root, isImported)
    this.#feeder.onArrived(root, isImported)
    const entry = this.#tree.get(root)
    if (entry === undefined) return
    this.#forget(entry)
    this.#tree.remove(entry)
  }

  /**
   * Gives up a block and all that descends from it, and does not look for them until then. With a reason it is held
   * against those whose head it is, or descends from it.
   */
  #fail(entry: BlockEntry, until: Useless, reason: string | undefined): false {
    const { peers } = this.#parts
    const removed = new Set<RootHex>()
    for (const lost of this.#tree.removeWithDescendants(entry)) {
      removed.add(lost.root)
      this.#forget(lost)
      this.#known.noteUseless(lost.root, until)
    }
    for (const { peerId, headRoot } of peers.refuteHeads(removed)) {
      if (reason === undefined) continue
      this.#report(peerId, 'useless', `told of head ${headRoot}, which needs block ${entry.root}: ${reason}`)
    }
    return false
  }

  #forget(entry: BlockEntry): void {
    if (entry.slot === undefined) this.#parts.peers.noteSeen(entry.owner)
    this.#fetcher.forget(entry.root)
    this.#finder.delete(entry.root)
    this.#feeder.forget(entry)
  }

  /** Does what can be done now; gives the time at which there will be more. */
  run(now: number): number {
    const { givenUpFor } = this.#parts.limits
    for (const entry of this.#feeder.feed(this.#slot, this.#finalizedSlot)) {
      this.#fail(entry, now + givenUpFor, undefined)
    }
    this.#feeder.fetchAhead()
    const next = Math.min(this.#finder.run(now), this.#fetcher.run(now))
    for (const root of this.#fetcher.takeGivenUp()) {
      const entry = this.#tree.get(root)
      if (entry !== undefined) this.#fail(entry, now + givenUpFor, 'nobody has it')
    }
    return next
  }
}
