import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { initialTransition, transition } from 'xstate'
import { rootOf } from '../../network/test/support/blocks.ts'
import { createSyncMachine, type Distance, defaultLimits } from '../src/index.ts'
import { type Bench, createBench, GENESIS } from './support/bench.ts'

/** Peers that claim heads at these slots and send nothing. */
async function claim(bench: Bench, slots: readonly number[]): Promise<void> {
  for (const [index, slot] of slots.entries()) {
    await bench.status(`p${index}`, { root: rootOf(100 + slot), slot })
  }
}

async function advanceHead(bench: Bench, slot: number): Promise<void> {
  const head = { root: rootOf(200 + (slot % 50)), slot }
  const finalized = { root: GENESIS, slot: 0 }
  await bench.tell({ type: 'chainStatus', head, justified: finalized, finalized })
}

describe('the state of sync', () => {
  it('is idle without peers: a node alone does its duties', async () => {
    const bench = await createBench()
    await bench.pass(1, 30)
    expect(bench.states()).toEqual([])
    expect((await bench.view()).state).toBe('idle')
  })

  it('is synced as soon as peers are not ahead, however far the clock is: a chain that stood still goes on', async () => {
    const bench = await createBench({ headSlot: 5 })
    await bench.tick(500)
    await claim(bench, [5, 4])
    expect(bench.states()).toEqual(['synced'])
    expect(bench.validator.received[0]).toEqual({
      type: 'syncState',
      state: 'synced',
      headSlot: 5,
      targetSlot: 5,
    })
    expect(bench.events).toEqual(bench.validator.received)
  })

  it('is syncing while far behind, and synced after it was close for a while', async () => {
    const bench = await createBench()
    await bench.tick(100)
    await claim(bench, [100])
    expect(bench.states()).toEqual(['syncing'])
    await advanceHead(bench, 95)
    expect(bench.states()).toEqual(['syncing'])
    await advanceHead(bench, 98)
    await bench.lab.advance(3999)
    expect(bench.states()).toEqual(['syncing'])
    await bench.lab.advance(1)
    expect(bench.states()).toEqual(['syncing', 'synced'])
  })

  it('begins to sync only when it was far behind for a while', async () => {
    const bench = await createBench()
    await bench.tick(100)
    await advanceHead(bench, 99)
    await claim(bench, [99])
    await claim(bench, [100])
    await claim(bench, [90])
    await bench.tick(120)
    await claim(bench, [120])
    await bench.lab.advance(7000)
    await advanceHead(bench, 119)
    await bench.lab.advance(20_000)
    expect(bench.states()).toEqual(['synced'])
    await bench.tick(140)
    await claim(bench, [140])
    await bench.lab.advance(8000)
    expect(bench.states()).toEqual(['synced', 'syncing'])
  })

  it('is not set by a few that lie: a third of the peers, or what is in the future', async () => {
    const bench = await createBench({ headSlot: 10 })
    await bench.tick(1000)
    await claim(bench, [10, 10, 10, 10, 900, 800])
    expect((await bench.view()).targetSlot).toBe(10)
    await claim(bench, [5000, 5000, 5000, 5000, 900, 10])
    // Two claims are left to be believed.
    expect((await bench.view()).targetSlot).toBe(900)
    await claim(bench, [10, 20, 30, 40, 50, 60])
    expect((await bench.view()).targetSlot).toBe(40)
  })

  it('does not believe in a far slot of a head that we have', async () => {
    const bench = await createBench({ headSlot: 10 })
    await bench.tick(1000)
    await bench.status('liar', { root: rootOf(2), slot: 900 })
    expect(bench.states()).toEqual(['synced'])
  })

  it('does not believe in a head that the chain found invalid', async () => {
    const bench = await createBench()
    await bench.tick(100)
    const refused = { root: rootOf(50), peerId: undefined, cause: 'invalid', reason: 'test' } as const
    await bench.tell({ type: 'blockRefused', ...refused })
    await bench.status('liar', { root: rootOf(50), slot: 100 })
    expect(bench.states()).toEqual([])
  })

  it('gives duties free again when a far head cannot be had, and takes them back when blocks flow', async () => {
    const bench = await createBench()
    await bench.tick(100)
    await claim(bench, [100])
    await bench.pass(101, 115)
    expect(bench.states()).toEqual(['syncing'])
    await bench.pass(116, 117)
    expect(bench.states()).toEqual(['syncing', 'synced'])
    for (let slot = 118; slot < 145; slot++) {
      for (let count = 0; count < 2; count++) {
        const block = { root: rootOf(count), slot: count }
        await bench.tell({ type: 'blockImported', block, parentRoot: GENESIS })
      }
      await bench.pass(slot, slot)
    }
    expect(bench.states()).toEqual(['syncing', 'synced', 'syncing'])
  })

  it('keeps syncing while the head moves, however slowly: duties on an old head make forks', async () => {
    const bench = await createBench()
    await bench.tick(100)
    await claim(bench, [100])
    for (let slot = 101; slot < 200; slot += 10) {
      await bench.pass(slot, slot + 9)
      await advanceHead(bench, (slot - 90) / 10)
    }
    expect(bench.states()).toEqual(['syncing'])
    await bench.pass(200, 240)
    expect(bench.states()).toEqual(['syncing', 'synced'])
  })

  it('waits for peers at the start when far behind the clock, for a time', async () => {
    const bench = await createBench({ expectsPeers: true })
    await bench.tick(100)
    expect(bench.states()).toEqual(['syncing'])
    await bench.lab.advance(59_999)
    expect(bench.states()).toEqual(['syncing'])
    await bench.lab.advance(1)
    expect(bench.states()).toEqual(['syncing', 'idle'])
    const fresh = await createBench({ expectsPeers: true })
    await fresh.pass(1, 20)
    expect(fresh.states()).toEqual([])
  })

  it('does its duties at once when the chain, once it was read, is not far behind the clock', async () => {
    const bench = await createBench({ expectsPeers: true })
    await bench.tick(100)
    await advanceHead(bench, 93)
    expect(bench.states()).toEqual(['syncing', 'idle'])
    await bench.lab.advance(120_000)
    expect(bench.states()).toEqual(['syncing', 'idle'])
    const behind = await createBench({ expectsPeers: true })
    await behind.tick(100)
    await advanceHead(behind, 50)
    await advanceHead(behind, 93)
    expect(behind.states()).toEqual(['syncing'])
  })

  it('stays syncing for a time when the peers go, and is idle at once when it was synced', async () => {
    const bench = await createBench()
    await bench.tick(100)
    await claim(bench, [100])
    await bench.tell({ type: 'peerGone', peerId: 'p0' })
    await bench.lab.advance(50_000)
    expect(bench.states()).toEqual(['syncing'])
    await claim(bench, [0])
    await bench.lab.advance(5000)
    await bench.tell({ type: 'peerGone', peerId: 'p0' })
    expect(bench.states()).toEqual(['syncing', 'synced', 'idle'])
  })

  it('reaches the validator also when that was too busy to hear of it', async () => {
    const bench = await createBench()
    await bench.tick(100)
    bench.validator.refuse('syncState')
    await claim(bench, [100])
    bench.validator.refuse()
    await bench.tick(100, 1)
    expect(bench.states()).toEqual(['syncing'])
  })
})

describe('statuses', () => {
  it('are asked for again when old: few while synced, more while syncing', async () => {
    const bench = await createBench()
    await bench.tick(1)
    await claim(bench, [0, 0, 0])
    await bench.pass(2, 8)
    expect(bench.network.of('refreshStatus')).toEqual([])
    await bench.pass(9, 9)
    expect(bench.network.of('refreshStatus')).toEqual([{ type: 'refreshStatus', peerId: 'p0' }])
    await claim(bench, [9, 9, 9])
    bench.network.clear()
    const far = await createBench()
    await far.tick(100)
    await claim(far, [100, 100, 100, 100, 100])
    await far.pass(101, 104)
    expect(far.network.of('refreshStatus').map(({ peerId }) => peerId)).toEqual(['p0', 'p1', 'p2', 'p3'])
  })

  it('are asked for by turns: peers that do not answer keep nobody from it', async () => {
    const bench = await createBench()
    await bench.tick(1)
    await claim(bench, [0, 0, 0])
    await bench.pass(2, 11)
    expect(bench.network.of('refreshStatus').map(({ peerId }) => peerId)).toEqual(['p0', 'p1', 'p2'])
    await bench.pass(12, 19)
    const asked = bench.network.of('refreshStatus').map(({ peerId }) => peerId)
    expect(asked).toEqual(['p0', 'p1', 'p2', 'p0', 'p1', 'p2'])
  })
})

describe('the machine', () => {
  const machine = createSyncMachine(defaultLimits)
  const anyDistance = fc.constantFrom<Distance>('alone', 'close', 'between', 'far', 'stuck')
  const stateOf = (value: unknown) => (typeof value === 'string' ? value : Object.keys(value as object)[0])

  it('changes between syncing and synced only by way of a delay, or of being stuck', () => {
    fc.assert(
      fc.property(fc.array(anyDistance, { minLength: 1 }), (distances) => {
        let [snapshot] = initialTransition(machine)
        for (const type of distances) {
          const before = stateOf(snapshot.value)
          snapshot = transition(machine, snapshot, { type })[0]
          const change = `${before} ${stateOf(snapshot.value)}`
          expect(change).not.toBe('synced syncing')
          if (type !== 'stuck') expect(change).not.toBe('syncing synced')
          expect(change).not.toBe('syncing idle')
        }
      }),
    )
  })

  it('reaches every state, and leaves every one', () => {
    const seen = new Set<string>()
    const events = ['alone', 'close', 'between', 'far', 'stuck'] as const
    const delays = [
      'xstate.after.settleDelay.sync.syncing.closing',
      'xstate.after.abandonDelay.sync.syncing.waiting',
      'xstate.after.slipDelay.sync.synced.slipping',
    ]
    const open = [initialTransition(machine)[0]]
    for (let snapshot = open.pop(); snapshot !== undefined; snapshot = open.pop()) {
      const name = JSON.stringify(snapshot.value)
      if (seen.has(name)) continue
      seen.add(name)
      for (const type of [...events, ...delays]) {
        open.push(transition(machine, snapshot, { type: type as Distance })[0])
      }
    }
    expect([...seen].sort()).toEqual([
      '"idle"',
      '{"synced":"level"}',
      '{"synced":"slipping"}',
      '{"syncing":"behind"}',
      '{"syncing":"closing"}',
      '{"syncing":"waiting"}',
    ])
  })
})
