import { type ModelRun, type StakerStatus, type VoteSummary, ZERO_HASH } from '../modelRun.ts'

/**
 * What a picture needs of a run, compact enough to be put into a page. Blocks are indices into `blocks`, -1 is none or
 * the zero hash. The lists of a track are flat: each event is its step and then the numbers named here.
 */
export type Recording = {
  readonly name: string
  readonly seed: string
  readonly stakers: number
  readonly steps: number
  readonly slotDuration: number
  /** All blocks of the run, parents before children. */
  readonly blocks: readonly RecordedBlock[]
  readonly tracks: readonly Track[]
}

export type RecordedBlock = {
  readonly hash: string
  readonly slot: number
  readonly parent: number
  readonly votes: number
}

/** What happened to one staker. */
export type Track = {
  readonly staker: number
  /** step, block: the block became known. */
  readonly blocks: readonly number[]
  /** step, head, justified, finalized, safe target, known votes, new votes: after a step that changed any. */
  readonly statuses: readonly number[]
  /** step, voter, slot, head, target: the latest known vote of a voter changed. */
  readonly votes: readonly number[]
}

const COUNTS = ['chain', 'knownVotes', 'newVotes'] as const

type GrowingTrack = { staker: number; blocks: number[]; statuses: number[]; votes: number[] }

/** Records the tracks of some stakers while a run goes on. */
export class Recorder {
  readonly #run: ModelRun
  readonly #tracks: readonly GrowingTrack[]
  readonly #former: (StakerStatus | undefined)[] = []
  readonly #votes: Map<number, VoteSummary>[]
  readonly #indices = new Map<string, number>()
  /** Numbers recorded so far, to be watched by whoever must bound the size. */
  size = 0

  constructor(run: ModelRun, stakers: readonly number[]) {
    this.#run = run
    this.#tracks = stakers.map((staker) => ({ staker, blocks: [], statuses: [], votes: [] }))
    this.#votes = stakers.map(() => new Map())
    for (const track of this.#tracks) track.blocks.push(0, 0)
  }

  /** To be called after each step. */
  addStep(): void {
    const step = this.#run.stepsDone - 1
    for (const [position, track] of this.#tracks.entries()) {
      const status = this.#run.status(track.staker)
      const former = this.#former[position]
      this.#former[position] = status
      if (status.chain !== (former?.chain ?? 1)) {
        const learned = this.#run.blocksOf(track.staker).slice(former?.chain ?? 1)
        for (const { hash } of learned) this.#push(track.blocks, step, this.#indexOf(hash))
      }
      // The latest votes move only when waiting votes are accepted or a block brings some.
      if (former === undefined || COUNTS.some((count) => status[count] !== former[count])) {
        this.#addVotes(position, track, step)
      }
      this.#addStatus(track, step, status)
    }
  }

  /** The recording of the steps so far. */
  finish(): Recording {
    const { name, seed, stakers, slotDuration } = this.#run.scenario
    return {
      name,
      seed: seed.toString(),
      stakers,
      steps: this.#run.stepsDone,
      slotDuration,
      blocks: this.#run.blocks().map(({ hash, slot, parent, votes }) => ({
        hash,
        slot,
        parent: this.#indexOf(parent),
        votes,
      })),
      tracks: this.#tracks,
    }
  }

  #addStatus(track: GrowingTrack, step: number, status: StakerStatus): void {
    const numbers = [status.head, status.justified, status.finalized, status.safeTarget ?? ZERO_HASH]
      .map((hash) => this.#indexOf(hash))
      .concat(status.knownVotes, status.newVotes)
    const former = track.statuses.slice(-numbers.length)
    if (former.length > 0 && numbers.every((number, index) => number === former[index])) return
    this.#push(track.statuses, step, ...numbers)
  }

  #addVotes(position: number, track: GrowingTrack, step: number): void {
    const former = this.#votes[position]!
    for (const vote of this.#run.latestVotesOf(track.staker)) {
      const known = former.get(vote.staker)
      if (known?.slot === vote.slot && known.head === vote.head) continue
      former.set(vote.staker, vote)
      this.#push(
        track.votes,
        step,
        vote.staker,
        vote.slot,
        this.#indexOf(vote.head),
        this.#indexOf(vote.target),
      )
    }
  }

  #indexOf(hash: string): number {
    if (hash === ZERO_HASH) return -1
    if (!this.#indices.has(hash)) {
      for (const [index, block] of this.#run.blocks().entries()) this.#indices.set(block.hash, index)
    }
    return this.#indices.get(hash)!
  }

  #push(events: number[], ...numbers: number[]): void {
    events.push(...numbers)
    this.size += numbers.length
  }
}
