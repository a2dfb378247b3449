import { VirtualScheduler } from '@trine/actors'
import { createEventHub } from '@trine/api'
import type { DurableKeyLedger } from '@trine/key-ledger'
import type { ValidatorMessageFrom } from '@trine/messages'
import type { LeanNode } from '@trine/node'
import { expect, it } from 'vitest'
import { earsOf, pauseToListen, resumeAfterListening } from '../src/node/listenFirst.ts'

const timing = { genesisTime: 0, millisecondsPerInterval: 1000, intervalsPerSlot: 4 }
const key = { validatorIndex: 0, publicKey: new Uint8Array(52), keyId: '', firstEpoch: 0, endEpoch: 9 }
const ledger = (highest: number | undefined, isTold = false) =>
  ({ highestReserved: () => highest, isTold: () => isTold }) as unknown as DurableKeyLedger

function createBench() {
  const told: ValidatorMessageFrom<'api'>[] = []
  const tell = (message: ValidatorMessageFrom<'api'>) => {
    told.push(message)
    ;(message as { reply: { answer(value: boolean): void } }).reply.answer(true)
    return true
  }
  const node = { refs: { validator: { name: 'validator', tell } } } as unknown as LeanNode
  const hub = createEventHub((error) => {
    throw error
  })
  return { told, node, hub }
}

it('only keys that are new to their ledger, rested or resumed by order are listened for, and only when the network has begun', () => {
  const { told, node } = createBench()
  expect(pauseToListen(node, [key], ledger(undefined), 0)).toBe(false)
  expect(pauseToListen(node, [key], ledger(5), 7)).toBe(false)
  expect(pauseToListen(node, [key], ledger(5), 21)).toBe(false)
  expect(pauseToListen(node, [], ledger(undefined), 7)).toBe(false)
  expect(told).toEqual([])
  expect(pauseToListen(node, [key], ledger(undefined), 7)).toBe(true)
  expect(pauseToListen(node, [key], ledger(5), 22)).toBe(true)
  expect(pauseToListen(node, [key], ledger(6, true), 7)).toBe(true)
  // The clock was not set yet: it is before genesis, or where the machine was ended long ago.
  expect(pauseToListen(node, [key], ledger(900), 0)).toBe(true)
  expect(pauseToListen(node, [key], ledger(900), 800)).toBe(true)
  expect(pauseToListen(node, [key], ledger(900, true), 0)).toBe(true)
  expect(pauseToListen(node, [key], ledger(8), 0)).toBe(false)
  expect(pauseToListen(node, [key], ledger(8, true), 0)).toBe(false)
  const pause = { type: 'pauseDuties', by: 'keyWatch' }
  expect(told).toMatchObject(Array(6).fill(pause))
})

type Moment = (slot: number, interval: number) => boolean
const always: Moment = () => true
const never: Moment = () => false
const between =
  (slot: number, first: number, last: number): Moment =>
  (at, interval) =>
    at === slot && interval >= first && interval <= last

it.each<[string, Moment, Moment, string | undefined]>([
  ['two whole slots in which others are heard', (slot) => slot >= 12, always, '13.3'],
  ['ten slots when nobody can be heard', never, always, '19.3'],
  ['ten slots when somebody is heard only for a moment', between(12, 1, 1), always, '19.3'],
  ['ten slots when somebody is gone for a moment in each', (_, interval) => interval !== 2, always, '19.3'],
  ['two slots that are heard, and not one after the other', (slot) => slot % 3 === 0, always, '15.3'],
  [
    'two slots that are heard after the sync, however long that takes',
    (slot) => slot >= 25,
    (slot, interval) => slot > 24 || (slot === 24 && interval > 2),
    '26.3',
  ],
  ['ten slots after the sync when nobody can be heard', never, (slot) => slot >= 15, '24.3'],
  ['no time in which nothing could be signed', always, never, undefined],
])('duties go on after %s', async (_, hears, isReady, expected) => {
  const { told, node, hub } = createBench()
  const scheduler = new VirtualScheduler()
  let now = ''
  let [slot, interval] = [10, 0]
  const ears = { hears: () => hears(slot, interval), isReady: () => isReady(slot, interval) }
  resumeAfterListening(node, timing, hub, scheduler, ears)
  for (; slot < 50 && told.length === 0; slot++) {
    for (interval = 0; interval < 4 && told.length === 0; interval++) {
      now = `${slot}.${interval}`
      hub.emit({ type: 'intervalBegan', slot, interval, lateness: 0 })
      await scheduler.advance(1)
    }
  }
  if (expected === undefined) return expect(told).toEqual([])
  expect(told).toMatchObject([{ type: 'resumeDuties', by: 'keyWatch' }])
  expect(now).toBe(expected)
  hub.emit({ type: 'intervalBegan', slot: 49, interval: 3, lateness: 0 })
  expect(told).toHaveLength(1)
})

it.each([
  [[], 'idle', false, true],
  [[], 'synced', false, true],
  [['peer'], 'synced', true, true],
  [['peer'], 'idle', false, true],
  [['peer'], 'syncing', false, false],
] as const)(
  'a node with peers %j that is %s hears: %s, and could sign: %s',
  (peers, syncState, hears, isReady) => {
    const ears = earsOf({ peers: () => peers }, { syncState })
    expect([ears.hears(), ears.isReady()]).toEqual([hears, isReady])
  },
)

it('what was heard before the clock leapt does not count', async () => {
  const { told, node, hub } = createBench()
  const ears = { hears: () => true, isReady: () => true }
  resumeAfterListening(node, timing, hub, new VirtualScheduler(), ears)
  const resumed: number[] = []
  for (const slot of [10, 500, 501]) {
    for (const interval of [0, 1, 2, 3]) hub.emit({ type: 'intervalBegan', slot, interval, lateness: 0 })
    if (told.length > 0) resumed.push(slot)
  }
  expect(resumed).toEqual([501])
})

it('intervals that were slept through are not heard, and do not hold duties up for ever', async () => {
  const { told, node, hub } = createBench()
  const ears = { hears: () => true, isReady: () => true }
  resumeAfterListening(node, timing, hub, new VirtualScheduler(), ears)
  const resumed: number[] = []
  for (let slot = 10; slot < 22; slot++) {
    for (const interval of [0, 1, 2]) {
      hub.emit({ type: 'intervalBegan', slot, interval, lateness: 0 })
      if (told.length > 0) resumed.push(slot)
    }
  }
  expect(resumed[0]).toBe(20)
})
