import { VirtualScheduler } from '@trine/actors'
import { createEventHub } from '@trine/api'
import type { DurableKeyLedger } from '@trine/key-ledger'
import type { ValidatorMessageFrom } from '@trine/messages'
import type { LeanNode } from '@trine/node'
import { expect, it } from 'vitest'
import { pauseToListen, resumeAfterListening } from '../src/node/listenFirst.ts'

const timing = { genesisTime: 0, millisecondsPerInterval: 1000, intervalsPerSlot: 4 }
const key = { validatorIndex: 0, publicKey: new Uint8Array(52), keyId: '', firstEpoch: 0, endEpoch: 9 }
const ledger = (highest: number | undefined) =>
  ({ highestReserved: () => highest }) as unknown as DurableKeyLedger

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

it('only keys that are new to their ledger or rested are listened for, and only when the network has begun', () => {
  const { told, node } = createBench()
  expect(pauseToListen(node, [key], ledger(undefined), 0)).toBe(false)
  expect(pauseToListen(node, [key], ledger(5), 7)).toBe(false)
  expect(pauseToListen(node, [key], ledger(5), 21)).toBe(false)
  expect(pauseToListen(node, [], ledger(undefined), 7)).toBe(false)
  expect(told).toEqual([])
  expect(pauseToListen(node, [key], ledger(undefined), 7)).toBe(true)
  expect(pauseToListen(node, [key], ledger(5), 22)).toBe(true)
  const pause = { type: 'pauseDuties', by: 'keyWatch' }
  expect(told).toMatchObject([pause, pause])
})

it.each([
  ['two whole slots from when others can be heard', 12, '14.3'],
  ['eight slots when nobody can be heard, and two more', Number.POSITIVE_INFINITY, '20.3'],
])('duties go on after %s', async (_, heardFrom, expected) => {
  const { told, node, hub } = createBench()
  const scheduler = new VirtualScheduler()
  let now = ''
  let slot = 10
  resumeAfterListening(node, timing, hub, scheduler, () => slot >= heardFrom)
  for (; slot < 30 && told.length === 0; slot++) {
    for (let interval = 0; interval < 4 && told.length === 0; interval++) {
      now = `${slot}.${interval}`
      hub.emit({ type: 'intervalBegan', slot, interval, lateness: 0 })
      await scheduler.advance(1)
    }
  }
  expect(told).toMatchObject([{ type: 'resumeDuties', by: 'keyWatch' }])
  expect(now).toBe(expected)
  hub.emit({ type: 'intervalBegan', slot: 29, interval: 3, lateness: 0 })
  expect(told).toHaveLength(1)
})
