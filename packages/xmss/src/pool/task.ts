import type { JobError } from '../ports.ts'
import { failure, type Result } from '../result.ts'
import type { WorkerRequest } from './protocol.ts'

/** Something one worker does in one go, and takes again if that worker dies. */
export interface Task {
  /**
   * The request, built anew for each worker it is sent to. `known` tells which keys that worker has, and the window of
   * each; a request that brings a key notes it there.
   */
  build(known: Map<string, number>): WorkerRequest
  settle(result: Result<unknown, JobError>): void
  /** Pieces that concern one caller each, so that after a crash the guilty piece does not take others along again. */
  split?(): Task[]
}

/** Where free workers get tasks from. */
export interface TaskSource {
  /** The next task, or undefined. `freeWorkers` of them, this one included, wait for work. */
  take(freeWorkers: number): Task | undefined
  /** Ends everything that waits with an error. */
  fail(error: JobError): void
}

/** First in, first out. */
export class TaskQueue implements TaskSource {
  private tasks: Task[] = []

  get length(): number {
    return this.tasks.length
  }

  push(task: Task): void {
    this.tasks.push(task)
  }

  take(): Task | undefined {
    return this.tasks.shift()
  }

  fail(error: JobError): void {
    const waiting = this.tasks
    this.tasks = []
    for (const task of waiting) task.settle(failure(error))
  }
}
