import type { RootedBlock } from '@trine/messages'
import { blockRoot } from '@trine/state-transition'
import type { Attestation, Checkpoint, SignedAttestation } from '@trine/types'
import { toHex } from '@trine/types'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { checkpoint, sign, Tree, World } from './support.ts'

const uint64 = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 0, max: 10 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      63,
      2 ** 18,
      2 ** 18 + 1,
      2 ** 31,
      2 ** 32 - 1,
      2 ** 32,
      Number.MAX_SAFE_INTEGER,
    ),
  },
  { weight: 1, arbitrary: fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }) },
)

const validatorIndex = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 0, max: 4 }) },
  { weight: 1, arbitrary: uint64 },
)

function arbitraries(known: readonly Checkpoint[]) {
  const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 })
  const root = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...known.map((block) => block.root)) }, bytes)
  const anyCheckpoint = fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...known) },
    { weight: 1, arbitrary: fc.record({ root, slot: uint64 }) },
  )
  const data = fc.record({ slot: uint64, head: anyCheckpoint, target: anyCheckpoint, source: anyCheckpoint })
  const attestation: fc.Arbitrary<Attestation> = fc.record({ validatorIndex, data })
  const signature = fc.oneof(fc.constant(new Uint8Array(0)), fc.uint8Array({ maxLength: 20 }))
  const vote: fc.Arbitrary<SignedAttestation> = fc.oneof(
    { weight: 9, arbitrary: attestation.map(sign) },
    { weight: 1, arbitrary: fc.record({ message: attestation, signature }) },
  )
  const block = fc
    .record({
      slot: uint64,
      proposerIndex: fc.oneof(
        { weight: 9, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: validatorIndex },
      ),
      parentRoot: root,
      stateRoot: bytes,
      votes: fc.array(vote, { maxLength: 2 }),
      proposerVote: fc.oneof(
        { weight: 3, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: vote },
      ),
      surplus: fc.oneof(
        { weight: 9, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.tuple(signature) },
      ),
    })
    .map(({ votes, proposerVote, surplus, ...header }): RootedBlock => {
      const proposerIndex = header.proposerIndex ?? Number(BigInt(header.slot) % 4n)
      const block = { ...header, proposerIndex, body: { attestations: votes.map(({ message }) => message) } }
      const own = { root: blockRoot(block), slot: block.slot }
      const last =
        proposerVote ??
        sign({
          validatorIndex: proposerIndex,
          data: { slot: block.slot, head: own, target: known[0]!, source: known[0]! },
        })
      const signatures = [...votes, last].map(({ signature }) => signature)
      return {
        root: toHex(own.root),
        signedBlock: {
          message: { block, proposerAttestation: last.message },
          signature: [...signatures, ...surplus],
        },
      }
    })
  return { vote, block }
}

it('nothing that decodes makes the service throw, owe a verdict, or stop', async () => {
  const tree = new Tree(4)
  const blocks = tree.chain(8)
  const known = [tree.genesis, ...blocks.map(checkpoint), checkpoint(tree.block(checkpoint(blocks[3]!), 7))]
  const { vote, block } = arbitraries(known)
  const step = fc.oneof(
    fc.record({ type: fc.constant('vote' as const), vote }),
    fc.record({ type: fc.constant('block' as const), block, isRequested: fc.boolean() }),
    fc.record({ type: fc.constant('valid' as const), index: fc.integer({ min: 0, max: 7 }) }),
    fc.record({ type: fc.constant('tick' as const), interval: fc.integer({ min: 0, max: 3 }) }),
  )
  const reasons = new Set<string>()
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
      const limits = { waitingBlocks: 8, waitingVotes: 8, verificationBacklog: 4, invalidBlocks: 4 }
      const world = new World({ tree, limits, ownValidators: [1] })
      await world.tick(6)
      const ids: string[] = []
      for (const next of steps) {
        if (next.type === 'tick') await world.tick(6 + (ids.length >> 3), next.interval)
        else if (next.type === 'vote') ids.push(...(await world.gossipVotes([next.vote])))
        else if (next.type === 'valid') ids.push(...(await world.gossip([blocks[next.index]!])))
        else if (next.isRequested) await world.request([next.block])
        else ids.push(...(await world.gossip([next.block])))
        const view = await world.view()
        expect(view.pendingBlocks).toBeLessThanOrEqual(8)
        expect(view.pendingAttestations).toBeLessThanOrEqual(8)
      }
      for (const reason of world.reasons(ids)) reasons.add(reason)
      await world.tick(20)
      for (const valid of blocks) await world.request([valid])
      expect(world.sync.of('blockImported').map((imported) => imported.block.root)).toEqual(
        expect.arrayContaining(blocks.map(({ root }) => root)),
      )
    }),
    { numRuns: 60 },
  )
  expect(reasons.size).toBeGreaterThan(12)
})
