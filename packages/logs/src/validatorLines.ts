import type { DutyResult, ValidatorEvent } from '@trine/messages'
import { type Line, milliseconds } from './line.ts'

/** What to do about a duty that was not done, by its reason. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /ledger: expected an epoch above|EPOCH_USED/,
    'nothing: the key was used for this slot before, and is never used twice',
  ],
  [/^ledger/, 'look at the disk of the ledger: without a durable record nothing is signed'],
  [
    /slot ended|came after the slot|a new slot began|^signer.*expected an answer within/,
    'the node is too slow or its clock is off: run `trine doctor`',
  ],
  [/^signer/, 'look at the key file and the range of epochs of the key: `trine keys inspect`'],
  [/network/, 'the network takes no more: look at peers and at the load'],
  [/^chain/, 'the chain could not say what to do: is the node in sync?'],
]

/** The line for an event of the validators. */
export function validatorLine(event: ValidatorEvent): Line {
  switch (event.type) {
    case 'duty':
      return dutyLine(event.result)
    case 'dutiesResumed':
      return validator('info', 'duties go on', {})
    case 'dutiesPaused':
      return pauseLine(event)
  }
}

function pauseLine({
  reason,
  validatorIndex,
}: Extract<ValidatorEvent, { readonly type: 'dutiesPaused' }>): Line {
  if (validatorIndex !== undefined) {
    return {
      ...validator('error', 'validator stopped', { validator: validatorIndex, reason }),
      advice: 'find the other node that has its key and stop it; then let duties be resumed',
    }
  }
  if (reason === 'syncing') return validator('info', 'duties pause', { reason })
  return {
    ...validator('warn', 'duties pause', { reason }),
    advice: 'they go on by themselves when the reason is gone; after an order, when they are resumed',
  }
}

function dutyLine(result: DutyResult): Line {
  const { kind, slot, validatorIndex, outcome, reason } = result
  const what = { slot, validator: validatorIndex }
  const duty = kind === 'block' ? 'block' : 'vote'
  if (outcome === 'published') {
    const { dataTime, reserveTime, signTime } = result
    // Votes are counted in the status line.
    return validator(kind === 'block' ? 'info' : 'debug', `${duty} published`, {
      ...what,
      ms: milliseconds(dataTime + reserveTime + signTime),
    })
  }
  const advice = ADVICE.find(([pattern]) => pattern.test(reason))?.[1]
  return {
    ...validator('warn', `${duty} ${outcome === 'failed' ? 'missed' : 'skipped'}`, { ...what, reason }),
    ...(advice !== undefined && { advice }),
    isLimited: true,
  }
}

function validator(level: Line['level'], message: string, fields: Line['fields']): Line {
  return { component: 'validator', level, message, fields }
}
