import type { DutyKind, DutyResult, EventSink } from '@trine/messages'
import type { Slot, ValidatorIndex } from '@trine/types'

/** Results kept per validator. */
const RESULTS_KEPT = 8

/** A duty on its way, with the time its steps took so far. */
export type Duty = {
  readonly kind: DutyKind
  readonly slot: Slot
  readonly validatorIndex: ValidatorIndex
  dataTime: number
  reserveTime: number
  signTime: number
  isSigned: boolean
}

export function newDuty(kind: DutyKind, slot: Slot, validatorIndex: ValidatorIndex): Duty {
  return { kind, slot, validatorIndex, dataTime: 0, reserveTime: 0, signTime: 0, isSigned: false }
}

/** Ends duties: each ends once, with an event, and the last few of each validator are remembered. */
export class DutyLog {
  readonly #events: EventSink
  readonly #results = new Map<ValidatorIndex, DutyResult[]>()

  constructor(events: EventSink) {
    this.#events = events
  }

  end(duty: Duty, outcome: DutyResult['outcome'], reason = ''): void {
    const result: DutyResult = { ...duty, outcome, reason }
    const results = this.#results.get(duty.validatorIndex) ?? []
    this.#results.set(duty.validatorIndex, [result, ...results.slice(0, RESULTS_KEPT - 1)])
    this.#events.emit({ type: 'duty', result })
  }

  /** The last duties of a validator, latest first. */
  of(validatorIndex: ValidatorIndex): readonly DutyResult[] {
    return this.#results.get(validatorIndex) ?? []
  }
}
