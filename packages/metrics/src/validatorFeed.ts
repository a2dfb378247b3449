import type { DutyResult, ValidatorEvent } from '@trine/messages'
import type { Instruments } from './instruments.ts'

/** Takes down what the validators tell. */
export function feedValidator(made: Instruments, event: ValidatorEvent): void {
  if (event.type === 'duty') return noteDuty(made, event.result)
  // A single validator that stops leaves the others at work.
  if (event.type === 'dutiesResumed' || event.validatorIndex === undefined) {
    made.dutiesPaused.set(Number(event.type === 'dutiesPaused'))
  } else {
    made.validatorsStopped.inc()
  }
}

function noteDuty(made: Instruments, result: DutyResult): void {
  const { kind, outcome, dataTime, reserveTime, signTime } = result
  made.duties.inc({ kind, outcome })
  if (!result.isSigned) return
  made.signaturesMade.inc()
  made.signingTime.observe(signTime / 1000)
  made.dutyTime.observe({ kind, step: 'data' }, dataTime / 1000)
  made.dutyTime.observe({ kind, step: 'reserve' }, reserveTime / 1000)
  made.dutyTime.observe({ kind, step: 'sign' }, signTime / 1000)
  if (kind === 'attestation' && outcome === 'published') {
    made.attestationProductionTime.observe((dataTime + reserveTime + signTime) / 1000)
  }
}
