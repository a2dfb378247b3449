import { rootType, toHex, ZERO_ROOT } from '@trine/types'
import { expect, it } from 'vitest'
import { KnownBlocks } from '../src/knownBlocks.ts'
import { genesis } from './support.ts'

it('remembers the last blocks of a long history, and passes over empty slots', () => {
  const { state } = genesis(1)
  const rootAt = (slot: number) => {
    const root = new Uint8Array(32)
    new DataView(root.buffer).setUint32(0, slot)
    return slot % 10 === 0 ? ZERO_ROOT : root
  }
  for (let slot = 0; slot < 9000; slot++) state.historicalBlockHashes.push(rootType.toViewDU(rootAt(slot)))
  state.commit()
  const blocks = new KnownBlocks()
  blocks.settleHistory(state)
  expect([8999, 8001, 809].map((slot) => blocks.slotOf(rootAt(slot)))).toEqual([8999, 8001, 809])
  expect([1, 807].map((slot) => blocks.slotOf(rootAt(slot)))).toEqual([undefined, undefined])
  expect(blocks.isSettled(toHex(ZERO_ROOT))).toBe(false)
})
