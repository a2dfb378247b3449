import { describe, expect, it } from 'vitest'
import { createBench, voteData } from './support.ts'

describe('pauses', () => {
  it('while syncing', async () => {
    const bench = createBench([1, 2])
    bench.validator.ref.tell({ type: 'syncState', state: 'syncing', headSlot: 0, targetSlot: 50 })
    await bench.lab.settle()
    bench.tick(1, 0)
    bench.tick(1, 1)
    await bench.lab.advance(100)
    expect(bench.chain.received).toEqual([])
    expect(bench.duties().map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['skipped', 'syncing'],
      ['skipped', 'syncing'],
      ['skipped', 'syncing'],
    ])
    bench.validator.ref.tell({ type: 'syncState', state: 'synced', headSlot: 50, targetSlot: 50 })
    await bench.lab.settle()
    expect(bench.events.filter(({ type }) => type.startsWith('duties')).map(({ type }) => type)).toEqual([
      'dutiesPaused',
      'dutiesResumed',
    ])
  })

  it('by order, and the view says so', async () => {
    const bench = createBench([2])
    const { ref } = bench.validator
    expect(await bench.lab.ask(ref, { type: 'pauseDuties', reason: 'maintenance' })).toEqual({
      ok: true,
      value: true,
    })
    expect(await bench.lab.ask(ref, { type: 'pauseDuties', reason: 'again' })).toEqual({
      ok: true,
      value: false,
    })
    bench.tick(1, 1)
    const view = await bench.lab.ask(ref, { type: 'getDuties' })
    expect(view).toMatchObject({
      value: {
        pausedBecause: 'again',
        validators: [
          { validatorIndex: 2, nextProposal: 2, lastResults: [{ outcome: 'skipped', reason: 'again' }] },
        ],
      },
    })
    expect(await bench.lab.ask(ref, { type: 'resumeDuties' })).toEqual({ ok: true, value: true })
    expect(await bench.lab.ask(ref, { type: 'resumeDuties' })).toEqual({ ok: true, value: false })
  })

  it('by two who each end their own pause, and only the operator frees a stopped validator', async () => {
    const bench = createBench([2, 3])
    const { ref } = bench.validator
    const signedAttestation = {
      message: { validatorIndex: 3, data: voteData(1, 9) },
      signature: new Uint8Array(1),
    }
    const stop = () =>
      ref.tell({ type: 'foreignVote', vote: { validatorIndex: 3, slot: 1, signedAttestation } })
    const by = 'clockWatch'
    const pause = (order: object) =>
      bench.lab.ask(ref, { type: 'pauseDuties', reason: 'maintenance', ...order })
    const resume = (order: object) => bench.lab.ask(ref, { type: 'resumeDuties', ...order })
    stop()
    await bench.lab.settle()
    expect(await pause({ reason: 'the clock is off', by })).toMatchObject({ value: true })
    expect(await pause({})).toMatchObject({ value: true })
    expect(await resume({})).toMatchObject({ value: true })
    const view = await bench.lab.ask(ref, { type: 'getDuties' })
    expect(view).toMatchObject({ value: { pausedBecause: 'the clock is off' } })
    stop()
    await bench.lab.settle()
    expect(await resume({ by })).toMatchObject({ value: true })
    expect(await resume({ by })).toMatchObject({ value: false })
    bench.tick(1, 1)
    await bench.lab.advance(100)
    const voters = bench.network.of('publishAttestation').map((vote) => vote.signedAttestation.message)
    expect(voters.map(({ validatorIndex }) => validatorIndex)).toEqual([2])
    expect(await resume({})).toMatchObject({ value: true })
  })

  it('of one validator whose key was seen signing elsewhere', async () => {
    const bench = createBench([2, 3])
    const signedAttestation = {
      message: { validatorIndex: 3, data: voteData(1, 9) },
      signature: new Uint8Array(1),
    }
    bench.validator.ref.tell({ type: 'foreignVote', vote: { validatorIndex: 3, slot: 1, signedAttestation } })
    await bench.lab.settle()
    bench.tick(1, 1)
    await bench.lab.advance(100)
    const voters = bench.network
      .of('publishAttestation')
      .map((vote) => vote.signedAttestation.message.validatorIndex)
    expect(voters).toEqual([2])
    expect(bench.events).toContainEqual({
      type: 'dutiesPaused',
      reason: 'validator 3 was seen signing elsewhere in slot 1: is its key in use twice?',
      validatorIndex: 3,
    })
  })

  it('by order and while syncing outlive a restart of the service', async () => {
    const bench = createBench([2, 3])
    const { ref } = bench.validator
    ref.tell({ type: 'syncState', state: 'syncing', headSlot: 0, targetSlot: 50 })
    await bench.lab.ask(ref, { type: 'pauseDuties', reason: 'maintenance' })
    await bench.lab.ask(ref, { type: 'pauseDuties', reason: 'the clock is off', by: 'clockWatch' })
    ref.tell({ type: 'foreignVote' } as never)
    await expect(bench.lab.settle()).rejects.toThrow('failed at foreignVote')
    const pausedBecause = async () => {
      const view = await bench.lab.ask(ref, { type: 'getDuties' })
      return view.ok && view.value.pausedBecause
    }
    expect(await pausedBecause()).toBe('maintenance')
    await bench.lab.ask(ref, { type: 'resumeDuties', by: 'clockWatch' })
    ref.tell({ type: 'syncState', state: 'synced', headSlot: 50, targetSlot: 50 })
    expect(await pausedBecause()).toBe('maintenance')
    bench.tick(1, 1)
    await bench.lab.advance(100)
    expect(bench.chain.received).toEqual([])
    expect(await bench.lab.ask(ref, { type: 'resumeDuties' })).toMatchObject({ value: true })
    expect(bench.events.at(-1)).toEqual({ type: 'dutiesResumed' })
  })

  it('a stopped validator stays stopped when the service restarts', async () => {
    const bench = createBench([2, 3])
    const { ref } = bench.validator
    const signedAttestation = {
      message: { validatorIndex: 3, data: voteData(1, 9) },
      signature: new Uint8Array(1),
    }
    ref.tell({ type: 'foreignVote', vote: { validatorIndex: 3, slot: 1, signedAttestation } })
    ref.tell({ type: 'foreignVote' } as never)
    await expect(bench.lab.settle()).rejects.toThrow('failed at foreignVote')
    bench.tick(1, 1)
    await bench.lab.advance(100)
    const voters = bench.network.of('publishAttestation').map((vote) => vote.signedAttestation.message)
    expect(voters.map(({ validatorIndex }) => validatorIndex)).toEqual([2])
  })
})
