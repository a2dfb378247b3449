import type { DutyResult } from '@trine/messages'
import { z } from 'zod'
import { milliseconds, slot, uint } from './schemas.ts'

export const dutyShape = z.object({
  kind: z.enum(['block', 'attestation']),
  slot,
  validator_index: uint,
  outcome: z.enum(['published', 'skipped', 'failed']),
  reason: z.string(),
  is_signed: z.boolean(),
  data_time: milliseconds,
  reserve_time: milliseconds,
  sign_time: milliseconds,
})

/** The result of a duty, its times in milliseconds. */
export function dutyJson(result: DutyResult): z.output<typeof dutyShape> {
  return {
    kind: result.kind,
    slot: result.slot,
    validator_index: result.validatorIndex,
    outcome: result.outcome,
    reason: result.reason,
    is_signed: result.isSigned,
    data_time: result.dataTime,
    reserve_time: result.reserveTime,
    sign_time: result.signTime,
  }
}
