import { type RootHex, rootType, toHex, ZERO_ROOT } from '@trine/types'
import { expect, it } from 'vitest'
import { KnownBlocks } from '../src/knownBlocks.ts'
import type { BlockNode } from '../src/protoArray.ts'
import { genesis } from './support.ts'

function rootOf(number: number): Uint8Array {
  const root = new Uint8Array(32)
  new DataView(root.buffer).setUint32(0, number)
  return root
}

it('remembers the last blocks of a long history, and passes over empty slots', () => {
  const { state } = genesis(1)
  const rootAt = (slot: number) => (slot % 10 === 0 ? ZERO_ROOT : rootOf(slot))
  for (let slot = 0; slot < 9000; slot++) state.historicalBlockHashes.push(rootType.toViewDU(rootAt(slot)))
  state.commit()
  const blocks = new KnownBlocks()
  blocks.settleHistory(state)
  expect([8999, 8001, 809].map((slot) => blocks.slotOf(rootAt(slot)))).toEqual([8999, 8001, 809])
  expect([1, 807].map((slot) => blocks.slotOf(rootAt(slot)))).toEqual([undefined, undefined])
  expect(blocks.isSettled(toHex(ZERO_ROOT))).toBe(false)
})

it('forgets the oldest of the blocks that left the tree', () => {
  const blocks = new KnownBlocks()
  let last: BlockNode | undefined
  for (let slot = 0; slot <= 9000; slot++) {
    const root = rootOf(slot)
    const rootHex: RootHex = toHex(root)
    last = blocks.tree.add({ root, rootHex, slot, parentRoot: rootOf(slot - 1), proposerIndex: 0 }, last)
  }
  expect(blocks.prune(last!).length).toBe(9000)
  expect([9000, 8999, 808].map((slot) => blocks.slotOf(rootOf(slot)))).toEqual([9000, 8999, 808])
  expect([0, 807].map((slot) => blocks.slotOf(rootOf(slot)))).toEqual([undefined, undefined])
})
