import { describe, expect, it } from 'vitest'
import { checkpoint, unwrapAsk, World } from './support.ts'

const everyone = [0, 1, 2, 3]

describe('a block built for a validator', () => {
  it('comes with the vote that everyone else will cast once it is imported', async () => {
    const world = new World()
    for (let slot = 1; slot <= 12; slot++) {
      await world.tick(slot)
      const block = await world.build(slot)
      const { data } = block.signedBlock.message.proposerAttestation
      expect(await world.head()).not.toBe(block.root)
      world.tell({ type: 'ownBlock', block })
      await world.tick(slot, 1)
      expect(await world.head()).toBe(block.root)
      const [vote] = await world.votesOf([0], slot)
      expect(vote!.message.data).toEqual(data)
      expect(data.head).toEqual(checkpoint(block))
      // With gaps in the votes the safe target stays behind, and comes again.
      const voters = slot % 5 === 0 ? [] : everyone.filter((validator) => validator !== slot % 4)
      await world.gossipVotes(await world.votesOf(voters, slot))
      await world.tick(slot, 2)
      await world.tick(slot, 3)
    }
    const view = await world.view()
    expect(view.finalized.slot).toBeGreaterThan(5)
    expect(
      world.eventsOf('block').every(({ origin, transitionTime }) => origin === 'own' && transitionTime === 0),
    ).toBe(true)
    expect(world.verifier.verified.length).toBeGreaterThan(0)
    expect(world.eventsOf('blockRejected')).toEqual([])
  })

  it('has the votes that came since the last acceptance', async () => {
    const world = new World()
    await world.slot(1, [])
    await world.tick(2)
    const votes = (await world.votesOf([0, 2, 3], 2)).map((vote) => vote)
    await world.gossipVotes(votes)
    const { block } = (await world.build(2)).signedBlock.message
    expect(block.body.attestations.map(({ validatorIndex }) => validatorIndex)).toEqual([1, 0, 2, 3])
  })

  it('is refused in a wrong slot, and to who does not propose', async () => {
    const world = new World()
    await world.tick(5)
    const ask = async (slot: number, validatorIndex: number) =>
      unwrapAsk(await world.lab.ask(world.chain.ref, { type: 'buildBlock', slot, validatorIndex }))
    expect(await ask(6, 2)).toMatchObject({ ok: false, error: { code: 'WRONG_SLOT' } })
    expect(await ask(4, 0)).toMatchObject({ ok: false, error: { code: 'WRONG_SLOT' } })
    expect(await ask(5, 2)).toMatchObject({
      ok: false,
      error: { code: 'NOT_PROPOSER', message: 'NOT_PROPOSER: expected proposer 1, got 2' },
    })
    expect(await ask(5, 1)).toMatchObject({ ok: true })
  })

  it('for slot 0 fails, for genesis stands there', async () => {
    const world = new World()
    await world.tick(0)
    const answer = await world.lab.ask(world.chain.ref, { type: 'buildBlock', slot: 0, validatorIndex: 0 })
    expect(unwrapAsk(answer)).toMatchObject({ ok: false, error: { code: 'FAILED' } })
  })
})

describe('attestation data', () => {
  it('names the head it was made from, and only for the current slot', async () => {
    const world = new World()
    const block = await world.slot(1, everyone)
    const ask = async (slot: number) =>
      unwrapAsk(await world.lab.ask(world.chain.ref, { type: 'getAttestationData', slot }))
    expect(await ask(1)).toMatchObject({ ok: true, value: { headRoot: block.root, data: { slot: 1 } } })
    expect(await ask(2)).toMatchObject({ ok: false, error: { code: 'WRONG_SLOT' } })
    expect(await ask(0)).toMatchObject({ ok: false, error: { code: 'WRONG_SLOT' } })
  })
})

describe('ticks', () => {
  it('compute the safe target at interval 2 and accept votes at interval 3', async () => {
    const world = new World()
    await world.tick(1)
    const block = await world.build(1)
    world.tell({ type: 'ownBlock', block })
    await world.tick(1, 1)
    await world.gossipVotes(await world.votesOf([0, 2, 3], 1))
    expect(world.eventsOf('safeTarget')).toEqual([])
    await world.tick(1, 2)
    expect(world.eventsOf('safeTarget')).toMatchObject([{ safeTarget: { root: block.root } }])
    const weight = async () =>
      unwrapAsk(await world.lab.ask(world.chain.ref, { type: 'getForkChoice' })).nodes[1]?.weight
    expect(await weight()).toBe(0)
    await world.tick(1, 3)
    expect(await weight()).toBe(4)
  })

  it('make up for intervals that had none', async () => {
    const world = new World()
    await world.tick(1)
    const block = await world.build(1)
    world.tell({ type: 'ownBlock', block })
    await world.lab.settle()
    await world.gossipVotes(await world.votesOf([0, 2, 3], 1))
    world.tell({ type: 'tick', slot: 2, interval: 1, skipped: 4 })
    await world.lab.settle()
    expect(world.eventsOf('safeTarget')).toMatchObject([{ safeTarget: { root: block.root } }])
    const view = unwrapAsk(await world.lab.ask(world.chain.ref, { type: 'getForkChoice' }))
    expect(view.nodes[1]?.weight).toBe(4)
    expect(await world.view()).toMatchObject({ slot: 2, interval: 1 })
    // Two whole slots without a vote: nobody supports a safe target any more.
    await world.tick(4)
    expect(world.eventsOf('safeTarget').at(-1)?.safeTarget.slot).toBe(0)
  })

  it('do not go back', async () => {
    const world = new World()
    await world.tick(4, 2)
    await world.tick(3, 1)
    expect(await world.view()).toMatchObject({ slot: 4, interval: 2 })
  })
})
