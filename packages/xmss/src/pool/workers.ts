import type { JobError } from '../ports.ts'
import { failure, success } from '../result.ts'
import { movable, type WorkerMessage, type WorkerRequest } from './protocol.ts'
import { type Task, TaskQueue, type TaskSource } from './task.ts'

/** One worker as the pool sees it: a thread, a Web Worker, or a function in this thread. */
export interface WorkerPort {
  post(request: WorkerRequest, transfer: ArrayBuffer[]): void
  /** Whether this worker has to keep the process alive. */
  keepAlive(needed: boolean): void
  /** Ends it; resolves when it is gone. */
  terminate(): Promise<void>
}

export interface WorkerListener {
  message(message: WorkerMessage): void
  /** The worker is gone or cannot be used any more. Called at most once. */
  exit(reason: string): void
}

export type SpawnWorker = (listener: WorkerListener) => WorkerPort

/** A worker that dies so often before it was ever ready is not started again. */
const MAX_FAILED_STARTS = 3

interface Slot {
  port: WorkerPort | undefined
  isReady: boolean
  failedStarts: number
  /** Keys that this worker has been given, with their left bottom tree. */
  known: Map<string, number>
  task: Task | undefined
  /** Whether another worker died with the task before. */
  isRetry: boolean
}

/**
 * Runs tasks on workers: takes them from the sources in order of importance, restarts workers that die, and gives
 * the task of a dead worker to another one, once.
 */
export class Workers {
  crashes = 0
  private readonly slots: Slot[] = []
  private readonly spawn: SpawnWorker
  private readonly sources: readonly TaskSource[]
  private readonly onSettled: () => void
  private readonly retries = new TaskQueue()
  private isHandingOut = false
  private isKeptAlive = false
  private isClosed = false

  /** `onSettled` is called whenever a task has ended and whenever workers died. */
  constructor(count: number, spawn: SpawnWorker, sources: readonly TaskSource[], onSettled: () => void) {
    this.spawn = spawn
    this.sources = sources
    this.onSettled = onSettled
    for (let index = 0; index < count; index++) {
      const slot: Slot = {
        port: undefined,
        isReady: false,
        failedStarts: 0,
        known: new Map(),
        task: undefined,
        isRetry: false,
      }
      this.slots.push(slot)
      this.start(slot)
    }
  }

  get count(): number {
    return this.slots.length
  }

  get busyCount(): number {
    return this.slots.filter((slot) => slot.task !== undefined).length
  }

  /** Whether there is nothing left that could run a task. */
  get isBroken(): boolean {
    return this.slots.every((slot) => slot.port === undefined)
  }

  /**
   * Hands out tasks at the end of this turn: what a caller submits in a loop is packed together, and a free worker
   * still starts at once.
   */
  wake(): void {
    if (this.isHandingOut) return
    this.isHandingOut = true
    queueMicrotask(() => {
      this.isHandingOut = false
      this.handOut()
    })
  }

  /** Keeps the process alive while there is work, and only then. */
  keepAlive(needed: boolean): void {
    if (needed === this.isKeptAlive) return
    this.isKeptAlive = needed
    for (const slot of this.slots) slot.port?.keepAlive(needed)
  }

  /** Ends the workers; whatever they were doing fails with the error. */
  async close(error: JobError): Promise<void> {
    this.isClosed = true
    const ports = this.slots.flatMap((slot) => slot.port ?? [])
    const tasks = this.slots.flatMap((slot) => slot.task ?? [])
    for (const slot of this.slots) {
      slot.port = undefined
      slot.task = undefined
    }
    for (const task of tasks) task.settle(failure(error))
    this.retries.fail(error)
    await Promise.all(ports.map((port) => port.terminate()))
  }

  private start(slot: Slot): void {
    slot.isReady = false
    slot.known = new Map()
    const port = this.spawn({
      message: (message) => {
        if (slot.port === port) this.receive(slot, message)
      },
      exit: (reason) => {
        if (slot.port === port) this.replace(slot, reason)
      },
    })
    slot.port = port
    port.keepAlive(this.isKeptAlive)
  }

  private receive(slot: Slot, message: WorkerMessage): void {
    if (message.type === 'ready') {
      slot.isReady = true
      slot.failedStarts = 0
    } else {
      const task = slot.task
      slot.task = undefined
      task?.settle(success(message.value))
    }
    this.handOut()
    this.onSettled()
  }

  private replace(slot: Slot, reason: string): void {
    this.crashes += 1
    const task = slot.task
    slot.task = undefined
    slot.port = undefined
    if (!slot.isReady) slot.failedStarts += 1
    if (slot.failedStarts < MAX_FAILED_STARTS) this.start(slot)
    if (task && slot.isRetry) task.settle(failure(crashed(`the worker died with the job, twice: ${reason}`)))
    else if (task) for (const piece of task.split?.() ?? [task]) this.retries.push(piece)
    if (this.isBroken) {
      const error = crashed(`workers cannot be started: ${reason}`)
      for (const source of [this.retries, ...this.sources]) source.fail(error)
    }
    this.handOut()
    this.onSettled()
  }

  private handOut(): void {
    if (this.isClosed) return
    let free = this.slots.filter((slot) => slot.port && slot.isReady && !slot.task)
    while (free.length > 0) {
      const retry = this.retries.take()
      const task = retry ?? this.takeFresh(free.length)
      if (!task) return
      const slot = free[0] as Slot
      const request = task.build(slot.known)
      slot.task = task
      slot.isRetry = retry !== undefined
      slot.port?.post(request, movable(request))
      free = free.slice(1)
    }
  }

  private takeFresh(freeWorkers: number): Task | undefined {
    for (const source of this.sources) {
      const task = source.take(freeWorkers)
      if (task) return task
    }
    return undefined
  }
}

function crashed(message: string): JobError {
  return { code: 'workerCrashed', message }
}
