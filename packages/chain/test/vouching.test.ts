import type { RootedBlock } from '@trine/messages'
import { describe, expect, it } from 'vitest'
import { checkpoint, unwrapAsk, World } from './support.ts'

/** A world at slot 4 on a block of slot 1, and a block of slot 4 that its proposer does not vouch for. */
async function withStranger(proposer: 'another' | 'older slot' | 'other head' = 'another') {
  const world = new World({ validatorCount: 9 })
  const { tree } = world
  const [a1] = tree.chain(1)
  await world.tick(4)
  await world.gossip([a1!])
  const head = checkpoint(a1!)
  const wrapped = {
    another: tree.vote(3, 4, head),
    'older slot': tree.vote(4, 3, head),
    'other head': tree.vote(4, 4, tree.genesis),
  }[proposer]
  const stranger = tree.block(head, 4, { proposerVote: wrapped })
  return { world, tree, head, stranger }
}

const isImported = async (world: World, block: RootedBlock) => {
  const answer = await world.lab.ask(world.chain.ref, { type: 'getForkChoice' })
  return unwrapAsk(answer).nodes.some(({ root }) => root === block.root)
}

describe('a block that its proposer does not vouch for', () => {
  it.each(['another', 'older slot', 'other head'] as const)(
    'is not forwarded and waits (%s)',
    async (proposer) => {
      const { world, head, stranger } = await withStranger(proposer)
      const verified = world.verifier.verified.length
      const ids = await world.gossip([stranger])
      expect(world.verdicts(ids)).toEqual([{ verdict: 'ignore', reason: 'NOT_VOUCHED_FOR' }])
      expect(world.eventsOf('blockWaiting')).toMatchObject([{ waitsFor: 'support' }])
      expect(await world.view()).toMatchObject({
        unauthenticatedBlocks: 1,
        pendingBlocks: 1,
        head: { slot: 1 },
      })
      expect(world.verifier.verified.length).toBe(verified)
      expect(head.slot).toBe(1)
    },
  )

  it('is imported when a third of the validators vote for it or for what stands on it', async () => {
    const { world, tree, stranger } = await withStranger()
    await world.gossip([stranger])
    const above = tree.block(checkpoint(stranger), 5, { proposerVote: tree.vote(0, 4, tree.genesis) })
    await world.tick(5)
    await world.gossip([above])
    const votes = [
      tree.vote(0, 5, checkpoint(stranger)),
      tree.vote(1, 5, checkpoint(above), { target: tree.genesis }),
      tree.vote(2, 5, checkpoint(stranger)),
    ]
    await world.gossipVotes(votes.slice(0, 2))
    expect(await isImported(world, stranger)).toBe(false)
    await world.gossipVotes(votes.slice(0, 1))
    expect(await isImported(world, stranger)).toBe(false)
    await world.gossipVotes(votes.slice(2))
    expect(await isImported(world, stranger)).toBe(true)
    // One vote is not enough for the block above.
    expect(await isImported(world, above)).toBe(false)
    expect((await world.view()).pendingAttestations).toBe(1)
  })

  it('is imported at once when the votes were there first', async () => {
    const { world, tree, stranger } = await withStranger()
    const target = { target: tree.genesis }
    await world.gossipVotes(
      [0, 1, 2].map((validator) => tree.vote(validator, 4, checkpoint(stranger), target)),
    )
    const ids = await world.gossip([stranger])
    expect(world.verdicts(ids)).toEqual([{ verdict: 'ignore', reason: 'NOT_VOUCHED_FOR' }])
    expect(await isImported(world, stranger)).toBe(true)
    expect((await world.view()).pendingAttestations).toBe(0)
  })

  it('is not imported for votes whose signatures are not valid', async () => {
    const { world, tree, stranger } = await withStranger()
    await world.gossip([stranger])
    const votes = [0, 1, 2].map((validator) => tree.vote(validator, 4, checkpoint(stranger)))
    await world.gossipVotes(votes.map((vote) => ({ ...vote, signature: new Uint8Array(8) })))
    expect(await isImported(world, stranger)).toBe(false)
  })

  it('is imported when a proposer builds on it and vouches for that', async () => {
    const { world, tree, stranger } = await withStranger()
    const next = tree.block(checkpoint(stranger), 5)
    await world.tick(5)
    await world.gossip([stranger])
    expect(world.reasons(await world.gossip([next]))).toEqual(['ACCEPTED'])
    expect(await world.head()).toBe(next.root)
  })

  it('is imported with all below it, whatever comes first', async () => {
    const { world, tree, stranger } = await withStranger()
    const another = tree.block(checkpoint(stranger), 5, { proposerVote: tree.vote(0, 4, tree.genesis) })
    const next = tree.block(checkpoint(another), 6)
    await world.tick(6)
    expect(world.reasons(await world.gossip([next, another]))).toEqual([
      'WAITS_FOR_PARENT',
      'WAITS_FOR_PARENT',
    ])
    await world.gossip([stranger])
    expect(await world.head()).toBe(next.root)
  })

  it('is imported when a block that carries a vote for it would be lost otherwise', async () => {
    const { world, tree, head, stranger } = await withStranger()
    await world.tick(5)
    const carrier = tree.block(head, 5, { votes: [tree.vote(0, 4, checkpoint(stranger))] })
    expect(world.reasons(await world.gossip([carrier]))).toEqual(['WAITS_FOR_VOTED_BLOCK'])
    expect(world.sync.of('missingBlocks').at(-1)?.roots).toEqual([stranger.root])
    await world.request([stranger])
    expect([await isImported(world, stranger), await isImported(world, carrier)]).toEqual([true, true])
  })

  it('is imported when such a block comes after it', async () => {
    const { world, tree, head, stranger } = await withStranger()
    await world.tick(6)
    const above = tree.block(checkpoint(stranger), 5, { proposerVote: tree.vote(0, 4, tree.genesis) })
    await world.gossip([stranger, above])
    const carrier = tree.block(head, 6, { votes: [tree.vote(0, 5, checkpoint(above))] })
    await world.gossip([carrier])
    expect(await isImported(world, carrier)).toBe(true)
  })

  it('is not imported for a block on it with a forged vote of its proposer', async () => {
    const { world, tree, stranger } = await withStranger()
    const next = tree.block(checkpoint(stranger), 5)
    const signature = [new Uint8Array(8)]
    await world.tick(5)
    await world.gossip([stranger])
    const forged = { ...next, signedBlock: { ...next.signedBlock, signature } }
    expect(world.reasons(await world.gossip([forged]))).toEqual(['INVALID_SIGNATURE'])
    expect(await isImported(world, stranger)).toBe(false)
  })

  it('is not imported for a forged copy with a vote of its proposer', async () => {
    const { world, tree, head, stranger } = await withStranger()
    const made = tree.vote(4, 4, { root: checkpoint(stranger).root, slot: 4 }, { target: head })
    const { message } = stranger.signedBlock
    const forged = {
      root: stranger.root,
      signedBlock: {
        message: { ...message, proposerAttestation: made.message },
        signature: [new Uint8Array(8)],
      },
    }
    await world.gossip([stranger], 'one')
    expect(world.reasons(await world.gossip([forged], 'another'))).toEqual(['INVALID_SIGNATURE'])
    expect(await isImported(world, stranger)).toBe(false)
  })

  it('is not imported for a block on it that was there first and is not verified yet', async () => {
    const { world, tree, stranger } = await withStranger()
    const next = tree.block(checkpoint(stranger), 5)
    await world.tick(5)
    await world.gossip([{ ...next, signedBlock: { ...next.signedBlock, signature: [new Uint8Array(8)] } }])
    await world.gossip([stranger])
    expect(await isImported(world, stranger)).toBe(false)
    await world.gossip([next])
    expect(await world.head()).toBe(next.root)
  })

  it('gives way to a copy that its proposer does vouch for', async () => {
    const { world, tree, head } = await withStranger()
    const block = tree.block(head, 4)
    const { message } = tree.vote(3, 4, head)
    const rewrapped = {
      ...block,
      signedBlock: {
        message: { ...block.signedBlock.message, proposerAttestation: message },
        signature: [tree.vote(3, 4, head).signature],
      },
    }
    const ids = [...(await world.gossip([rewrapped])), ...(await world.gossip([block]))]
    expect(world.reasons(ids)).toEqual(['NOT_VOUCHED_FOR', 'ACCEPTED'])
    expect(await world.head()).toBe(block.root)
  })
})

describe('several blocks of one proposer and slot', () => {
  it('are all imported, but only the first is forwarded; the others are evidence', async () => {
    const { world, tree, head } = await withStranger()
    const first = tree.block(head, 4)
    const second = tree.block(head, 4, { votes: [tree.vote(3, 4, head)] })
    const ids = await world.gossip([first, second])
    expect(world.verdicts(ids)).toEqual([
      { verdict: 'accept', reason: 'ACCEPTED' },
      { verdict: 'ignore', reason: 'SECOND_BLOCK_OF_SLOT' },
    ])
    expect([await isImported(world, first), await isImported(world, second)]).toEqual([true, true])
    const evidence = unwrapAsk(await world.lab.ask(world.chain.ref, { type: 'getEvidence' }))
    expect(evidence.map(({ kind }) => kind).sort()).toEqual(['twoBlocks', 'twoVotes'])
    expect(evidence).toContainEqual({
      kind: 'twoBlocks',
      proposerIndex: 4,
      slot: 4,
      first: first.root,
      second: second.root,
      isProof: true,
    })
  })

  it('are imported on the word of their proposer up to a bound; more wait for votes', async () => {
    const world = new World({ validatorCount: 9, limits: { vouchedBlocks: 2 } })
    const { tree } = world
    const [a1] = tree.chain(1)
    await world.tick(2)
    await world.gossip([a1!])
    const parent = checkpoint(a1!)
    const proposerVote = tree.vote(2, 2, parent)
    const wrapped = [3, 4, 5, 6].map((voter) =>
      tree.block(parent, 2, { votes: [tree.vote(voter, 1, parent)], proposerVote }),
    )
    await world.gossip(wrapped)
    const imported = async () => {
      const { nodes } = unwrapAsk(await world.lab.ask(world.chain.ref, { type: 'getForkChoice' }))
      return wrapped.map(({ root }) => nodes.some((node) => node.root === root))
    }
    expect(await imported()).toEqual([true, true, false, false])
    const last = checkpoint(wrapped[3]!)
    await world.gossipVotes([3, 4, 5].map((voter) => tree.vote(voter, 2, last, { target: tree.genesis })))
    expect(await imported()).toEqual([true, true, false, true])
  })

  it('prove nothing when the vote is for the parent: anybody can wrap it twice', async () => {
    const { world, tree, head } = await withStranger()
    const proposerVote = tree.vote(4, 4, head)
    const first = tree.block(head, 4, { proposerVote })
    const second = tree.block(head, 4, { proposerVote, votes: [tree.vote(3, 4, head)] })
    expect(world.reasons(await world.gossip([first, second]))).toEqual(['ACCEPTED', 'SECOND_BLOCK_OF_SLOT'])
    const evidence = unwrapAsk(await world.lab.ask(world.chain.ref, { type: 'getEvidence' }))
    expect(evidence).toMatchObject([{ kind: 'twoBlocks', isProof: false }])
  })
})
