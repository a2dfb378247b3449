import type { JobId, MessageOf } from '@trine/actors'
import {
  type ReservationError,
  type SignError,
  slotAt,
  startOfInterval,
  type ValidatorMessage,
} from '@trine/messages'
import { type Attestation, attestationType, type Result, type Slot } from '@trine/types'
import type { Duty, DutyLog } from './dutyLog.ts'
import type { ValidatorContext, ValidatorParts } from './parts.ts'

/** A vote to be signed for a duty, and what is done with the signature; false when it could not be published. */
export type SigningTask = {
  readonly duty: Duty
  readonly attestation: Attestation
  readonly publish: (signature: Uint8Array) => boolean
}

type OpenTask = SigningTask & { readonly message: Uint8Array; readonly since: number }

/**
 * From data to publication: reserve the epoch, sign, publish, each step only while the duty's slot lasts. Once an epoch
 * is reserved it is spent: whatever goes wrong later, nothing else is signed for it.
 */
export class Signing {
  readonly #context: ValidatorContext
  readonly #parts: ValidatorParts
  readonly #log: DutyLog
  readonly #open = new Map<JobId, OpenTask>()

  constructor(context: ValidatorContext, parts: ValidatorParts, log: DutyLog) {
    this.#context = context
    this.#parts = parts
    this.#log = log
  }

  /** Whether the clock still stands in a slot. */
  isStill(slot: Slot): boolean {
    return slotAt(this.#context.scheduler.now(), this.#parts.timing) === slot
  }

  /** Milliseconds to the end of a slot: no step of a duty may take longer. */
  timeLeft(slot: Slot): number {
    return startOfInterval(slot + 1, 0, this.#parts.timing) - this.#context.scheduler.now()
  }

  /** Reserves the epoch; the rest follows from the answers. False when nothing was asked: the epoch is still free. */
  begin(task: SigningTask): boolean {
    const { duty, attestation } = task
    const publicKey = this.#parts.signer.publicKeyOf(duty.validatorIndex)
    if (publicKey === undefined) return this.#give(duty, 'failed', 'the key is not here')
    if (!this.isStill(duty.slot))
      return this.#give(duty, 'skipped', 'the slot ended before the epoch was reserved')
    const expectation = this.#context.expect<Result<'reserved', ReservationError>>(
      { as: 'epochReserved', timeoutMilliseconds: this.timeLeft(duty.slot) },
      (jobId, outcome) => ({ type: 'epochReserved', jobId, outcome }),
    )
    if (expectation === undefined) return this.#give(duty, 'failed', 'too many results are awaited')
    const message = attestationType.hashTreeRoot(attestation)
    this.#open.set(expectation.id, { ...task, message, since: this.#now() })
    this.#parts.ledger.reserve({ publicKey, epoch: duty.slot, message }, expectation.reply)
    return true
  }

  /** The ledger's answer: only a reservation lets the signature be made. */
  onReserved({ jobId, outcome }: MessageOf<ValidatorMessage, 'epochReserved'>): void {
    const task = this.#take(jobId)
    if (task === undefined) return
    const { duty, message } = task
    duty.reserveTime = this.#now() - task.since
    if (!outcome.ok) return this.#log.end(duty, 'failed', `ledger: ${outcome.error.message}`)
    if (!outcome.value.ok) {
      const { code, message: reason } = outcome.value.error
      return this.#log.end(duty, code === 'EPOCH_USED' ? 'skipped' : 'failed', `ledger: ${reason}`)
    }
    if (!this.isStill(duty.slot)) return this.#log.end(duty, 'skipped', 'the slot ended before signing')
    const expectation = this.#context.expect<Result<Uint8Array, SignError>>(
      { as: 'signed', timeoutMilliseconds: this.timeLeft(duty.slot) },
      (id, result) => ({ type: 'signed', jobId: id, outcome: result }),
    )
    if (expectation === undefined) return this.#log.end(duty, 'failed', 'too many results are awaited')
    this.#open.set(expectation.id, { ...task, since: this.#now() })
    const { slot: epoch, validatorIndex } = duty
    this.#parts.signer.sign({ validatorIndex, epoch, message }, expectation.reply)
  }

  /** The signer's answer: published only while the slot lasts. */
  onSigned({ jobId, outcome }: MessageOf<ValidatorMessage, 'signed'>): void {
    const task = this.#take(jobId)
    if (task === undefined) return
    const { duty } = task
    duty.signTime = this.#now() - task.since
    if (!outcome.ok) return this.#log.end(duty, 'failed', `signer: ${outcome.error.message}`)
    if (!outcome.value.ok) return this.#log.end(duty, 'failed', `signer: ${outcome.value.error.message}`)
    duty.isSigned = true
    if (!this.isStill(duty.slot)) return this.#log.end(duty, 'skipped', 'the slot ended before publishing')
    if (task.publish(outcome.value.value)) this.#log.end(duty, 'published')
    else this.#log.end(duty, 'failed', 'the network took no more messages')
  }

  #take(jobId: JobId): OpenTask | undefined {
    const task = this.#open.get(jobId)
    this.#open.delete(jobId)
    return task
  }

  #give(duty: Duty, outcome: 'failed' | 'skipped', reason: string): false {
    this.#log.end(duty, outcome, reason)
    return false
  }

  #now(): number {
    return this.#context.scheduler.monotonic()
  }
}
