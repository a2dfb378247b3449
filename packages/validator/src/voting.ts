import type { JobId, MessageOf } from '@trine/actors'
import type { ValidatorMessage } from '@trine/messages'
import type { AttestationData, RootHex, Slot, ValidatorIndex } from '@trine/types'
import { type DutyLog, newDuty } from './dutyLog.ts'
import type { HeadView } from './headView.ts'
import type { ValidatorContext, ValidatorParts } from './parts.ts'
import type { Signing } from './signing.ts'

type OpenRound = {
  readonly slot: Slot
  readonly validators: readonly ValidatorIndex[]
  readonly jobId: JobId
  readonly begunAt: number
  readonly headBefore: RootHex | undefined
  readonly isSecondTry: boolean
}

/** The votes of a slot: data is fetched once for all validators, then each signs on its own. */
export class Voting {
  readonly #context: ValidatorContext
  readonly #parts: ValidatorParts
  readonly #log: DutyLog
  readonly #signing: Signing
  readonly #head: HeadView
  #open: OpenRound | undefined

  constructor(
    context: ValidatorContext,
    parts: ValidatorParts,
    log: DutyLog,
    signing: Signing,
    head: HeadView,
  ) {
    this.#context = context
    this.#parts = parts
    this.#log = log
    this.#signing = signing
    this.#head = head
  }

  begin(slot: Slot, validators: readonly ValidatorIndex[]): void {
    const open = this.#open
    if (open !== undefined) {
      this.#open = undefined
      this.#context.forget(open.jobId)
      this.#endAll(open.slot, open.validators, 'failed', 'a new slot began')
    }
    if (validators.length === 0) return
    if (!this.#signing.isStill(slot)) {
      return this.#endAll(slot, validators, 'skipped', 'the tick came after the slot')
    }
    this.#ask(slot, validators, this.#context.scheduler.monotonic(), false)
  }

  onData({ jobId, outcome }: MessageOf<ValidatorMessage, 'attestationDataReady'>): void {
    const open = this.#open
    if (open?.jobId !== jobId) return
    this.#open = undefined
    const { slot, validators, begunAt } = open
    if (!outcome.ok) return this.#endAll(slot, validators, 'failed', `chain: ${outcome.error.message}`)
    if (!outcome.value.ok) {
      return this.#endAll(slot, validators, 'failed', `chain: ${outcome.value.error.message}`)
    }
    const { data, headRoot } = outcome.value.value
    if (!open.isSecondTry && this.#head.hasMoved(open.headBefore, headRoot)) {
      return this.#ask(slot, validators, begunAt, true)
    }
    if (data.slot !== slot) {
      return this.#endAll(slot, validators, 'failed', `expected a vote of slot ${slot}, got ${data.slot}`)
    }
    const dataTime = this.#context.scheduler.monotonic() - begunAt
    for (const validatorIndex of validators) this.#sign(validatorIndex, slot, data, dataTime)
  }

  #ask(slot: Slot, validators: readonly ValidatorIndex[], begunAt: number, isSecondTry: boolean): void {
    const jobId = this.#context.request(
      this.#parts.chain,
      { type: 'getAttestationData', slot },
      { as: 'attestationDataReady', timeoutMilliseconds: this.#signing.timeLeft(slot) },
      (id, outcome) => ({ type: 'attestationDataReady', jobId: id, outcome }),
    )
    if (jobId === undefined) return this.#endAll(slot, validators, 'failed', 'too many results are awaited')
    this.#open = { slot, validators, jobId, begunAt, headBefore: this.#head.root, isSecondTry }
  }

  #sign(validatorIndex: ValidatorIndex, slot: Slot, data: AttestationData, dataTime: number): void {
    const attestation = { validatorIndex, data }
    const duty = { ...newDuty('attestation', slot, validatorIndex), dataTime }
    const publish = (signature: Uint8Array): boolean => {
      const signedAttestation = { message: attestation, signature }
      this.#parts.chain.tell({ type: 'ownAttestation', signedAttestation })
      return this.#parts.network.tell({ type: 'publishAttestation', signedAttestation })
    }
    this.#signing.begin({ duty, attestation, publish })
  }

  #endAll(
    slot: Slot,
    validators: readonly ValidatorIndex[],
    outcome: 'failed' | 'skipped',
    reason: string,
  ): void {
    for (const validatorIndex of validators) {
      this.#log.end(newDuty('attestation', slot, validatorIndex), outcome, reason)
    }
  }
}
