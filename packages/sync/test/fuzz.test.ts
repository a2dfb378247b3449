import type { SyncMessage } from '@trine/messages'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blockAt, chainOf, rootOf } from '../../network/test/support/blocks.ts'
import { createBench, GENESIS, statusOf } from './support/bench.ts'

// Two branches, a chain without a beginning, and blocks whose slots make no sense.
const main = chainOf(12, GENESIS)
const blocks = [
  ...main,
  ...chainOf(6, main[4]!.root, 3),
  ...chainOf(6, rootOf(50), 4),
  blockAt(5, main[8]!.root, 5),
  blockAt(60, main[2]!.root, 6),
  blockAt(0, GENESIS, 7),
]
const strange = structuredClone(main[3]!)
strange.signedBlock.message.block.slot = 2n ** 60n

const block = fc.constantFrom(...blocks, strange)
const root = fc.oneof(
  block.map((some) => some.root),
  fc.nat(60).map(rootOf),
)
const slot = fc.oneof(fc.nat(40), fc.constant(2n ** 61n))
const peerId = fc.constantFrom('a', 'b', 'c')
const requestId = fc.integer({ min: 1, max: 20 })
const reference = fc.record({ root, slot: fc.nat(40) })

/** Anything that neighbours can say, also what honest ones never would. */
const anyMessage: fc.Arbitrary<SyncMessage> = fc.oneof(
  fc.record({
    type: fc.constant('tick'),
    slot: fc.nat(40),
    interval: fc.nat(3),
    skipped: fc.constant(0),
  }),
  fc.record({
    type: fc.constant('chainStatus'),
    head: reference,
    justified: reference,
    finalized: reference,
  }),
  fc.record({ type: fc.constant('peerStatus'), peerId, status: fc.record({ root, slot }).map(statusOf) }),
  fc.record({ type: fc.constant('peerGone'), peerId }),
  fc.record({
    type: fc.constant('missingBlocks'),
    roots: fc.array(root, { maxLength: 4 }),
    peerId: fc.option(peerId, { nil: undefined }),
  }),
  fc.record({ type: fc.constant('blockImported'), block: reference, parentRoot: root }),
  fc.record({
    type: fc.constant('blockRefused'),
    root,
    peerId: fc.option(peerId, { nil: undefined }),
    cause: fc.constantFrom('invalid', 'forged', 'full', 'settled'),
    reason: fc.constant('test'),
  }),
  fc.record({ type: fc.constant('blockReceived'), requestId, peerId, block }),
  fc.record({
    type: fc.constant('blocksEnded'),
    requestId,
    peerId,
    outcome: fc.constantFrom(
      'complete',
      'timeout',
      'unsupported',
      'cancelled',
      'refused',
      'declined',
      'invalid',
    ),
    received: fc.nat(3),
  }),
  fc.record({ type: fc.constant('timerFired'), timer: fc.constantFrom('work', 'other') }),
) as fc.Arbitrary<SyncMessage>

const LIMITS = { maxHeld: 3, maxTold: 2, maxRemembered: 12, maxUnseen: 8, maxUnseenPerPeer: 3 }

describe('whatever neighbours say', () => {
  it('nothing throws, the chain is told parents first, and bounds hold', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(anyMessage, fc.nat(3000)), { maxLength: 80, size: 'max' }),
        fc.nat(),
        async (steps, seed) => {
          const bench = await createBench({ limits: LIMITS, seed })
          for (const name of ['a', 'b', 'c']) bench.honest(name, blocks, 20)
          const known = new Set([GENESIS])
          for (const [message, pause] of steps) {
            await bench.tell(message)
            await bench.lab.advance(pause)
            expect((await bench.view()).missingRoots).toBeLessThanOrEqual(LIMITS.maxRemembered)
            if (message.type === 'blockImported') known.add(message.block.root)
            if (message.type === 'chainStatus') known.add(message.head.root).add(message.finalized.root)
          }
          await bench.lab.advance(400_000)
          const { openRequests } = await bench.view()
          expect(openRequests).toBe(0)
          const told = new Set<string>()
          for (const { block } of bench.chain.of('block')) {
            const parent = `0x${Buffer.from(block.signedBlock.message.block.parentRoot).toString('hex')}`
            expect(known.has(parent) || told.has(parent)).toBe(true)
            told.add(block.root)
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})
