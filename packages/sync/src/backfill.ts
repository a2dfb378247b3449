import type { Expectation, JobId, MessageOf, Outbox, Reply } from '@trine/actors'
import type {
  BlockReference,
  EventSink,
  NetworkMessageFrom,
  PeerId,
  RequestId,
  RootedBlock,
  StoredHistory,
  SyncMessage,
  VerificationItem,
  WriteOutcome,
} from '@trine/messages'
import { signatureChecks } from '@trine/state-transition'
import { type RootHex, type Slot, toHex } from '@trine/types'
import { sizeOf } from './blockTree.ts'
import { Fetcher } from './fetcher.ts'
import { HistoryPlan } from './historyPlan.ts'
import type { SyncLimits } from './limits.ts'
import type { HistoryParts, SyncContext } from './parts.ts'
import type { SyncPeers } from './syncPeers.ts'

export type BackfillParts = HistoryParts & {
  readonly context: SyncContext
  readonly network: Outbox<NetworkMessageFrom<'sync'>>
  readonly events: EventSink
  readonly limits: SyncLimits
  readonly peers: SyncPeers
  readonly nextRequestId: () => RequestId
}

/** A final block is never given up, for somebody who has it may come; and nobody is asked twice at a time. */
const PATIENCE = {
  maxDeniedRounds: Number.POSITIVE_INFINITY,
  maxSilentRounds: Number.POSITIVE_INFINITY,
  hedgeAfter: Number.POSITIVE_INFINITY,
}

/** A block of the batch, which came from a peer. */
type Fetched = { readonly block: RootedBlock; readonly from: PeerId }

type Check = { readonly root: RootHex; readonly item: VerificationItem }

/** The blocks that are fetched, verified and stored together. */
type Batch = {
  readonly wanted: readonly BlockReference[]
  readonly fetched: Map<RootHex, Fetched>
  /** Signatures that are not verified yet. */
  checks: Check[]
}

/**
 * Fetches the blocks from before the chain's anchor, which a node that began at a checkpoint lacks: backwards from the
 * lowest stored final block, to genesis or to the retention limit. One batch at a time, with pauses; where it stands is
 * what is stored, so that it goes on from there after a restart.
 *
 * A block is known by its root, which a final state names. Its signatures, which the root does not cover, are verified.
 */
export class Backfill {
  readonly #parts: BackfillParts
  readonly #fetcher: Fetcher
  #plan: HistoryPlan | undefined
  #batch: Batch | undefined
  #batchSize = 1
  /** A question to a port that is open, and when it was put. */
  #job: { readonly id: JobId; readonly began: number } | undefined
  /** What the open question is about. */
  #verifying: readonly Check[] = []
  #restsUntil = 0
  /** As the chain tells it; before that it may be that of the anchor, long past. */
  #finalizedSlot: Slot | undefined
  #hasStored = false
  #isOver = false

  constructor(parts: BackfillParts) {
    this.#parts = parts
    this.#fetcher = new Fetcher({ ...parts, limits: { ...parts.limits, ...PATIENCE } })
  }

  onFinalized(slot: Slot): void {
    this.#finalizedSlot = slot
  }

  /** Whether a request of blocks was sent from here. */
  owns(requestId: RequestId): boolean {
    return this.#fetcher.has(requestId)
  }

  onReceived(requestId: RequestId, from: PeerId, block: RootedBlock, now: number): void {
    const wish = this.#fetcher.onReceived(requestId, block.root, sizeOf(block), now)
    if (wish === undefined || this.#batch === undefined) return
    const checks = signatureChecks(block.signedBlock, this.#parts.state)
    if (!checks.ok) return this.#refuse(block.root, from, checks.error.code)
    this.#batch.fetched.set(block.root, { block, from })
    for (const item of checks.value) this.#batch.checks.push({ root: block.root, item })
  }

  onEnded(message: MessageOf<SyncMessage, 'blocksEnded'>, now: number): void {
    this.#fetcher.onEnded(message, now)
  }

  onPeerGone(peerId: PeerId, now: number): void {
    this.#fetcher.onPeerGone(peerId, now)
  }

  onRead({ jobId, outcome }: MessageOf<SyncMessage, 'historyRead'>, now: number): void {
    if (!this.#endJob(jobId, now)) return
    if (outcome.ok && outcome.value !== undefined) this.#plan = new HistoryPlan(outcome.value)
    else this.#restsUntil = now + this.#parts.limits.historyRetry
  }

  onVerified({ jobId, outcome }: MessageOf<SyncMessage, 'historyVerified'>, now: number): void {
    if (!this.#endJob(jobId, now) || this.#batch === undefined) return
    if (!outcome.ok) {
      this.#batch.checks.push(...this.#verifying)
      this.#restsUntil = now + this.#parts.limits.historyRetry
      return
    }
    for (const [index, { root }] of this.#verifying.entries()) {
      const fetched = this.#batch.fetched.get(root)
      if (outcome.value[index] === true || fetched === undefined) continue
      this.#refuse(root, fetched.from, 'a signature is not valid')
    }
  }

  onWritten({ jobId, outcome }: MessageOf<SyncMessage, 'historyWritten'>, now: number): void {
    const [plan, batch] = [this.#plan, this.#batch]
    if (!this.#endJob(jobId, now) || plan === undefined || batch === undefined) return
    if (!outcome.ok || !outcome.value.ok) {
      this.#restsUntil = now + this.#parts.limits.historyRetry
      return
    }
    this.#batch = undefined
    this.#hasStored = true
    plan.lowest = batch.wanted.at(-1)!
    const { maxRootsPerRequest, requestBytes } = this.#parts.limits
    const mostBlocks = Math.floor(requestBytes / this.#fetcher.meanBlockBytes)
    this.#batchSize = Math.max(1, Math.min(2 * this.#batchSize, maxRootsPerRequest, mostBlocks))
    this.#tell('going', batch.wanted.length)
  }

  /** Takes the next step, unless one is under way; gives the time at which there may be more to do. */
  run(now: number): number {
    const finalizedSlot = this.#finalizedSlot
    if (this.#isOver || this.#job !== undefined || finalizedSlot === undefined)
      return Number.POSITIVE_INFINITY
    if (now < this.#restsUntil) return this.#restsUntil
    if (this.#plan === undefined) return this.#read(now)
    this.#batch ??= this.#nextBatch(this.#plan, finalizedSlot)
    const batch = this.#batch
    if (batch === undefined) return this.#end('complete')
    if (batch.fetched.size < batch.wanted.length) return this.#fetcher.run(now)
    if (batch.checks.length > 0) return this.#verify(batch.checks, now)
    const blocks = batch.wanted.map(({ root }) => batch.fetched.get(root)!.block)
    return isChain(blocks, this.#plan) ? this.#write(blocks, now) : this.#end('broken')
  }

  #nextBatch(plan: HistoryPlan, finalizedSlot: Slot): Batch | undefined {
    const { retainSlots } = this.#parts
    const limit = retainSlots === undefined ? 0 : finalizedSlot - retainSlots
    const wanted = plan.next(this.#batchSize, limit)
    if (wanted.length === 0) return undefined
    for (const { root, slot } of wanted) {
      this.#fetcher.want(root, slot, [])
      this.#fetcher.confirm(root)
    }
    return { wanted, fetched: new Map(), checks: [] }
  }

  /** Block and signatures do not belong together: whoever sent them is to blame, and another one is asked. */
  #refuse(root: RootHex, peerId: PeerId, problem: string): void {
    const batch = this.#batch!
    const { slot } = batch.wanted.find((wanted) => wanted.root === root)!
    const reason = `block ${root} of slot ${slot}: ${problem}`
    this.#parts.network.tell({ type: 'reportPeer', peerId, offence: 'invalid', reason })
    batch.fetched.delete(root)
    batch.checks = batch.checks.filter((check) => check.root !== root)
    this.#fetcher.want(root, slot, [])
    this.#fetcher.confirm(root, peerId)
  }

  #read(now: number): number {
    const { context, store, limits } = this.#parts
    const options = { as: 'historyRead', timeoutMilliseconds: limits.historyTimeout } as const
    const expected = context.expect<StoredHistory | undefined, 'historyRead'>(options, (jobId, outcome) => ({
      type: 'historyRead',
      jobId,
      outcome,
    }))
    return this.#put(expected, now, (reply) => store.readHistory(reply))
  }

  #verify(checks: Check[], now: number): number {
    const { context, verifier, limits } = this.#parts
    const options = { as: 'historyVerified', timeoutMilliseconds: limits.historyTimeout } as const
    const expected = context.expect<readonly boolean[], 'historyVerified'>(options, (jobId, outcome) => ({
      type: 'historyVerified',
      jobId,
      outcome,
    }))
    if (expected !== undefined) this.#verifying = checks.splice(0, limits.historySignatures)
    const items = this.#verifying.map(({ item }) => item)
    return this.#put(expected, now, (reply) => verifier.verify(items, reply))
  }

  #write(blocks: readonly RootedBlock[], now: number): number {
    const { context, store, limits } = this.#parts
    const options = { as: 'historyWritten', timeoutMilliseconds: limits.historyTimeout } as const
    const expected = context.expect<WriteOutcome, 'historyWritten'>(options, (jobId, outcome) => ({
      type: 'historyWritten',
      jobId,
      outcome,
    }))
    return this.#put(expected, now, (reply) => store.writeHistory(blocks, reply))
  }

  /** Puts a question to a port, unless there is no place for the answer at the moment. */
  #put<T>(expected: Expectation<T> | undefined, now: number, put: (reply: Reply<T>) => void): number {
    if (expected === undefined) return now + this.#parts.limits.historyPause
    this.#job = { id: expected.id, began: now }
    put(expected.reply)
    return Number.POSITIVE_INFINITY
  }

  /** An answer is there: the longer it took, the longer others have their turn. False for one that is not expected. */
  #endJob(jobId: JobId, now: number): boolean {
    if (this.#job?.id !== jobId) return false
    const { historyRest, historyPause } = this.#parts.limits
    this.#restsUntil = now + Math.max(historyPause, historyRest * (now - this.#job.began))
    this.#job = undefined
    return true
  }

  #end(outcome: 'complete' | 'broken'): number {
    if (this.#hasStored || outcome === 'broken') this.#tell(outcome, 0)
    this.#isOver = true
    this.#plan = undefined
    this.#batch = undefined
    return Number.POSITIVE_INFINITY
  }

  #tell(outcome: 'going' | 'complete' | 'broken', blocks: number): void {
    this.#parts.events.emit({ type: 'backfill', lowest: this.#plan!.lowest, blocks, outcome })
  }
}

/** Whether blocks, highest first, are each the child of the next, and the last one that of the block before. */
function isChain(blocks: readonly RootedBlock[], plan: HistoryPlan): boolean {
  return blocks.every(({ signedBlock }, index) => {
    const { slot, parentRoot } = signedBlock.message.block
    return toHex(parentRoot) === (blocks[index + 1]?.root ?? plan.before(Number(slot)))
  })
}
