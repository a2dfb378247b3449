import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BlockTree } from '../src/blockTree.ts'

const GENESIS = { root: '0x0', slot: 0 }

/** Where each block's parent stands among those before it, and how many slots were left out between them. */
const shape = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 3 })), { maxLength: 60 })

describe('a block tree', () => {
  it('knows descent as a walk over the parents does', () => {
    fc.assert(
      fc.property(shape, (children) => {
        const tree = new BlockTree(GENESIS)
        const blocks: { root: string; slot: number; parent: number }[] = [{ ...GENESIS, parent: -1 }]
        for (const [position, gap] of children) {
          // Mostly long chains with a few forks.
          const parent = position % 4 === 0 ? position % blocks.length : blocks.length - 1
          const block = { root: `0x${blocks.length}`, slot: blocks[parent]!.slot + gap, parent }
          blocks.push(block)
          tree.add(block, blocks[parent]!.root)
          tree.add(block, blocks[parent]!.root)
        }
        const ancestorsOf = (index: number): number[] =>
          index === -1 ? [] : [index, ...ancestorsOf(blocks[index]!.parent)]
        for (const [index, block] of blocks.entries()) {
          const ancestors = new Set(ancestorsOf(index))
          for (const [other, { root }] of blocks.entries()) {
            expect(tree.descendsFrom(block.root, root)).toBe(ancestors.has(other))
          }
        }
      }),
    )
  })

  it('knows nothing of blocks that nobody imported', () => {
    const tree = new BlockTree(GENESIS)
    expect(tree.has('0x1')).toBe(false)
    expect(tree.descendsFrom('0x1', '0x0')).toBe(false)
    expect(tree.descendsFrom('0x0', '0x1')).toBe(false)
    tree.add({ root: '0x9', slot: 9 }, '0x8')
    expect(tree.descendsFrom('0x9', '0x0')).toBe(false)
  })

  it('finds an ancestor far down a long chain in few steps', () => {
    const tree = new BlockTree(GENESIS)
    const length = 100_000
    for (let slot = 1; slot <= length; slot++) tree.add({ root: `0x${slot}`, slot }, `0x${slot - 1}`)
    // By the parents alone this would be ten thousand million steps.
    for (let slot = 0; slot < length; slot++) {
      if (!tree.descendsFrom(`0x${length}`, `0x${slot}`)) throw new Error(`slot ${slot}`)
    }
  })
})
