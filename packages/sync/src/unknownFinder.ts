import type { AskResult, JobId, Ref } from '@trine/actors'
import type { ChainMessageFrom } from '@trine/messages'
import type { RootHex } from '@trine/types'
import type { SyncLimits } from './limits.ts'
import type { SyncContext } from './parts.ts'

const MOST_ROOTS_PER_QUESTION = 1024

/** The chain did not answer: asked again after so long, milliseconds. */
const ASK_AGAIN_AFTER = 500

/** Asks the chain which roots it does not know: one question at a time, with all roots that are due. */
export class UnknownFinder {
  readonly #context: SyncContext
  readonly #chain: Ref<ChainMessageFrom<'sync'>>
  readonly #limits: SyncLimits
  /** Roots to ask about, and when. */
  readonly #due = new Map<RootHex, number>()
  #asked: { readonly job: JobId; readonly roots: readonly RootHex[] } | undefined

  constructor(context: SyncContext, chain: Ref<ChainMessageFrom<'sync'>>, limits: SyncLimits) {
    this.#context = context
    this.#chain = chain
    this.#limits = limits
  }

  add(root: RootHex, at: number): void {
    this.#due.set(root, at)
  }

  delete(root: RootHex): void {
    this.#due.delete(root)
  }

  /** Asks, if something is due; gives the time at which something will be. */
  run(now: number): number {
    if (this.#asked !== undefined) return Number.POSITIVE_INFINITY
    const roots: RootHex[] = []
    let next = Number.POSITIVE_INFINITY
    for (const [root, at] of this.#due) {
      if (at > now) next = Math.min(next, at)
      else if (roots.length < MOST_ROOTS_PER_QUESTION) roots.push(root)
    }
    if (roots.length === 0) return next
    const job = this.#context.request<ChainMessageFrom<'sync'>, 'findUnknown', 'unknownFound'>(
      this.#chain,
      { type: 'findUnknown', roots },
      { as: 'unknownFound', timeoutMilliseconds: this.#limits.findTimeout },
      (jobId, outcome) => ({ type: 'unknownFound', jobId, outcome }),
    )
    if (job === undefined) return now + ASK_AGAIN_AFTER
    for (const root of roots) this.#due.delete(root)
    this.#asked = { job, roots }
    return Number.POSITIVE_INFINITY
  }

  /** The roots that were asked about, and those of them that the chain does not know; undefined without an answer. */
  onFound(
    job: JobId,
    outcome: AskResult<readonly RootHex[]>,
    now: number,
  ): { readonly roots: readonly RootHex[]; readonly unknown: ReadonlySet<RootHex> } | undefined {
    if (job !== this.#asked?.job) return undefined
    const { roots } = this.#asked
    this.#asked = undefined
    if (outcome.ok) return { roots, unknown: new Set(outcome.value) }
    for (const root of roots) this.#due.set(root, now + ASK_AGAIN_AFTER)
    return undefined
  }
}
