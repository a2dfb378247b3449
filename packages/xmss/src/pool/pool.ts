import { MESSAGE_BYTES } from '../constants.ts'
import type { OpenedKey } from '../keys/keyFile.ts'
import type {
  BottomTreeRequest,
  Job,
  JobError,
  KeyRequest,
  PoolStatus,
  SignaturePool,
  SignRequest,
  Submission,
  VerifyItem,
} from '../ports.ts'
import { failure, type Result, success } from '../result.ts'
import { type SignatureEncoding, signatureBytes } from '../signatureEncoding.ts'
import type { EpochRange, KeyPair, Scheme, SubTree } from '../types.ts'
import { generateKey } from './keyGeneration.ts'
import { Keyring } from './keyring.ts'
import type { WorkerRequest, WorkerResponse } from './protocol.ts'
import { TaskQueue } from './task.ts'
import { buildTree } from './trees.ts'
import { VerifyQueue } from './verifyQueue.ts'
import { type SpawnWorker, Workers } from './workers.ts'

export interface PoolOptions {
  /** Scheme of the signatures to check. Keys bring their own. */
  readonly scheme: Scheme
  /** How signatures are written, both those to check and those made. */
  readonly encoding: SignatureEncoding
  /** Signatures that may wait to be checked; more are refused. */
  readonly maxPendingVerifications?: number
  /** Signatures that may wait to be made; by default 1,024, or two for each key where that is more. */
  readonly maxPendingSignatures?: number
  /** Called when a key's window has moved: the moment to write its key file again, so that a restart has the trees. */
  readonly onPrepared?: (keyId: string, key: OpenedKey) => void
}

/** Four of the largest blocks. */
const DEFAULT_MAX_VERIFICATIONS = 16_384
const DEFAULT_MAX_SIGNATURES = 1_024
/** All keys sign at the same moment, once a slot, and a slot's signatures may take longer than it. */
const SIGNATURES_PER_KEY = 2

const CLOSED: JobError = { code: 'closed', message: 'the pool is closed' }

/** A pool of `workerCount` workers. Signing goes before checking, checking before key generation and preparation. */
export class Pool implements SignaturePool {
  private readonly verifications: VerifyQueue
  private readonly keyring: Keyring
  private readonly background = new TaskQueue()
  private readonly workers: Workers
  private readonly maxVerifications: number
  private readonly givenMaxSignatures: number | undefined
  private nextId = 1
  private isClosed = false
  private readonly drained = Promise.withResolvers<void>()

  constructor(options: PoolOptions, workerCount: number, spawn: SpawnWorker) {
    this.maxVerifications = options.maxPendingVerifications ?? DEFAULT_MAX_VERIFICATIONS
    this.givenMaxSignatures = options.maxPendingSignatures
    this.verifications = new VerifyQueue(signatureBytes(options.scheme, options.encoding))
    this.keyring = new Keyring({
      run: this.runInBackground,
      wake: () => this.wake(),
      onPrepared: options.onPrepared ?? (() => {}),
    })
    const sources = [this.keyring.queue, this.verifications, this.background]
    this.workers = new Workers(workerCount, spawn, sources, () => this.settled())
  }

  submitVerify(items: readonly VerifyItem[]): Submission<boolean[]> {
    const { pending } = this.verifications
    if (pending + items.length > this.maxVerifications) {
      return refuse('queueFull', `${pending} signatures wait, at most ${this.maxVerifications} may`)
    }
    return this.submit((resolve) => this.verifications.push(items, resolve))
  }

  addKey(key: OpenedKey): string {
    return this.keyring.add(key)
  }

  preparedRange(keyId: string): EpochRange | undefined {
    return this.keyring.preparedRange(keyId)
  }

  submitSign(request: SignRequest): Submission<Uint8Array> {
    const { keyId, epoch, message } = request
    if (message.length !== MESSAGE_BYTES) {
      throw new RangeError(`message: expected ${MESSAGE_BYTES} bytes, got ${message.length}`)
    }
    const refusal = this.keyring.refusal(keyId, epoch)
    if (refusal) return failure(refusal)
    const { pending } = this.keyring
    if (pending >= this.maxSignatures) {
      return refuse('queueFull', `${pending} signatures wait to be made, at most ${this.maxSignatures} may`)
    }
    // A copy: sent to a worker, a view would take its whole buffer along.
    const copy = { keyId, epoch, message: Uint8Array.from(message) }
    return this.submit((resolve) => this.keyring.push(copy, resolve))
  }

  submitPreparation(keyId: string, epoch: number): Submission<EpochRange> {
    const refusal = this.keyring.refusal(keyId, epoch)
    if (refusal) return failure(refusal)
    return this.submit((resolve) => this.keyring.pushPreparation(keyId, epoch, resolve))
  }

  submitKeyGeneration(request: KeyRequest): Submission<KeyPair> {
    return this.submit((resolve) => {
      void generateKey(this.runInBackground, request).then(resolve)
    })
  }

  submitBottomTree(request: BottomTreeRequest): Submission<SubTree> {
    return this.submit((resolve) => {
      void buildTree(this.runInBackground, request).then(resolve)
    })
  }

  status(): PoolStatus {
    return {
      workers: this.workers.count,
      busyWorkers: this.workers.busyCount,
      pendingVerifications: this.verifications.pending,
      pendingSignatures: this.keyring.pending,
      pendingBackgroundTasks: this.background.length,
      crashes: this.workers.crashes,
    }
  }

  async close(how: 'drain' | 'now' = 'drain'): Promise<void> {
    this.isClosed = true
    this.background.fail(CLOSED)
    this.keyring.failWaiting(CLOSED)
    if (how === 'drain' && this.hasUrgentWork) await this.drained.promise
    this.verifications.fail(CLOSED)
    this.keyring.queue.fail(CLOSED)
    await this.workers.close(CLOSED)
    this.drained.resolve()
  }

  private get maxSignatures(): number {
    const { size } = this.keyring
    return this.givenMaxSignatures ?? Math.max(DEFAULT_MAX_SIGNATURES, SIGNATURES_PER_KEY * size)
  }

  private get hasUrgentWork(): boolean {
    return this.verifications.pending + this.keyring.pending > 0
  }

  private submit<Value>(
    push: (resolve: (result: Result<Value, JobError>) => void) => void,
  ): Submission<Value> {
    if (this.isClosed) return failure(CLOSED)
    if (this.workers.isBroken) return refuse('workerCrashed', 'no worker could be started')
    const job: Job<Value> = { id: this.nextId++, result: new Promise(push) }
    this.wake()
    return success(job)
  }

  private readonly runInBackground = (request: WorkerRequest): Promise<Result<WorkerResponse, JobError>> => {
    if (this.isClosed) return Promise.resolve(failure(CLOSED))
    return new Promise((resolve) => {
      this.background.push({
        build: () => request,
        settle: (result) => resolve(result as Result<WorkerResponse, JobError>),
      })
      this.wake()
    })
  }

  private wake(): void {
    this.workers.keepAlive(true)
    this.workers.wake()
  }

  private settled(): void {
    if (this.isClosed && !this.hasUrgentWork) this.drained.resolve()
    const isIdle = !this.hasUrgentWork && this.background.length === 0 && this.workers.busyCount === 0
    this.workers.keepAlive(!isIdle)
  }
}

function refuse(code: JobError['code'], message: string): { readonly ok: false; readonly error: JobError } {
  return failure({ code, message })
}
