import type { AskResult, JobId, Ref } from '@trine/actors'
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
import { type RootHex, type Slot, toHex, ZERO_ROOT_HEX } from '@trine/types'
import { type BlockEntry, BlockTree } from './blockTree.ts'
import { BoundedMap } from './boundedMap.ts'
import { Fetcher } from './fetcher.ts'
import type { SyncLimits } from './limits.ts'
import type { Outbox } from './outbox.ts'
import type { SyncContext } from './parts.ts'
import type { SyncPeer, SyncPeers } from './syncPeers.ts'
import { UnknownFinder } from './unknownFinder.ts'

type BlockRefused = Extract<SyncMessage, { type: 'blockRefused' }>

/** Roots remembered that the chain has, and roots that are of no use. */
const REMEMBERED = 16_384

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
 * into the chain. Slots fall from child to parent and end above the finalized slot, so that no walk is longer than what
 * there can be between that and now.
 */
export class CatchUp {
  readonly #parts: CatchUpParts
  readonly #tree: BlockTree
  readonly #finder: UnknownFinder
  readonly #fetcher: Fetcher
  /** Blocks that the chain need not be given: true when imported, false when it only has them waiting, or had. */
  readonly #inChain = new BoundedMap<RootHex, boolean>(REMEMBERED)
  /** Blocks that are not looked for, and until when. */
  readonly #useless = new BoundedMap<RootHex, number>(REMEMBERED)
  #slot: Slot = 0
  #finalizedSlot: Slot = 0
  /** The chain has no room: it is told more after its next import, or at the next tick. */
  #chainIsFull = false
  /** Blocks fetched and imported so far. */
  progress = 0

  constructor(parts: CatchUpParts) {
    const { context, chain, limits } = parts
    this.#parts = parts
    this.#tree = new BlockTree(limits.maxHeld, limits.maxHeldBytes)
    this.#finder = new UnknownFinder(context, chain, limits)
    this.#fetcher = new Fetcher(parts)
  }

  get missing(): number {
    return this.#tree.size
  }

  get openRequests(): number {
    return this.#fetcher.openRequests
  }

  get heldBytes(): number {
    return this.#tree.heldBytes
  }

  /** An interval of a slot began. */
  onTick(slot: Slot, now: number): void {
    this.#slot = slot
    this.#chainIsFull = false
    for (const entry of this.#tree.told) {
      if (slot - entry.toldSlot < this.#parts.limits.toldSlots) continue
      entry.toldSlot = slot
      this.#finder.add(entry.root, now)
    }
  }

  onChain(head: BlockReference, finalized: BlockReference): void {
    this.#finalizedSlot = finalized.slot
    this.#arrived(head.root, true)
    this.#arrived(finalized.root, true)
  }

  hasImported(root: RootHex): boolean {
    return this.#inChain.get(root) === true
  }

  /** Something in the chain refers to blocks that it lacks. */
  onNamed(roots: readonly RootHex[], peerId: PeerId | undefined, now: number): void {
    const { peers, limits } = this.#parts
    const peer = peerId === undefined ? undefined : peers.get(peerId)
    for (const root of roots) {
      // It had the block waiting perhaps, but not any more.
      if (!this.hasImported(root)) this.#inChain.delete(root)
      this.#name(root, undefined, peer, now + limits.gossipGrace)
    }
  }

  /** A peer told of its head. */
  onClaim(peer: SyncPeer, now: number): void {
    const { headRoot, headSlot } = peer
    if (headSlot <= this.#finalizedSlot || headSlot > this.#slot + 1) return
    // What could not be had then may be there now.
    if (peer.refutedHead === headRoot && !this.#isUseless(headRoot, now)) peer.refutedHead = undefined
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
    if (root === ZERO_ROOT_HEX || this.#inChain.has(root) || this.#isUseless(root, at)) return
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
      else if (entry?.stage === 'told') this.#wantAgain(entry)
      else this.#fetcher.confirm(root)
    }
  }

  onReceived(requestId: RequestId, peerId: PeerId, block: RootedBlock, now: number): void {
    const bytes = bytesOf(block)
    const wish = this.#fetcher.onReceived(requestId, block.root, bytes, now)
    const entry = this.#tree.get(block.root)
    if (wish === undefined || entry === undefined) return
    this.progress += 1
    this.#finder.delete(block.root)
    if (entry.slot === undefined && !this.#see(entry, block, new Set([...wish.sources, peerId]), now)) return
    entry.stage = 'linked'
    this.#tree.hold(entry, { block, from: peerId, bytes })
  }

  /** Takes slot and parent of a block down; false when it is of no use. */
  #see(entry: BlockEntry, block: RootedBlock, sources: Set<PeerId>, now: number): boolean {
    const { slot, parentRoot: parentBytes } = block.signedBlock.message.block
    const parentRoot = toHex(parentBytes)
    if (typeof slot !== 'number' || slot > this.#slot + 1) {
      return this.#fail(entry, now + this.#parts.limits.givenUpFor, `its slot ${slot} has not begun`)
    }
    if (slot <= this.#finalizedSlot) {
      const isFork = entry.children !== undefined
      return this.#fail(entry, NEVER, isFork ? 'it forks off before the finalized block' : undefined)
    }
    for (const child of [...(entry.children ?? [])]) {
      if (child.slot! <= slot) this.#fail(child, NEVER, "its slot is not after its parent's")
    }
    this.#checkClaims(block.root, slot)
    const { owner } = entry
    this.#tree.link(entry, slot, parentRoot)
    if (this.#tree.get(parentRoot) !== undefined) this.#disown(owner)
    else if (this.#inChain.has(parentRoot) || parentRoot === ZERO_ROOT_HEX) {
      this.#disown(owner)
      this.#tree.connect(entry)
    } else if (this.#isUseless(parentRoot, now)) {
      this.#disown(owner)
      return this.#fail(entry, this.#useless.get(parentRoot)!, 'its parent is of no use')
    } else if (this.#tree.size >= this.#parts.limits.maxRemembered) {
      this.#disown(owner)
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
      if (typeof voted.slot !== 'number' || voted.slot >= slot - 1 || voted.slot <= this.#finalizedSlot)
        continue
      this.#name(toHex(voted.root), voted.slot, peer, now, false)
    }
  }

  /** A head's slot is seen: who told of another one lied. */
  #checkClaims(root: RootHex, slot: Slot): void {
    for (const peer of this.#parts.peers.all()) {
      if (peer.headRoot !== root || peer.headSlot === slot) continue
      peer.refutedHead = root
      const reason = `status: expected slot ${slot} of head ${root}, got ${peer.headSlot}`
      this.#report(peer.peerId, 'invalid', reason)
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
    this.#chainIsFull = false
    this.#arrived(root, true)
  }

  onRefused({ root, peerId, cause, reason }: BlockRefused, now: number): void {
    const { limits } = this.#parts
    const entry = this.#tree.get(root)
    this.#inChain.delete(root)
    if ((cause === 'invalid' || cause === 'forged') && peerId !== undefined) {
      this.#report(peerId, 'invalid', reason)
    }
    if (cause === 'full') this.#chainIsFull = true
    if (cause === 'full' || cause === 'forged') {
      if (entry?.stage === 'told') this.#wantAgain(entry, cause === 'forged' ? peerId : undefined)
      else if (cause === 'forged') this.#name(root, undefined, undefined, now + limits.gossipGrace)
      return
    }
    this.#useless.set(root, NEVER)
    if (entry !== undefined) this.#fail(entry, NEVER, cause === 'invalid' ? reason : undefined)
  }

  /** The chain has a block: the next ones can follow. */
  #arrived(root: RootHex, isImported: boolean): void {
    if (isImported || !this.#inChain.has(root)) this.#inChain.set(root, isImported)
    const entry = this.#tree.get(root)
    if (entry === undefined) return
    if (entry.slot === undefined) this.#disown(entry.owner)
    this.#forget(root)
    this.#tree.imported(entry)
  }

  #wantAgain(entry: BlockEntry, failed?: PeerId): void {
    this.#tree.markWanted(entry)
    this.#fetcher.want(entry.root, entry.slot, [])
    this.#fetcher.confirm(entry.root, failed)
  }

  /**
   * Gives up a block and all that descends from it, and does not look for them until then. With a reason it is held
   * against those whose head it is, or descends from it.
   */
  #fail(entry: BlockEntry, until: number, reason: string | undefined): false {
    const { peers } = this.#parts
    const removed = new Set<RootHex>()
    for (const { root, slot, owner } of this.#tree.removeWithDescendants(entry)) {
      removed.add(root)
      if (slot === undefined) this.#disown(owner)
      this.#forget(root)
      this.#useless.set(root, until)
    }
    for (const peer of peers.all()) {
      if (!removed.has(peer.headRoot)) continue
      peer.refutedHead = peer.headRoot
      if (reason === undefined) continue
      this.#report(peer.peerId, 'useless', `told of a head that needs block ${entry.root}: ${reason}`)
    }
    return false
  }

  #forget(root: RootHex): void {
    this.#fetcher.forget(root)
    this.#finder.delete(root)
  }

  #disown(owner: PeerId | undefined): void {
    const peer = owner === undefined ? undefined : this.#parts.peers.get(owner)
    if (peer !== undefined && peer.unseen > 0) peer.unseen -= 1
  }

  #isUseless(root: RootHex, now: number): boolean {
    const until = this.#useless.get(root)
    return until !== undefined && until > now
  }

  /** Does what can be done now; gives the time at which there will be more. */
  run(now: number): number {
    this.#feedChain(now)
    this.#fetchAhead()
    const next = Math.min(this.#finder.run(now), this.#fetcher.run(now))
    for (const root of this.#fetcher.takeGivenUp()) {
      const entry = this.#tree.get(root)
      if (entry !== undefined) this.#fail(entry, now + this.#parts.limits.givenUpFor, 'nobody has it')
    }
    return next
  }

  /** Hands the chain what it can import, parents first. */
  #feedChain(now: number): void {
    const { chain, limits } = this.#parts
    // What is added while this goes on is visited too: children of what was just told.
    for (const entry of this.#tree.connected) {
      if (this.#chainIsFull || this.#tree.told.size >= limits.maxTold) return
      if (entry.slot! <= this.#finalizedSlot) {
        this.#fail(entry, now + limits.givenUpFor, undefined)
        continue
      }
      if (entry.held === undefined) continue
      const { block, from } = entry.held
      if (chain.tell({ type: 'block', block, origin: { from: 'request', peerId: from } })) {
        this.#tree.markTold(entry, this.#slot)
      } else this.#chainIsFull = true
    }
  }

  /**
   * Keeps what the chain will need next, in half of the room there is, and fetches again what of it was dropped: many at
   * a time, when the chain is half through what is here.
   */
  #fetchAhead(): void {
    const { limits } = this.#parts
    const next = [...this.#tree.connected]
    const count = Math.max(1, Math.min(limits.fetchAhead, Math.floor(limits.maxHeld / 2)))
    const dropped: BlockEntry[] = []
    let isUrgent = false
    let bytes = 0
    for (let index = 0; index < next.length && index < count; index++) {
      const entry = next[index]!
      bytes += entry.held?.bytes ?? this.#fetcher.meanBlockBytes
      if (index > 0 && bytes > limits.maxHeldBytes / 2) break
      entry.isNeededSoon = true
      if (entry.stage === 'linked' && entry.held === undefined) {
        dropped.push(entry)
        isUrgent ||= index < count / 2
      }
      for (const child of entry.children ?? []) next.push(child)
    }
    if (isUrgent) for (const entry of dropped) this.#wantAgain(entry)
  }
}

/** About what a block takes, bytes. */
function bytesOf({ signedBlock }: RootedBlock): number {
  let bytes = 512 + 136 * signedBlock.message.block.body.attestations.length
  for (const signature of signedBlock.signature) bytes += signature.length
  return bytes
}
