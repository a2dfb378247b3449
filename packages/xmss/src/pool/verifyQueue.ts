import type { JobError, VerifyItem } from '../ports.ts'
import { failure, type Result, success } from '../result.ts'
import { canPack, packItems } from './protocol.ts'
import type { Task, TaskSource } from './task.ts'

/** Signatures in one hash permutation: batches are multiples of it. */
const LANES = 4
/** Signatures that a worker is given at most: 2.6 ms of work, so that urgent tasks do not wait long. */
const MAX_BATCH = 32

interface VerifyJob {
  readonly items: readonly VerifyItem[]
  /** Positions of the items that can be valid at all. */
  readonly candidates: readonly number[]
  readonly valid: boolean[]
  /** Candidates handed out so far. */
  taken: number
  undecided: number
  isSettled: boolean
  readonly resolve: (result: Result<boolean[], JobError>) => void
}

/** A run of one job's candidates. */
interface Slice {
  readonly job: VerifyJob
  readonly positions: readonly number[]
}

/** Jobs of many callers in order of arrival, handed out in batches that fill the lanes and spread over the workers. */
export class VerifyQueue implements TaskSource {
  /** Signatures of jobs that are not finished. */
  pending = 0
  private waiting = 0
  private readonly jobs: VerifyJob[] = []
  private readonly signatureBytes: number

  constructor(signatureBytes: number) {
    this.signatureBytes = signatureBytes
  }

  push(items: readonly VerifyItem[], resolve: (result: Result<boolean[], JobError>) => void): void {
    const candidates = [...items.keys()].filter((index) => canPack(items[index]!, this.signatureBytes))
    const valid = items.map(() => false)
    if (candidates.length === 0) {
      resolve(success(valid))
      return
    }
    this.jobs.push({
      items,
      candidates,
      valid,
      taken: 0,
      undecided: candidates.length,
      isSettled: false,
      resolve,
    })
    this.pending += candidates.length
    this.waiting += candidates.length
  }

  take(freeWorkers: number): Task | undefined {
    if (this.waiting === 0) return undefined
    const share = Math.ceil(this.waiting / freeWorkers / LANES) * LANES
    let room = Math.min(share, MAX_BATCH)
    const slices: Slice[] = []
    while (room > 0 && this.jobs.length > 0) {
      const job = this.jobs[0]!
      const positions = job.candidates.slice(job.taken, job.taken + room)
      job.taken += positions.length
      room -= positions.length
      this.waiting -= positions.length
      slices.push({ job, positions })
      if (job.taken === job.candidates.length) this.jobs.shift()
    }
    return this.task(slices)
  }

  fail(error: JobError): void {
    this.waiting = 0
    for (const job of this.jobs.splice(0)) this.settle(job, failure(error))
  }

  private task(slices: readonly Slice[]): Task {
    return {
      build: () => {
        const items = slices.flatMap(({ job, positions }) =>
          positions.map((position) => job.items[position]!),
        )
        return { type: 'verify', packed: packItems(items, this.signatureBytes) }
      },
      settle: (result) => this.decide(slices, result as Result<Uint8Array, JobError>),
      split: () => slices.map((slice) => this.task([slice])),
    }
  }

  private decide(slices: readonly Slice[], result: Result<Uint8Array, JobError>): void {
    let next = 0
    for (const { job, positions } of slices) {
      if (!result.ok) {
        this.settle(job, result)
        continue
      }
      for (const position of positions) job.valid[position] = result.value[next++] === 1
      job.undecided -= positions.length
      if (job.undecided === 0) this.settle(job, success(job.valid))
    }
  }

  private settle(job: VerifyJob, result: Result<boolean[], JobError>): void {
    if (job.isSettled) return
    job.isSettled = true
    this.pending -= job.candidates.length
    job.resolve(result)
  }
}
