import { describe, expectTypeOf, it } from 'vitest'
import {
  type AskResult,
  ask,
  createSystemScheduler,
  defineLanes,
  type Ref,
  type Reply,
} from '../src/index.ts'

type Message =
  | { readonly type: 'tick'; readonly slot: number }
  | { readonly type: 'getHead'; readonly slot: number; readonly reply: Reply<{ readonly root: string }> }

const lane = { rank: 0, capacity: 1, whenFull: 'refuse' } as const

/** Never called: `tsc` reads it, and an `@ts-expect-error` without an error fails the type check. */
function wrongMessages(ref: Ref<Message>, tickOnly: Ref<{ readonly type: 'tick'; readonly slot: number }>) {
  // @ts-expect-error no such kind
  ref.tell({ type: 'tock', slot: 1 })
  // @ts-expect-error field missing
  ref.tell({ type: 'tick' })
  // @ts-expect-error field of the wrong type
  ref.tell({ type: 'tick', slot: '1' })
  // @ts-expect-error field that does not exist
  ref.tell({ type: 'tick', slot: 1, interval: 2 })
  // @ts-expect-error a question without its reply
  ref.tell({ type: 'getHead', slot: 1 })
  // @ts-expect-error not a question
  ask(ref, { type: 'tick', slot: 1 }, options())
  // @ts-expect-error question without its field
  ask(ref, { type: 'getHead' }, options())
  // @ts-expect-error the narrow ref does not take everything
  const wide: Ref<Message> = tickOnly
  return wide
}

function options() {
  return { scheduler: createSystemScheduler(), timeoutMilliseconds: 1 }
}

function wrongLanes() {
  const define = defineLanes<Message>()
  // @ts-expect-error a kind without a lane
  define({ lanes: { only: lane }, laneOf: { tick: 'only' } })
  // @ts-expect-error a lane that does not exist
  define({ lanes: { only: lane }, laneOf: { tick: 'only', getHead: 'other' } })
  // @ts-expect-error a kind that does not exist
  define({ lanes: { only: lane }, laneOf: { tick: 'only', getHead: 'only', tock: 'only' } })
  // @ts-expect-error neither refuse nor dropOldest
  define({ lanes: { only: { ...lane, whenFull: 'block' } }, laneOf: { tick: 'only', getHead: 'only' } })
}

function wrongAnswers(reply: Reply<{ readonly root: string }>) {
  // @ts-expect-error an answer of the wrong type
  reply.answer('root')
  // @ts-expect-error not a code
  reply.refuse('whatever', '')
}

describe('types', () => {
  it('know the answer of each question and let a wide ref be used as a narrow one', () => {
    expectTypeOf(ask<Message, 'getHead'>).returns.resolves.toEqualTypeOf<
      AskResult<{ readonly root: string }>
    >()
    expectTypeOf<Ref<Message>>().toExtend<Ref<{ readonly type: 'tick'; readonly slot: number }>>()
    expectTypeOf<Ref<{ readonly type: 'tick'; readonly slot: number }>>().not.toExtend<Ref<Message>>()
    expectTypeOf(wrongMessages).toBeFunction()
    expectTypeOf(wrongLanes).toBeFunction()
    expectTypeOf(wrongAnswers).toBeFunction()
  })
})
