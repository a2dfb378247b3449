import { unpackItems, type WorkerRequest, type WorkerResponse } from '../../src/pool/protocol.ts'
import type { SpawnWorker, WorkerListener, WorkerPort } from '../../src/pool/workers.ts'

export const SIGNATURE_BYTES = 3112

/** One fake worker: it answers when the test says so. */
export class FakeWorker implements WorkerPort {
  readonly requests: WorkerRequest[] = []
  readonly listener: WorkerListener
  isKeptAlive = false
  isTerminated = false
  private answered = 0

  constructor(listener: WorkerListener) {
    this.listener = listener
  }

  post(request: WorkerRequest): void {
    this.requests.push(request)
  }

  keepAlive(needed: boolean): void {
    this.isKeptAlive = needed
  }

  async terminate(): Promise<void> {
    this.isTerminated = true
  }

  /** The request that waits for an answer. */
  get waiting(): WorkerRequest {
    const request = this.requests[this.answered]
    if (!request) throw new Error('nothing waits')
    return request
  }

  get isBusy(): boolean {
    return this.answered < this.requests.length
  }

  ready(): void {
    this.listener.message({ type: 'ready' })
  }

  answer(value: WorkerResponse): void {
    this.answered += 1
    this.listener.message({ type: 'done', value })
  }

  /** Answers a batch: an item is valid if its signature begins with 1. */
  answerVerify(): void {
    this.answer(Uint8Array.from(this.batch(), (item) => (item.signature[0] === 1 ? 1 : 0)))
  }

  /** The items of the request that waits for an answer. */
  batch() {
    if (this.waiting.type !== 'verify') throw new Error('no batch waits')
    return unpackItems(this.waiting.packed, SIGNATURE_BYTES)
  }

  die(reason = 'killed by the test'): void {
    this.listener.exit(reason)
  }
}

/** Spawns fake workers and remembers them; `workers` are the living ones first spawned first. */
export function fakeSpawn(): { spawn: SpawnWorker; all: FakeWorker[] } {
  const all: FakeWorker[] = []
  const spawn: SpawnWorker = (listener) => {
    const worker = new FakeWorker(listener)
    all.push(worker)
    return worker
  }
  return { spawn, all }
}

/** Lets everything that waits only for microtasks happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}
