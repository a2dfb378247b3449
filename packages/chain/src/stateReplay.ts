import type { ActorContext, MessageOf } from '@trine/actors'
import type { Store } from '@trine/fork-choice'
import type { BlockStore, ChainMessage, RootedBlock } from '@trine/messages'
import { type RootHex, type State, toHex } from '@trine/types'
import type { ChainLimits } from './limits.ts'
import { headerOf } from './memo.ts'
import type { Transition } from './parts.ts'
import type { StateCache } from './stateCache.ts'

/** Jobs at the same time; more are turned down. */
const JOBS = 32

type Job = {
  readonly root: RootHex
  /** Blocks to be replayed, oldest first. */
  readonly path: readonly RootHex[]
  /** How many of them are. */
  done: number
  state: State
  readonly waiters: ((state: State | undefined) => void)[]
}

export type StateReplayParts = {
  readonly context: ActorContext<ChainMessage>
  readonly limits: ChainLimits
  readonly store: Store
  readonly states: StateCache
  /** A block that is in memory. */
  readonly getBlock: (root: RootHex) => RootedBlock | undefined
  readonly blockStore: BlockStore | undefined
  readonly transition: Transition
}

/**
 * Makes post-states again that are no longer in memory, by replaying blocks on the nearest one that is. One job at a
 * time, a few blocks per turn; blocks that are not in memory are read from the BlockStore.
 */
export class StateReplay {
  readonly #parts: StateReplayParts
  readonly #jobs = new Map<RootHex, Job>()
  /** The read that the first job waits for. */
  #readId: number | undefined

  constructor(parts: StateReplayParts) {
    this.#parts = parts
  }

  /** Whether there is something to do now. */
  get hasWork(): boolean {
    return this.#jobs.size > 0 && this.#readId === undefined
  }

  /** The state after a block of the tree, if it is in memory or a few replayed blocks away. */
  stateNow(root: RootHex): State | undefined {
    const { states, limits } = this.#parts
    const known = states.get(root)
    if (known !== undefined) return known
    const job = this.#createJob(root)
    if (job === undefined || job.path.length > limits.replayedBlocksPerTurn) return undefined
    return this.#replay(job) === 'done' ? this.#keep(job) : undefined
  }

  /** Has the state after a block of the tree made; `done` is called in a later turn, without a state if there is no way. */
  request(root: RootHex, done: (state: State | undefined) => void): boolean {
    const open = this.#jobs.get(root)
    const job = open ?? this.#createJob(root)
    if (job === undefined || (open === undefined && this.#jobs.size >= JOBS)) return false
    job.waiters.push(done)
    this.#jobs.set(root, job)
    return true
  }

  /** Replays some blocks of the first job. */
  work(): void {
    const [job] = this.#jobs.values()
    if (job === undefined || this.#readId !== undefined) return
    const outcome = this.#replay(job)
    if (outcome === 'more') return
    if (outcome === 'blockMissing' && this.#read(job.path[job.done]!)) return
    this.#finish(job, outcome === 'done' ? this.#keep(job) : undefined)
  }

  /** Takes a block that was read. */
  takeBlock({ jobId, outcome }: MessageOf<ChainMessage, 'storedBlockRead'>): void {
    if (jobId !== this.#readId) return
    this.#readId = undefined
    const [job] = this.#jobs.values()
    if (job === undefined) return
    const block = outcome.ok ? outcome.value : undefined
    if (block === undefined || !this.#apply(job, block)) this.#finish(job, undefined)
  }

  #createJob(root: RootHex): Job | undefined {
    const { store, states } = this.#parts
    const path: RootHex[] = []
    let current = root
    while (!states.has(current)) {
      const block = store.getBlock(current)
      if (block === undefined) return undefined
      path.push(current)
      current = toHex(block.parentRoot)
    }
    return { root, path: path.reverse(), done: 0, state: states.get(current)!, waiters: [] }
  }

  /** Replays the next blocks that are in memory, as many as one turn may. */
  #replay(job: Job): 'done' | 'more' | 'blockMissing' | 'failed' {
    for (let count = 0; count < this.#parts.limits.replayedBlocksPerTurn; count++) {
      const root = job.path[job.done]
      if (root === undefined) return 'done'
      const block = this.#parts.getBlock(root)
      if (block === undefined) return 'blockMissing'
      if (!this.#apply(job, block)) return 'failed'
    }
    return job.done === job.path.length ? 'done' : 'more'
  }

  #apply(job: Job, { root, signedBlock }: RootedBlock): boolean {
    const { block } = signedBlock.message
    const post = this.#parts.transition(job.state, block, root, headerOf(block).bodyRoot)
    if (!post.ok) return false
    job.state = post.value
    job.done += 1
    return true
  }

  #read(root: RootHex): boolean {
    const { context, limits, blockStore } = this.#parts
    const options = { as: 'storedBlockRead', timeoutMilliseconds: limits.blockStoreTimeout } as const
    const expectation =
      blockStore &&
      context.expect<RootedBlock | undefined, 'storedBlockRead'>(options, (jobId, outcome) => ({
        type: 'storedBlockRead',
        jobId,
        outcome,
      }))
    if (expectation === undefined || blockStore === undefined) return false
    this.#readId = expectation.id
    blockStore.readBlock(root, expectation.reply)
    return true
  }

  #keep({ root, state }: Job): State {
    this.#parts.states.set(root, state)
    return state
  }

  #finish(job: Job, state: State | undefined): void {
    this.#jobs.delete(job.root)
    for (const done of job.waiters) done(state)
  }
}
