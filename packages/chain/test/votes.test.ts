import type { Verifier } from '@trine/messages'
import { describe, expect, it } from 'vitest'
import { checkpoint, forge, sign, unwrapAsk, World } from './support.ts'

/** A world at slot 3 whose head is the block of slot 2. */
async function atSlotThree(options = {}) {
  const world = new World({ validatorCount: 6, ...options })
  const [a1, a2] = world.tree.chain(2)
  await world.tick(3)
  await world.gossip([a1!, a2!])
  world.events.length = 0
  return { world, tree: world.tree, a1: checkpoint(a1!), a2: checkpoint(a2!) }
}

describe('a vote from gossip', () => {
  it('is verified, taken and forwarded, and gets weight at the acceptance', async () => {
    const { world, tree, a1, a2 } = await atSlotThree()
    const sibling = tree.block(a1, 3)
    await world.gossip([sibling])
    // Equal weights: the larger root leads.
    const leader = await world.head()
    const loser = leader === sibling.root ? a2 : checkpoint(sibling)
    // Proposers vote for their own blocks at the next acceptance: 2 for a2, 3 for the sibling.
    const votes = [0, 4, 5].map((validator) => tree.vote(validator, 3, loser, { target: a1 }))
    const ids = await world.gossipVotes(votes)
    expect(new Set(world.reasons(ids))).toEqual(new Set(['ACCEPTED']))
    expect(await world.head()).toBe(leader)
    world.events.length = 0
    await world.tick(3, 2)
    expect(await world.head()).toBe(leader)
    await world.tick(3, 3)
    expect(await world.head()).not.toBe(leader)
    expect(world.eventsOf('reorg')).toMatchObject([
      { depth: 1, commonAncestor: { slot: 1 }, from: { root: leader } },
    ])
    const view = unwrapAsk(await world.lab.ask(world.chain.ref, { type: 'getForkChoice' }))
    expect(view.nodes.find(({ root }) => root === view.head.root)?.weight).toBe(4)
  })

  it('is refused with the verdict that it deserves', async () => {
    const { world, tree, a1, a2 } = await atSlotThree()
    const vote = tree.vote(0, 3, a2)
    const unknownValidator = sign({ ...vote.message, validatorIndex: 6 })
    const huge = sign({ ...vote.message, validatorIndex: 2n ** 64n - 1n })
    const noEpoch = sign({ ...vote.message, data: { ...vote.message.data, slot: 2 ** 32 } })
    const wrongSlot = tree.vote(4, 3, a2, { target: { ...a2, slot: 1 } })
    const backwards = tree.vote(5, 3, a2, { target: a1, source: a2 })
    const ids = await world.gossipVotes([
      ...[forge(vote), unknownValidator, huge, noEpoch, wrongSlot, backwards],
      tree.vote(1, 5, a2),
    ])
    expect(world.verdicts(ids)).toEqual([
      { verdict: 'reject', reason: 'INVALID_SIGNATURE' },
      { verdict: 'reject', reason: 'SIGNER_OUT_OF_RANGE' },
      { verdict: 'reject', reason: 'SIGNER_OUT_OF_RANGE' },
      { verdict: 'reject', reason: 'EPOCH_OUT_OF_RANGE' },
      { verdict: 'reject', reason: 'TARGET_SLOT_MISMATCH' },
      { verdict: 'ignore', reason: 'SOURCE_AFTER_TARGET' },
      { verdict: 'ignore', reason: 'FAR_FUTURE' },
    ])
    expect(world.eventsOf('attestation')).toEqual([])
    expect(
      world
        .eventsOf('attestationRejected')
        .map(({ reason }) => reason)
        .sort(),
    ).toEqual([
      'EPOCH_OUT_OF_RANGE',
      'INVALID_SIGNATURE',
      'SIGNER_OUT_OF_RANGE',
      'SIGNER_OUT_OF_RANGE',
      'TARGET_SLOT_MISMATCH',
    ])
  })

  it('is a duplicate the second time, and superseded by a later one, without a verification', async () => {
    const { world, tree, a1, a2 } = await atSlotThree()
    const [early, late] = [tree.vote(0, 2, a1), tree.vote(0, 3, a2)]
    await world.gossipVotes([late])
    const verified = world.verifier.verified.length
    expect(world.reasons(await world.gossipVotes([late, early]))).toEqual(['DUPLICATE', 'SUPERSEDED'])
    expect(world.verifier.verified.length).toBe(verified)
  })

  it('is superseded by a later one that was verified together with it', async () => {
    const { world, tree, a1, a2 } = await atSlotThree()
    const ids = await world.gossipVotes([tree.vote(0, 3, a2), tree.vote(0, 2, a1)])
    expect(world.reasons(ids)).toEqual(['ACCEPTED', 'SUPERSEDED'])
  })

  it('that a forged copy came before is still taken', async () => {
    const { world, tree, a2 } = await atSlotThree()
    const vote = tree.vote(0, 3, a2)
    world.verifier.isStuck = true
    const ids = [...(await world.gossipVotes([forge(vote)])), ...(await world.gossipVotes([vote, vote]))]
    world.verifier.goOn()
    await world.lab.settle()
    expect(world.reasons(ids)).toEqual(['INVALID_SIGNATURE', 'ACCEPTED', 'DUPLICATE'])
    expect(world.eventsOf('attestation').length).toBe(1)
  })

  it('waits for the blocks it names, one after the other', async () => {
    const { world, tree, a2 } = await atSlotThree()
    const side = tree.block(tree.genesis, 2)
    const top = tree.block(checkpoint(side), 3)
    const vote = tree.vote(0, 3, checkpoint(top), { target: checkpoint(side) })
    const ids = await world.gossipVotes([vote])
    expect(world.verdicts(ids)).toEqual([{ verdict: 'ignore', reason: 'WAITS_FOR_VOTED_BLOCK' }])
    expect(world.sync.of('missingBlocks')).toEqual([
      { type: 'missingBlocks', roots: [side.root], peerId: 'peer' },
    ])
    expect((await world.view()).pendingAttestations).toBe(1)
    await world.gossip([side])
    expect(world.sync.of('missingBlocks').at(-1)?.roots).toEqual([top.root])
    await world.gossip([top])
    expect((await world.view()).pendingAttestations).toBe(0)
    expect(world.eventsOf('attestation').at(-1)).toMatchObject({ validatorIndex: 0, origin: 'gossip' })
    await world.gossipVotes([tree.vote(1, 3, { root: new Uint8Array(32).fill(9), slot: 3 })])
    await world.gossipVotes([tree.vote(1, 3, a2)])
    for (let slot = 4; slot < 20; slot++) await world.tick(slot)
    expect((await world.view()).pendingAttestations).toBe(1)
    await world.tick(20)
    expect((await world.view()).pendingAttestations).toBe(0)
  })

  it('of the next slot waits for it', async () => {
    const { world, tree, a2 } = await atSlotThree()
    expect(world.reasons(await world.gossipVotes([tree.vote(0, 4, a2)]))).toEqual(['WAITS_FOR_SLOT'])
    expect(world.eventsOf('attestation')).toEqual([])
    await world.tick(4)
    expect(world.eventsOf('attestation')).toMatchObject([{ validatorIndex: 0, slot: 4 }])
  })

  it('beyond the bounds pushes the oldest out', async () => {
    const { world, tree } = await atSlotThree({ limits: { waitingVotes: 2 } })
    const nowhere = (fill: number) => ({ root: new Uint8Array(32).fill(fill), slot: 3 })
    const target = { target: tree.genesis }
    await world.gossipVotes([0, 1, 4].map((validator) => tree.vote(validator, 3, nowhere(validator), target)))
    expect((await world.view()).pendingAttestations).toBe(2)
  })

  it('is not kept where its validator has later ones and there is no more room', async () => {
    const { world, tree } = await atSlotThree({ limits: { waitingVotes: 3 } })
    const nowhere = (fill: number) => ({ root: new Uint8Array(32).fill(fill), slot: 1 })
    const vote = (validator: number, slot: number) =>
      tree.vote(validator, slot, nowhere(10 * validator + slot), { target: tree.genesis })
    await world.gossipVotes([vote(1, 3), vote(0, 2), vote(0, 3)])
    const asked = world.sync.of('missingBlocks').length
    const ids = await world.gossipVotes([vote(0, 1)])
    expect(world.verdicts(ids)).toEqual([{ verdict: 'ignore', reason: 'NO_ROOM' }])
    expect(world.sync.of('missingBlocks').length).toBe(asked)
    expect(world.reasons(await world.gossipVotes([vote(4, 3)]))).toEqual(['WAITS_FOR_VOTED_BLOCK'])
    expect(world.reasons(await world.gossipVotes([vote(1, 3), vote(0, 3)]))).toEqual([
      'DUPLICATE',
      'DUPLICATE',
    ])
  })

  it('waits once, however many signatures its validator makes for it', async () => {
    const verifier: Verifier = { verify: (items, reply) => void reply.answer(items.map(() => true)) }
    const { world, tree, a2 } = await atSlotThree({ verifier })
    const { message } = tree.vote(0, 4, a2)
    const votes = [1, 2, 3].map((fill) => ({ message, signature: new Uint8Array(8).fill(fill) }))
    const ids = await world.gossipVotes(votes)
    expect(world.reasons(ids)).toEqual(['WAITS_FOR_SLOT', 'DUPLICATE', 'DUPLICATE'])
    expect((await world.view()).pendingAttestations).toBe(1)
  })
})

describe('two votes of one validator for one slot', () => {
  it('are evidence; the first counts and the second is not forwarded', async () => {
    const { world, tree, a1, a2 } = await atSlotThree()
    const [first, second, third] = [a2, a1, tree.genesis].map((head) =>
      tree.vote(0, 3, head, { target: tree.genesis }),
    )
    const ids = await world.gossipVotes([first!, second!, third!, second!])
    expect(world.reasons(ids)).toEqual(['ACCEPTED', 'EQUIVOCATION', 'EQUIVOCATION', 'EQUIVOCATION'])
    const verified = world.verifier.verified.length
    const more = await world.gossipVotes([third!, second!])
    expect(world.reasons(more)).toEqual(['EQUIVOCATION', 'EQUIVOCATION'])
    expect(world.verifier.verified.length).toBe(verified)
    const evidence = unwrapAsk(await world.lab.ask(world.chain.ref, { type: 'getEvidence' }))
    expect(evidence).toEqual([{ kind: 'twoVotes', validatorIndex: 0, slot: 3, first, second }])
    expect(world.eventsOf('evidence').length).toBe(1)
    expect(world.eventsOf('attestation').length).toBe(1)
  })

  it('are evidence in an older slot too while the first waits, and the others do not wait', async () => {
    const { world, tree } = await atSlotThree({ limits: { verifiedVotesPerValidator: 1 } })
    const vote = (slot: number, fill: number) =>
      tree.vote(0, slot, { root: new Uint8Array(32).fill(fill), slot: 1 }, { target: tree.genesis })
    const [first, second, third] = [1, 2, 3].map((fill) => vote(2, fill))
    await world.gossipVotes([vote(3, 9), first!])
    const asked = world.sync.of('missingBlocks').length
    const ids = await world.gossipVotes([second!, third!])
    expect(world.reasons(ids)).toEqual(['EQUIVOCATION', 'EQUIVOCATION'])
    expect((await world.view()).pendingAttestations).toBe(2)
    expect(world.sync.of('missingBlocks').length).toBe(asked)
    const evidence = unwrapAsk(await world.lab.ask(world.chain.ref, { type: 'getEvidence' }))
    expect(evidence).toEqual([{ kind: 'twoVotes', validatorIndex: 0, slot: 2, first, second }])
    const verified = world.verifier.verified.length
    expect(world.reasons(await world.gossipVotes([first!]))).toEqual(['DUPLICATE'])
    expect(world.verifier.verified.length).toBe(verified)
  })

  it('are no evidence while the signature of one is not valid', async () => {
    const { world, tree, a1, a2 } = await atSlotThree()
    await world.gossipVotes([tree.vote(0, 3, a2), forge(tree.vote(0, 3, a1))])
    expect(unwrapAsk(await world.lab.ask(world.chain.ref, { type: 'getEvidence' }))).toEqual([])
  })

  it('are found when one comes in a block, and kept up to a bound', async () => {
    const { world, tree, a1, a2 } = await atSlotThree({ limits: { evidence: 1 } })
    await world.gossipVotes([tree.vote(0, 3, a2), tree.vote(1, 3, a2)])
    const votes = [0, 1].map((validator) => tree.vote(validator, 3, a1))
    await world.tick(4)
    expect(world.reasons(await world.gossip([tree.block(a2, 4, { votes })]))).toEqual(['ACCEPTED'])
    expect(world.eventsOf('evidence').length).toBe(2)
    const evidence = unwrapAsk(await world.lab.ask(world.chain.ref, { type: 'getEvidence' }))
    expect(evidence).toMatchObject([{ kind: 'twoVotes', validatorIndex: 1 }])
  })
})

describe('votes of our own validators', () => {
  it('are taken unverified, counted once, and nothing to worry about when they come back', async () => {
    const { world, tree, a2 } = await atSlotThree({ ownValidators: [0] })
    const vote = tree.vote(0, 3, a2)
    const verified = world.verifier.verified.length
    world.tell({ type: 'ownAttestation', signedAttestation: vote })
    await world.lab.settle()
    expect(world.reasons(await world.gossipVotes([vote]))).toEqual(['DUPLICATE'])
    await world.tick(4)
    await world.gossip([tree.block(a2, 4, { votes: [vote] })])
    expect(world.verifier.verified.length).toBe(verified + 1)
    expect(
      world.eventsOf('attestation').map(({ origin, validatorIndex }) => [origin, validatorIndex]),
    ).toEqual([
      ['own', 0],
      ['block', 0],
      ['block', 4],
    ])
    expect(world.validator.of('foreignVote')).toEqual([])
  })

  it('made by somebody else are told to the validator service', async () => {
    const { world, tree, a1, a2 } = await atSlotThree({ ownValidators: [0, 1] })
    await world.tick(4)
    const foreign = tree.vote(0, 4, a2)
    await world.gossipVotes([foreign])
    expect(world.validator.of('foreignVote')).toEqual([
      { type: 'foreignVote', vote: { validatorIndex: 0, slot: 4, signedAttestation: foreign } },
    ])
    // A second message for a slot in which we signed ourselves.
    world.tell({ type: 'ownAttestation', signedAttestation: tree.vote(1, 4, a2) })
    await world.lab.settle()
    await world.gossipVotes([tree.vote(1, 4, a1)])
    expect(world.validator.of('foreignVote').at(-1)?.vote.validatorIndex).toBe(1)
    expect(world.eventsOf('evidence').length).toBe(1)
  })

  it('may be from before the start', async () => {
    const { world, tree, a2 } = await atSlotThree({ ownValidators: [0] })
    await world.gossipVotes([tree.vote(0, 3, a2)])
    expect(world.validator.of('foreignVote')).toEqual([])
  })

  it('beside our own are foreign in the slot of the start too', async () => {
    const { world, tree, a1, a2 } = await atSlotThree({ ownValidators: [0] })
    world.tell({ type: 'ownAttestation', signedAttestation: tree.vote(0, 3, a2) })
    await world.lab.settle()
    await world.gossipVotes([tree.vote(0, 3, a1)])
    expect(world.validator.of('foreignVote').map(({ vote: { slot } }) => slot)).toEqual([3])
  })
})

describe('verification', () => {
  it('collects what comes while there is more to do', async () => {
    const { world, tree, a2 } = await atSlotThree()
    world.verifier.batches.length = 0
    await world.gossipVotes([0, 1, 4, 5].map((validator) => tree.vote(validator, 3, a2)))
    expect(world.verifier.batches).toEqual([4])
  })

  it('sends full batches, and no more jobs than allowed; the oldest votes go first', async () => {
    const limits = { verificationBatch: 2, verificationJobs: 1, verificationBacklog: 2 }
    const { world, tree, a2 } = await atSlotThree({ limits })
    world.verifier.batches.length = 0
    world.verifier.isStuck = true
    const ids = await world.gossipVotes([0, 1, 4, 5, 2].map((validator) => tree.vote(validator, 3, a2)))
    expect(world.verifier.batches).toEqual([2])
    expect(world.reasons(ids.slice(2, 3))).toEqual(['VERIFIER_UNAVAILABLE'])
    world.verifier.goOn()
    await world.lab.settle()
    expect(world.verifier.batches).toEqual([2, 2])
    expect(world.reasons(ids)).toEqual([
      ...['ACCEPTED', 'ACCEPTED', 'VERIFIER_UNAVAILABLE', 'ACCEPTED', 'ACCEPTED'],
    ])
  })

  it('is asked once for each signature of a vote, and compares none with all others', async () => {
    const { world, tree, a2 } = await atSlotThree()
    const { message } = tree.vote(0, 3, a2)
    let looks = 0
    class Signature extends Uint8Array {
      override get length() {
        looks += 1
        return super.length
      }
    }
    const votes = Array.from({ length: 500 }, (_, index) => {
      const signature = new Signature(64)
      new DataView(signature.buffer).setUint32(60, index + 1)
      return { message, signature }
    })
    world.verifier.isStuck = true
    const verified = world.verifier.verified.length
    await world.gossip([tree.block(a2, 3, { votes, stateRoot: new Uint8Array(32) })])
    const ids = await world.gossipVotes([...votes.slice(0, 9), ...votes.slice(-9)])
    expect(looks).toBeLessThan(10 * votes.length)
    world.verifier.goOn()
    await world.lab.settle()
    expect(new Set(world.reasons(ids))).toEqual(new Set(['INVALID_SIGNATURE']))
    // The proposer's vote with them.
    expect(world.verifier.verified.length - verified).toBe(votes.length + 1)
  })

  it('gives up on a verifier that does not answer', async () => {
    const { world, tree, a2 } = await atSlotThree({ limits: { verifierTimeout: 1000 } })
    world.verifier.isStuck = true
    const votes = await world.gossipVotes([tree.vote(0, 3, a2)])
    const block = tree.block(a2, 3)
    const blocks = await world.gossip([block])
    await world.lab.advance(1000)
    expect(world.reasons([...votes, ...blocks])).toEqual(['VERIFIER_UNAVAILABLE', 'VERIFIER_UNAVAILABLE'])
    expect(world.sync.of('blockRefused')).toMatchObject([{ cause: 'full' }])
    world.verifier.goOn()
    expect(world.reasons(await world.gossip([block]))).toEqual(['ACCEPTED'])
  })
})
