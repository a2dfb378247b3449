import type { BlockReference, EventSink, NodeEvent } from '@trine/messages'
import type { RootHex } from '@trine/types'

/** What one node reported about itself, counted. */
export type NodeCounts = {
  blocksImported: number
  blocksRejected: number
  votesRejected: number
  reorgs: number
  deepestReorg: number
  evidence: number
  finalityConflicts: number
  dutiesPublished: number
  dutiesSkipped: number
  dutiesFailed: number
  failures: number
}

/** Follows the events of one node through all its lives. */
export class NodeMonitor implements EventSink {
  readonly counts: NodeCounts = {
    blocksImported: 0,
    blocksRejected: 0,
    votesRejected: 0,
    reorgs: 0,
    deepestReorg: 0,
    evidence: 0,
    finalityConflicts: 0,
    dutiesPublished: 0,
    dutiesSkipped: 0,
    dutiesFailed: 0,
    failures: 0,
  }
  head: BlockReference
  justified: BlockReference
  finalized: BlockReference
  safeTarget: BlockReference
  readonly #watch: NodeWatch
  readonly #listen: ((event: NodeEvent) => void) | undefined

  /** @param listen hears every event first */
  constructor(genesis: BlockReference, watch: NodeWatch, listen?: (event: NodeEvent) => void) {
    this.head = genesis
    this.justified = genesis
    this.finalized = genesis
    this.safeTarget = genesis
    this.#watch = watch
    this.#listen = listen
  }

  emit(event: NodeEvent): void {
    this.#listen?.(event)
    switch (event.type) {
      case 'head':
        this.head = event.head
        return
      case 'justified':
        this.justified = event.checkpoint
        return
      case 'finalized':
        this.finalized = event.checkpoint
        return this.#watch.onFinalized(event.checkpoint, event.previous)
      case 'safeTarget':
        this.safeTarget = event.safeTarget
        return
      case 'block':
        this.counts.blocksImported += 1
        return this.#watch.onBlock(event.block, event.parentRoot)
      case 'actorFailed':
        this.counts.failures += 1
        return this.#watch.onFailure(String((event.report.error as Error)?.stack ?? event.report.error))
      default:
        this.#count(event)
    }
  }

  #count(event: NodeEvent): void {
    const { counts } = this
    if (event.type === 'blockRejected') counts.blocksRejected += 1
    if (event.type === 'attestationRejected') counts.votesRejected += 1
    if (event.type === 'evidence') counts.evidence += 1
    if (event.type === 'finalityConflict') counts.finalityConflicts += 1
    if (event.type === 'reorg') {
      counts.reorgs += 1
      counts.deepestReorg = Math.max(counts.deepestReorg, event.depth)
    }
    if (event.type === 'duty') {
      const { outcome } = event.result
      if (outcome === 'published') counts.dutiesPublished += 1
      else if (outcome === 'skipped') counts.dutiesSkipped += 1
      else counts.dutiesFailed += 1
    }
  }
}

/** Who wants to know at once. */
export interface NodeWatch {
  onBlock(block: BlockReference, parentRoot: RootHex): void
  onFinalized(checkpoint: BlockReference, previous: BlockReference): void
  onFailure(error: string): void
}
