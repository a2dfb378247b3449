import fc from 'fast-check'
import { afterEach, expect, it, vi } from 'vitest'
import { type Candidate, Candidates, createCandidate, envelopeOf, type Stage } from '../src/candidates.ts'
import { DEFAULT_LIMITS } from '../src/limits.ts'
import { Support } from '../src/support.ts'
import { WaitingVotes } from '../src/waitingVotes.ts'
import { checkpoint, Tree, World } from './support.ts'

afterEach(() => void vi.restoreAllMocks())

const VALIDATORS = 9
const tree = new Tree(VALIDATORS)
const origin = { from: 'request', peerId: 'peer' } as const

type Shape = {
  /** How many blocks before it its parent is. */
  readonly distance: number
  readonly stage: Stage
  readonly isVouchedFor: boolean
  readonly isVerified: boolean
  readonly voters: readonly number[]
  /** Whether it waits for the block before it, which a vote of its names. */
  readonly waitsForBlock: boolean
}

const shape: fc.Arbitrary<Shape> = fc.record({
  distance: fc.integer({ min: 1, max: 4 }),
  stage: fc.constantFrom<Stage>('support', 'support', 'ancestor'),
  isVouchedFor: fc.boolean(),
  isVerified: fc.integer({ min: 0, max: 3 }).map((chance) => chance === 0),
  voters: fc.array(fc.integer({ min: 0, max: VALIDATORS - 1 }), { maxLength: 2 }),
  waitsForBlock: fc.integer({ min: 0, max: 9 }).map((chance) => chance === 0),
})

/** Blocks on their way in a tree of any form, lowest first. */
function plant(shapes: readonly Shape[]) {
  const candidates = new Candidates(DEFAULT_LIMITS)
  const waitingVotes = new WaitingVotes(DEFAULT_LIMITS.waitingVotes)
  const planted: Candidate[] = []
  for (const [
    index,
    { distance, stage, isVouchedFor, isVerified, voters, waitsForBlock },
  ] of shapes.entries()) {
    const parent = planted[index - distance]
    const on =
      parent === undefined
        ? tree.genesis
        : checkpoint({ root: parent.root, signedBlock: parent.envelope.signedBlock })
    const slot = index + 1
    const proposerVote = tree.vote((slot + 1) % VALIDATORS, slot, on)
    const stateRoot = new Uint8Array(32).fill(slot)
    const block = tree.block(on, slot, isVouchedFor ? { stateRoot } : { stateRoot, proposerVote })
    const candidate = createCandidate(block.root, envelopeOf(block, origin), { time: 0, slot })
    Object.assign(candidate, { stage, isVerified })
    candidates.add(candidate)
    if (waitsForBlock) candidates.waitForVoted(candidate, planted.at(-1)?.root)
    planted.push(candidate)
    for (const voter of voters) {
      waitingVotes.waitForBlock(block.root, {
        vote: tree.vote(voter, slot, checkpoint(block)),
        origin: 'gossip',
      })
    }
  }
  return { candidates, planted, support: new Support(candidates, waitingVotes, VALIDATORS) }
}

it('support is found for a line of blocks as it is for each of them alone', () => {
  let found = 0
  fc.assert(
    fc.property(fc.array(shape, { minLength: 1, maxLength: 14 }), (shapes) => {
      const { candidates, planted, support } = plant(shapes)
      for (const { root } of planted) {
        const expected: Candidate[] = []
        for (let block = candidates.get(root); block; block = candidates.get(block.parentRoot)) {
          if (block.stage === 'support' && support.isGiven(block)) expected.push(block)
        }
        expect(support.givenAt(root)).toEqual(expected)
        found += expected.length
      }
    }),
  )
  expect(found).toBeGreaterThan(0)
})

it('a vote for what stands on many blocks without support looks at each of them once', async () => {
  const [depth, leaves] = [20, 30]
  const world = new World({ tree })
  await world.tick(depth + 2)
  const proposerVote = tree.vote(0, 1, tree.genesis)
  const stranger = (parent = tree.genesis, fill = 0) => {
    const slot = Number(parent.slot) + 1
    return tree.block(parent, slot, { proposerVote, stateRoot: new Uint8Array(32).fill(fill) })
  }
  const line = [stranger()]
  while (line.length < depth) line.push(stranger(checkpoint(line.at(-1)!)))
  const top = checkpoint(line.at(-1)!)
  const blocks = [...line, ...Array.from({ length: leaves }, (_, fill) => stranger(top, fill))]
  await world.gossip(blocks)
  const last = checkpoint(blocks.at(-1)!)
  const vote = (validator: number) => tree.vote(validator, depth + 2, last, { target: tree.genesis })
  const looks = vi.spyOn(Candidates.prototype, 'childrenOf')
  await world.gossipVotes([vote(1), vote(2)])
  expect(looks).toHaveBeenCalledTimes(2 * blocks.length)
  expect(world.eventsOf('blockWaiting').filter(({ waitsFor }) => waitsFor !== 'support')).toEqual([])
})
