import type { NodeEvent } from '@trine/messages'
import { describe, expect, it } from 'vitest'
import { eventsOfTopic } from '../src/live/apiTopics.ts'
import { Model } from '../src/model/model.ts'
import { eventsOf } from '../src/recording/nodeEvents.ts'

const reason = 'validator 7 was seen signing elsewhere in slot 5: is its key in use twice?'
const paused = (validatorIndex: number | undefined): NodeEvent => ({
  type: 'dutiesPaused',
  reason,
  validatorIndex,
})
const stopped = { kind: 'validator_stopped', validator_index: 7, message: reason }

/** What is told of one validator that stops, and of all. */
const sources = {
  'a recording': [eventsOf(paused(7)), eventsOf(paused(undefined))],
  'the event stream': [
    eventsOfTopic('alarm', stopped),
    eventsOfTopic('duties_state', { paused_because: reason }),
  ],
} as const

describe.each(Object.entries(sources))('by %s', (_, [ofOne, ofAll]) => {
  it('a validator that is stopped is a notice, and the others are at work', () => {
    const model = new Model()
    for (const event of ofOne) model.apply(event)
    expect(model.dutiesPaused).toBeUndefined()
    expect(model.notices).toMatchObject([{ level: 'error', text: `A validator is stopped: ${reason}` }])
  })

  it('a pause of all says that no duties are done', () => {
    const model = new Model()
    for (const event of ofAll) model.apply(event)
    expect(model.dutiesPaused).toBe(reason)
    expect(model.notices).toEqual([])
  })
})

it('an alarm that this page does not know is shown as it comes', () => {
  expect(eventsOfTopic('alarm', { kind: 'of_tomorrow', message: 'hm' })).toEqual([
    { type: 'notice', level: 'error', text: 'hm' },
  ])
})
