import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { DurableKeyLedger } from '../src/index.ts'
import { open, opened, outcomeOf, publicKey, reserve } from './support/ledgers.ts'
import { type Fault, SimulatedDisk } from './support/simulatedDisk.ts'

let files: SimulatedDisk
let ledger: DurableKeyLedger

beforeEach(async () => {
  files = new SimulatedDisk()
  ledger = await opened({ files })
})

/** Resolves when the promise does, or to `waiting` when everything else that could run did. */
const settled = <T>(promise: Promise<T>) =>
  Promise.race([promise, new Promise<string>((resolve) => setImmediate(resolve, 'waiting'))])

describe('an epoch', () => {
  it('is given out once, and none below it any more', async () => {
    expect(ledger.highestReserved(publicKey)).toBeUndefined()
    expect(await outcomeOf(ledger, 5)).toBe('reserved')
    for (const epoch of [5, 4, 0]) expect(await outcomeOf(ledger, epoch)).toBe('EPOCH_USED')
    expect(await outcomeOf(ledger, 6)).toBe('reserved')
    expect(ledger.highestReserved(publicKey)).toBe(6)
  })

  it('is given to one of two that ask at a time', async () => {
    const both = await Promise.all([outcomeOf(ledger, 100), outcomeOf(ledger, 100)])
    expect(both).toEqual(['reserved', 'EPOCH_USED'])
  })

  it('out of range, of an unknown key, or after the end is refused', async () => {
    expect(await outcomeOf(ledger, 2 ** 32)).toBe('UNAVAILABLE')
    expect(await outcomeOf(ledger, 0.5)).toBe('UNAVAILABLE')
    expect(await outcomeOf(ledger, 1, new Uint8Array(52))).toBe('UNAVAILABLE')
    expect(await outcomeOf(ledger, 2 ** 32 - 1)).toBe('reserved')
    await ledger.close()
    expect(await outcomeOf(ledger, 2 ** 32 - 1)).toBe('UNAVAILABLE')
  })

  it('survives the end, without those reserved ahead', async () => {
    await reserve(ledger, 5)
    await ledger.close()
    ledger = await opened({ files })
    expect(await outcomeOf(ledger, 5)).toBe('EPOCH_USED')
    expect(await outcomeOf(ledger, 6)).toBe('reserved')
  })

  it('survives a crash, with those reserved ahead, which are lost', async () => {
    await reserve(ledger, 5)
    files.crash()
    ledger = await opened({ files })
    expect(await outcomeOf(ledger, 13)).toBe('EPOCH_USED')
    expect(await outcomeOf(ledger, 14)).toBe('reserved')
  })
})

describe('the disk', () => {
  it('is not waited for within what is reserved ahead, and is beyond', async () => {
    await reserve(ledger, 0)
    let release = () => {}
    files.delay = new Promise((resolve) => {
      release = resolve
    })
    for (let epoch = 1; epoch <= 8; epoch++) expect(await settled(outcomeOf(ledger, epoch))).toBe('reserved')
    const beyond = outcomeOf(ledger, 9)
    expect(await settled(beyond)).toBe('waiting')
    release()
    expect(await beyond).toBe('reserved')
  })

  it('is written once in several epochs', async () => {
    const before = files.writes
    for (let epoch = 0; epoch < 100; epoch++) await reserve(ledger, epoch)
    expect((files.writes - before) / 2).toBeLessThan(25)
  })

  it.each<[string, Fault]>([
    ['error', 'error'],
    ['torn write', 'torn'],
  ])('failing (%s) makes it unavailable, until it works again', async (_, fault) => {
    await reserve(ledger, 0)
    files.fault = () => fault
    const outcomes = []
    for (let epoch = 1; epoch < 12; epoch++) outcomes.push(await outcomeOf(ledger, epoch))
    expect(outcomes).toEqual([...Array(8).fill('reserved'), ...Array(3).fill('UNAVAILABLE')])
    files.fault = () => undefined
    expect(await outcomeOf(ledger, 12)).toBe('reserved')
    await ledger.close()
    ledger = await opened({ files })
    expect(ledger.highestReserved(publicKey)).toBe(12)
  })
})

it('what was read but never reached the disk does not cost the record that did', async () => {
  for (let torn = 0; torn < 5; torn++) {
    files = new SimulatedDisk(() => 0.5) // what was not synced is left in part
    ledger = await opened({ files })
    await reserve(ledger, 0)
    files.fault = (operation) => (operation === 'sync' ? 'error' : undefined)
    expect(await outcomeOf(ledger, 100)).toBe('UNAVAILABLE')
    await ledger.close().catch(() => {})
    let writes = 0
    files.fault = (operation) => (operation === 'write' && writes++ === torn ? 'torn' : undefined)
    await open({ files })
    files.crash()
    files.fault = () => undefined
    ledger = await opened({ files })
    expect(await outcomeOf(ledger, 0)).toBe('EPOCH_USED')
  }
})

it('a first start that failed half-way can be repeated', async () => {
  for (let failing = 0; failing < 8; failing++) {
    files = new SimulatedDisk()
    let count = 0
    files.fault = () => (count++ === failing ? 'error' : undefined)
    await open({ files })
    files.crash()
    files.fault = () => undefined
    expect(await outcomeOf(await opened({ files }), 0)).toBe('reserved')
  }
})

type Step =
  | { readonly do: 'reserve'; readonly ahead: number; readonly isAwaited: boolean }
  | { readonly do: 'crash' | 'close' }

it('whatever fails and crashes when, no epoch is given out twice, and the ledger opens again', async () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        do: fc.constant('reserve' as const),
        ahead: fc.integer({ min: -3, max: 6 }),
        isAwaited: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('crash' as const, 'close' as const) }) },
  )
  const faults = fc.infiniteStream(fc.constantFrom<Fault>(...Array(8).fill(undefined), 'error', 'torn'))
  const chances = fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true }))
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 80 }),
      faults,
      chances,
      async (steps, faultsOf, chancesOf) => {
        const disk = new SimulatedDisk(() => chancesOf.next().value)
        const given = new Set<number>()
        let life = await opened({ files: disk })
        const restart = async () => {
          const attempt = await open({ files: disk }) // may fail half-way, and must not spoil anything
          if (attempt.ok) disk.crash()
          disk.fault = () => undefined
          life = await opened({ files: disk })
          disk.fault = () => faultsOf.next().value
        }
        let epoch = 0
        const ask = async (of: DurableKeyLedger, wanted: number) => {
          if ((await outcomeOf(of, wanted)) !== 'reserved') return
          expect(given.has(wanted), `epoch ${wanted} twice`).toBe(false)
          given.add(wanted)
        }
        disk.fault = () => faultsOf.next().value
        for (const { do: kind, ...details } of steps) {
          if ('ahead' in details) {
            epoch = Math.max(0, epoch + details.ahead)
            const asked = ask(life, epoch)
            if (details.isAwaited) await asked
          } else {
            if (kind === 'close') await life.close().catch(() => {})
            disk.crash()
            await restart()
          }
        }
        for (const used of given) await ask(life, used)
      },
    ),
    { numRuns: 300 },
  )
})
