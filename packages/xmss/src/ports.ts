import type { OpenedKey } from './keys/keyFile.ts'
import type { Result } from './result.ts'
import type { EpochRange, KeyPair, Scheme, SubTree } from './types.ts'

/** Names a job within one pool; ids count up and are never used again. */
export type JobId = number

/**
 * Why a job was refused or failed:
 * - `queueFull`: refused, nothing was queued; try again later or drop
 * - `closed`: the pool is closing or closed
 * - `workerCrashed`: the worker died with the job, and so did a second one
 * - `unknownKey`: no key of that name was added
 * - `epochNotActive`: the key cannot sign that epoch, ever
 * - `cancelled`: the caller's signal fired
 * - `badRequest`: a range or seed that no key can have
 * - `signingFailed`: no valid codeword was found (does not happen in practice)
 */
export type JobErrorCode =
  | 'queueFull'
  | 'closed'
  | 'workerCrashed'
  | 'unknownKey'
  | 'epochNotActive'
  | 'cancelled'
  | 'badRequest'
  | 'signingFailed'

export interface JobError {
  readonly code: JobErrorCode
  readonly message: string
}

/** A job that was taken. The promise never rejects: failures are values. */
export interface Job<Value> {
  readonly id: JobId
  readonly result: Promise<Result<Value, JobError>>
}

/** What submitting gives: the job, or at once why it was not taken. */
export type Submission<Value> = Result<Job<Value>, JobError>

/** One signature to check, as it came from outside: nothing about the bytes is trusted. */
export interface VerifyItem {
  /** 52 bytes. */
  readonly publicKey: Uint8Array
  readonly epoch: number
  /** 32 bytes. */
  readonly message: Uint8Array
  /** In the encoding the pool was made for. */
  readonly signature: Uint8Array
}

/** Checks signatures of many callers, packed together. */
export interface Verifier {
  /** Result: for each item, in order, whether its signature is valid. Malformed bytes are just not valid. */
  submitVerify(items: readonly VerifyItem[]): Submission<boolean[]>
}

export interface SignRequest {
  /** Name of an added key. */
  readonly keyId: string
  readonly epoch: number
  /** 32 bytes. */
  readonly message: Uint8Array
}

/**
 * Signs with keys it holds. Whoever calls must have recorded the epoch as used, on disk, before: two messages of one
 * key and epoch break the key. A job retried after a crash signs the same message, which gives the same signature.
 */
export interface Signer {
  /** Takes a key; returns its name (its public key in hex). Adding it again changes nothing. */
  addKey(key: OpenedKey): string
  /** Result: the signature in the pool's encoding. An epoch outside the prepared window waits until it is prepared. */
  submitSign(request: SignRequest): Submission<Uint8Array>
  /**
   * Moves the key's window to an epoch, to be done before the first signature after a start. Result: the window. A
   * window follows the epochs that are signed by itself.
   */
  submitPreparation(keyId: string, epoch: number): Submission<EpochRange>
  /** Epochs the key can sign at once, or undefined if it is unknown. */
  preparedRange(keyId: string): EpochRange | undefined
}

export interface KeyRequest {
  readonly scheme: Scheme
  readonly activationEpoch: number
  readonly numActiveEpochs: number
  /** 32 bytes of randomness; the same seed gives the same key as `keyGen`. */
  readonly seed: Uint8Array
  /** Called with the epochs done so far and their total number. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

export interface BottomTreeRequest {
  readonly scheme: Scheme
  readonly prfKey: Uint8Array
  readonly parameter: Uint32Array
  /** Which bottom tree: it covers epochs from index * 2^logBottomTreeLeaves on. */
  readonly index: number
  /** Called with the number of leaves of each finished piece. */
  readonly onLeaves?: ((count: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** Long work on all cores, done when nothing more urgent waits. */
export interface KeyGenerator {
  submitKeyGeneration(request: KeyRequest): Submission<KeyPair>
  /** One bottom tree of a key, to compare with what a key file holds. */
  submitBottomTree(request: BottomTreeRequest): Submission<SubTree>
}

/** How busy a pool is. */
export interface PoolStatus {
  readonly workers: number
  readonly busyWorkers: number
  /** Signatures waiting to be checked or being checked. */
  readonly pendingVerifications: number
  readonly pendingSignatures: number
  /** Pieces of key generation and preparation waiting or running. */
  readonly pendingBackgroundTasks: number
  readonly crashes: number
}

export interface SignaturePool extends Verifier, Signer, KeyGenerator {
  status(): PoolStatus
  /**
   * Takes nothing more and ends the workers. `drain` first finishes the accepted checks and signatures; `now` fails
   * them with `closed`. Key generation and preparation fail with `closed` either way.
   */
  close(how?: 'drain' | 'now'): Promise<void>
}
