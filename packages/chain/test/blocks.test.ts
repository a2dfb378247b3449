import { toHex } from '@trine/types'
import { describe, expect, it } from 'vitest'
import { checkpoint, forge, World } from './support.ts'

describe('a block from gossip', () => {
  it('is imported, forwarded and told to everyone', async () => {
    const world = new World()
    await world.tick(1)
    world.network.clear()
    const block = world.tree.block(world.tree.genesis, 1)
    const ids = await world.gossip([block])

    expect(world.verdicts(ids)).toEqual([{ verdict: 'accept', reason: 'ACCEPTED' }])
    const reference = { root: block.root, slot: 1 }
    const genesisRoot = toHex(world.tree.genesis.root)
    expect(world.sync.of('blockImported')).toEqual([
      { type: 'blockImported', block: reference, parentRoot: genesisRoot },
    ])
    for (const neighbour of [world.network, world.sync, world.validator]) {
      const status = neighbour.received.filter(({ type }) => type === 'chainStatus').at(-1)
      expect(status).toMatchObject({ head: reference, finalized: { root: genesisRoot, slot: 0 } })
    }
    expect(world.eventsOf('block')).toMatchObject([{ block: reference, proposerIndex: 1, origin: 'gossip' }])
    expect(world.eventsOf('head')).toMatchObject([{ head: reference, previous: { slot: 0 } }])
    expect(await world.head()).toBe(block.root)
  })

  it('a second time is a duplicate and changes nothing', async () => {
    const world = new World()
    await world.tick(1)
    const block = world.tree.block(world.tree.genesis, 1)
    await world.gossip([block])
    const events = world.events.length
    expect(world.reasons(await world.gossip([block]))).toEqual(['DUPLICATE'])
    expect(world.events.length).toBe(events)
    expect(world.verifier.verified.length).toBe(1)
  })

  it('is refused with what is wrong with it, and its descendants with it', async () => {
    const world = new World()
    await world.tick(3)
    const bad = world.tree.block(world.tree.genesis, 1, { stateRoot: new Uint8Array(32).fill(7) })
    const child = world.tree.block(checkpoint(bad), 2)
    const grandchild = world.tree.block(checkpoint(child), 3)
    const waiting = await world.gossip([child, grandchild])
    expect(world.reasons(waiting)).toEqual(['WAITS_FOR_PARENT', 'WAITS_FOR_PARENT'])
    const missing = { type: 'missingBlocks', roots: [bad.root], peerId: 'peer' }
    expect(world.sync.of('missingBlocks')).toEqual([missing, missing])
    const ids = await world.gossip([bad])
    expect(world.verdicts(ids)).toEqual([{ verdict: 'reject', reason: 'STATE_ROOT_MISMATCH' }])
    expect(world.sync.of('blockRefused')).toMatchObject([
      { root: bad.root, cause: 'invalid', reason: 'STATE_ROOT_MISMATCH', peerId: undefined },
      { root: child.root, cause: 'invalid', reason: 'PARENT_INVALID' },
      { root: grandchild.root, cause: 'invalid', reason: 'PARENT_INVALID' },
    ])
    const again = await world.gossip([bad, world.tree.block(checkpoint(bad), 3)])
    expect(world.verdicts(again)).toEqual([
      { verdict: 'reject', reason: 'KNOWN_INVALID' },
      { verdict: 'reject', reason: 'PARENT_INVALID' },
    ])
    expect((await world.view()).pendingBlocks).toBe(0)
  })

  it('with an invalid signature does not condemn its root', async () => {
    const world = new World()
    await world.tick(1)
    const block = world.tree.block(world.tree.genesis, 1)
    const forged = { ...block, signedBlock: { ...block.signedBlock, signature: [new Uint8Array(8)] } }
    expect(world.verdicts(await world.gossip([forged]))).toEqual([
      { verdict: 'reject', reason: 'INVALID_SIGNATURE' },
    ])
    await world.request([forged])
    expect(world.sync.of('blockRefused')).toMatchObject([
      { cause: 'forged', peerId: undefined },
      { cause: 'forged', peerId: 'server' },
    ])
    expect(world.reasons(await world.gossip([block]))).toEqual(['ACCEPTED'])
  })

  it('is imported from a second copy that came while the forged first one was being verified', async () => {
    const world = new World()
    await world.tick(1)
    const block = world.tree.block(world.tree.genesis, 1)
    const forged = { ...block, signedBlock: { ...block.signedBlock, signature: [new Uint8Array(8)] } }
    world.verifier.isStuck = true
    const [first] = await world.gossip([forged])
    const [second] = await world.gossip([block])
    world.verifier.goOn()
    await world.lab.settle()
    expect(world.reasons([first!, second!])).toEqual(['INVALID_SIGNATURE', 'DUPLICATE'])
    expect(await world.head()).toBe(block.root)
  })

  it('of a slot that has not begun waits for it, of one far ahead is dropped', async () => {
    const world = new World()
    await world.tick(1)
    const [, next] = world.tree.chain(2)
    const [farthest, tooFar] = [9, 10].map((slot) => world.tree.block(world.tree.genesis, slot))
    const ids = await world.gossip([next!, farthest!, tooFar!])
    expect(world.reasons(ids)).toEqual(['WAITS_FOR_SLOT', 'WAITS_FOR_SLOT', 'FAR_FUTURE'])
    expect((await world.view()).pendingBlocks).toBe(2)
    await world.gossip(world.tree.chain(1))
    expect((await world.view()).head.slot).toBe(1)
    await world.tick(1, 3)
    expect((await world.view()).head.slot).toBe(1)
    await world.tick(2)
    expect(await world.head()).toBe(next!.root)
  })
})

describe('blocks without their parents', () => {
  it('are imported when the parent comes, however they came', async () => {
    const world = new World()
    await world.tick(6)
    const blocks = world.tree.chain(6)
    const ids = await world.gossip([...blocks].reverse())
    expect(new Set(world.reasons(ids.slice(0, 5)))).toEqual(new Set(['WAITS_FOR_PARENT']))
    expect(world.reasons(ids.slice(5))).toEqual(['ACCEPTED'])
    expect(await world.head()).toBe(blocks.at(-1)!.root)
    expect(world.sync.of('blockImported').map(({ block }) => block.slot)).toEqual([1, 2, 3, 4, 5, 6])
    expect(world.sync.of('missingBlocks').map(({ roots }) => roots[0])).toEqual(
      blocks
        .slice(0, 5)
        .reverse()
        .map(({ root }) => root),
    )
  })

  it('name the root that is missing at the bottom when a peer builds on what waits', async () => {
    const world = new World()
    await world.tick(6)
    const blocks = world.tree.chain(6)
    await world.gossip(blocks.slice(3))
    const [lowest] = blocks.slice(2)
    expect(world.sync.of('missingBlocks').map(({ roots }) => roots)).toEqual([
      [lowest!.root],
      [lowest!.root],
      [lowest!.root],
    ])
  })

  it('import from a chain of a thousand, one per turn, with ticks and questions in between', async () => {
    const world = new World({ validatorCount: 2 })
    await world.tick(1001)
    const blocks = world.tree.chain(1001)
    await world.request(blocks.slice(1).reverse().slice(0, 250))
    for (let from = 250; from < 1000; from += 250) {
      await world.request(
        blocks
          .slice(1)
          .reverse()
          .slice(from, from + 250),
      )
    }
    expect((await world.view()).pendingBlocks).toBe(1000)
    world.tell({ type: 'block', block: blocks[0]!, origin: { from: 'request', peerId: 'server' } })
    await world.lab.settle()
    expect((await world.view()).head.slot).toBe(1001)
    const handled = world.lab.journal().filter(({ message }) => message.type === 'workOn')
    expect(handled.length).toBeGreaterThan(990)
  })

  it('expire, and sync may ask for them again', async () => {
    const world = new World({ limits: { waitingBlockSlots: 4 } })
    await world.tick(3)
    const [, , third] = world.tree.chain(3)
    await world.gossip([third!])
    for (let slot = 4; slot <= 7; slot++) await world.tick(slot)
    expect((await world.view()).pendingBlocks).toBe(1)
    await world.tick(8)
    expect((await world.view()).pendingBlocks).toBe(0)
    expect(world.sync.of('blockRefused')).toMatchObject([
      { root: third!.root, cause: 'full', reason: 'EXPIRED' },
    ])
  })

  it('are bounded: gossip before what was asked for, high slots first, and by peer', async () => {
    const world = new World({ limits: { waitingBlocks: 4, waitingBlocksPerPeer: 2 } })
    await world.tick(20)
    const blocks = world.tree.chain(20)
    await world.gossip([blocks[10]!, blocks[12]!], 'one')
    await world.gossip([blocks[14]!], 'one')
    expect(world.sync.of('blockRefused').map(({ root }) => root)).toEqual([blocks[10]!.root])
    await world.gossip([blocks[4]!], 'two')
    await world.request([blocks[19]!, blocks[18]!])
    expect(world.sync.of('blockRefused').map(({ root }) => root)).toEqual([
      blocks[10]!.root,
      blocks[14]!.root,
    ])
    await world.request([blocks[17]!, blocks[16]!, blocks[2]!])
    const refused = world.sync.of('blockRefused').slice(2)
    expect(refused.map(({ root }) => root)).toEqual([12, 4, 19].map((index) => blocks[index]!.root))
    expect(refused.map(({ cause, peerId }) => [cause, peerId])).toEqual([
      ['full', undefined],
      ['full', undefined],
      ['full', 'server'],
    ])
    expect((await world.view()).pendingBlocks).toBe(4)
  })

  it('leave room for a block that can be looked at now, however many there are', async () => {
    const world = new World({ limits: { waitingBlocks: 4, waitingBlocksPerPeer: 2 } })
    const { tree } = world
    await world.tick(9)
    const orphans = tree.chain(8).slice(1)
    await world.gossip(orphans.slice(0, 2), 'one')
    await world.gossip(orphans.slice(2, 4), 'another')
    const block = tree.block(tree.genesis, 9)
    expect(world.reasons(await world.gossip([block], 'honest'))).toEqual(['ACCEPTED'])
  })

  it('wait for a block that one of their votes names', async () => {
    const world = new World()
    const { tree } = world
    await world.tick(4)
    const [a1] = tree.chain(1)
    const side = tree.block(tree.genesis, 2)
    const vote = tree.vote(3, 2, checkpoint(side))
    const block = tree.block(checkpoint(a1!), 3, { votes: [vote] })
    const ids = await world.gossip([a1!, block])
    expect(world.reasons(ids)).toEqual(['ACCEPTED', 'WAITS_FOR_VOTED_BLOCK'])
    expect(world.sync.of('missingBlocks').at(-1)?.roots).toEqual([side.root])
    // Named again with every slot: sync may have given it up.
    const named = world.sync.of('missingBlocks').length
    await world.tick(5)
    expect(world.sync.of('missingBlocks').slice(named)).toMatchObject([{ roots: [side.root] }])
    const verified = world.verifier.verified.length
    await world.gossip([side])
    expect((await world.view()).pendingBlocks).toBe(0)
    expect(world.sync.of('blockImported').map(({ block }) => block.slot)).toEqual([1, 2, 3])
    // Its own signatures were not verified a second time.
    expect(world.verifier.verified.length).toBe(verified + 1)
  })
})

describe('neighbours that take nothing for a while', () => {
  it('hear of what was imported, refused and missing, in order, and of the last status', async () => {
    const world = new World()
    await world.tick(4)
    world.sync.refuse('missingBlocks', 'blockImported', 'blockRefused', 'chainStatus')
    world.network.refuse('verdict', 'chainStatus')
    world.network.clear()
    world.sync.clear()
    const [first, second, third, fourth] = world.tree.chain(4)
    const bad = world.tree.block(checkpoint(first!), 2, { stateRoot: new Uint8Array(32) })
    const ids = await world.gossip([first!, bad, fourth!])
    await world.tick(4, 1)
    expect([world.sync.received, world.network.received]).toEqual([[], []])
    world.sync.refuse()
    world.network.refuse()
    await world.tick(4, 2)
    expect(world.sync.received.map(({ type }) => type).sort()).toEqual(
      ['blockImported', 'blockRefused', 'chainStatus', 'missingBlocks'].sort(),
    )
    expect(world.reasons(ids)).toEqual(['ACCEPTED', 'STATE_ROOT_MISMATCH', 'WAITS_FOR_PARENT'])
    expect(world.network.of('chainStatus').map(({ head }) => head.root)).toEqual([first!.root])
    await world.gossip([second!, third!])
    expect(await world.head()).toBe(fourth!.root)
  })
})

it('verifies no vote twice, whether it comes by gossip or in a block', async () => {
  const world = new World()
  const { tree } = world
  await world.tick(2)
  const [a1] = tree.chain(1)
  await world.gossip([a1!])
  const votes = [0, 2, 3].map((validator) => tree.vote(validator, 1, checkpoint(a1!)))
  await world.gossipVotes(votes.slice(0, 2))
  expect(world.verifier.verified.length).toBe(3)
  const block = tree.block(checkpoint(a1!), 2, { votes })
  await world.gossip([block])
  expect(world.verifier.verified.length).toBe(5)
  await world.gossipVotes(votes)
  expect(world.verifier.verified.length).toBe(5)

  // The same vote with other bytes for a signature is another matter.
  expect(
    world.reasons(await world.gossip([tree.block(checkpoint(a1!), 2, { votes: [forge(votes[0]!)] })])),
  ).toEqual(['INVALID_SIGNATURE'])
})
