import { hash } from 'node:crypto'
import type { ActorContext, MessageOf } from '@trine/actors'
import type { ChainMessage, EventSink, VerificationItem, Verifier } from '@trine/messages'
import type { SignedAttestation, State } from '@trine/types'
import type { ChainLimits } from './limits.ts'
import { attestationRoot } from './memo.ts'

/** `unverified`: the Verifier gave no answer, or there was no room to ask it. */
export type VerificationOutcome = 'valid' | 'invalid' | 'unverified'

type Done = (outcome: VerificationOutcome) => void

/** One signature on its way, with everyone who waits for the outcome. */
type Check = {
  readonly vote: SignedAttestation
  readonly key: string
  readonly item: VerificationItem
  readonly waiters: Done[]
  /** Blocks wait for their turn; what is for votes from gossip alone may be dropped. */
  isForBlock: boolean
}

type Job = { readonly checks: readonly Check[]; readonly began: number }

export type VerificationParts = {
  readonly context: ActorContext<ChainMessage>
  readonly verifier: Verifier
  readonly events: EventSink
  readonly limits: ChainLimits
  /** Holds the registry, which devnet-1 never changes. */
  readonly registry: State
  /** Called with every vote that is found valid, before those who wait for it. */
  readonly onValid: (vote: SignedAttestation) => void
}

/**
 * Has signatures verified in batches. Collected until `flush`, or until a batch is full; a signature that is under way
 * already is not sent a second time.
 */
export class Verification {
  readonly #parts: VerificationParts
  readonly #publicKeys: readonly Uint8Array[]
  /**
   * All checks not answered yet, by vote and signature. Of one vote there may be thousands with wrong signatures, which a
   * stranger makes at no cost: none is compared with the others.
   */
  readonly #open = new Map<string, Check>()
  readonly #blockChecks: Check[] = []
  readonly #voteChecks: Check[] = []
  readonly #jobs = new Map<number, Job>()

  constructor(parts: VerificationParts) {
    this.#parts = parts
    this.#publicKeys = parts.registry.validators.getAllReadonlyValues().map(({ pubkey }) => pubkey)
  }

  /** Whether another block may come, or should rather wait until the Verifier has caught up. */
  get hasRoomForBlock(): boolean {
    const { verificationBatch, verificationJobs } = this.#parts.limits
    return this.#blockChecks.length < verificationBatch * verificationJobs
  }

  /** Has a vote verified; its validator and slot must be in range. `done` is called in a later turn. */
  verify(vote: SignedAttestation, isForBlock: boolean, done: Done): void {
    const { bytes: message, hex } = attestationRoot(vote.message)
    const key = `${hex} ${hash('sha256', vote.signature, 'base64')}`
    const open = this.#open.get(key)
    if (open !== undefined) {
      open.waiters.push(done)
      open.isForBlock ||= isForBlock
      return
    }
    const { validatorIndex, data } = vote.message
    const publicKey = this.#publicKeys[validatorIndex as number]!
    const epoch = data.slot as number
    const item = { publicKey, epoch, message, signature: vote.signature }
    const check: Check = { vote, key, item, waiters: [done], isForBlock }
    this.#open.set(key, check)
    if (isForBlock) this.#blockChecks.push(check)
    else this.#voteChecks.push(check)
    if (this.#voteChecks.length > this.#parts.limits.verificationBacklog) this.#dropOldest()
    if (this.#collected >= this.#parts.limits.verificationBatch) this.flush()
  }

  /** Hands what was collected to the Verifier, as far as it may have more jobs; false when there was nothing. */
  flush(): boolean {
    if (this.#collected === 0) return false
    const { context, verifier, limits } = this.#parts
    while (this.#collected > 0 && this.#jobs.size < limits.verificationJobs) {
      const options = { as: 'signaturesVerified', timeoutMilliseconds: limits.verifierTimeout } as const
      const expectation = context.expect<readonly boolean[], 'signaturesVerified'>(
        options,
        (jobId, outcome) => ({ type: 'signaturesVerified', jobId, outcome }),
      )
      if (expectation === undefined) return true
      const checks = this.#blockChecks.splice(0, limits.verificationBatch)
      checks.push(...this.#voteChecks.splice(0, limits.verificationBatch - checks.length))
      this.#jobs.set(expectation.id, { checks, began: context.scheduler.monotonic() })
      verifier.verify(
        checks.map(({ item }) => item),
        expectation.reply,
      )
    }
    return true
  }

  /** Passes the verdicts of a job on. */
  finish({ jobId, outcome }: MessageOf<ChainMessage, 'signaturesVerified'>): void {
    const job = this.#jobs.get(jobId)
    if (job === undefined) return
    this.#jobs.delete(jobId)
    const verdicts = outcome.ok && outcome.value.length === job.checks.length ? outcome.value : undefined
    if (verdicts !== undefined) {
      let valid = 0
      for (const isValid of verdicts) if (isValid) valid += 1
      const time = this.#parts.context.scheduler.monotonic() - job.began
      this.#parts.events.emit({ type: 'signaturesVerified', valid, invalid: verdicts.length - valid, time })
    }
    const { checks } = job
    for (let index = 0; index < checks.length; index++) {
      this.#close(
        checks[index]!,
        verdicts === undefined ? 'unverified' : verdicts[index] ? 'valid' : 'invalid',
      )
    }
  }

  #close(check: Check, outcome: VerificationOutcome): void {
    this.#open.delete(check.key)
    if (outcome === 'valid') this.#parts.onValid(check.vote)
    for (const done of check.waiters) done(outcome)
  }

  get #collected(): number {
    return this.#blockChecks.length + this.#voteChecks.length
  }

  #dropOldest(): void {
    const oldest = this.#voteChecks.shift()!
    if (oldest.isForBlock) this.#blockChecks.push(oldest)
    else this.#close(oldest, 'unverified')
  }
}
