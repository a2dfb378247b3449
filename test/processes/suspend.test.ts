import { expect, it } from 'vitest'
import { until } from '../../apps/trine/src/devnet/trineProcess.ts'
import { withDevnet } from '../support/devnet.ts'

type Votes = { readonly attestations: readonly { readonly validator_index: number; readonly slot: number }[] }
type Tick = { readonly slot: number; readonly interval: number }

it('a node that was suspended ticks no interval twice and signs nothing for the slots it slept through', {
  timeout: 400_000,
}, async () => {
  await withDevnet({ nodes: 3, validators: 3 }, async (devnet) => {
    await devnet.start()
    await devnet.connect(120)
    await until('the first slots', 120, () => devnet.slot >= 1 || undefined)
    const [watcher, , sleeper] = devnet.nodes
    const ticks: Tick[] = []
    const skipped: { readonly count: number }[] = []
    const aborter = new AbortController()
    const following = sleeper!.follow(
      ['interval', 'clock'],
      (topic, data) => {
        const event = data as { kind?: string } & Tick & { count: number }
        if (topic === 'interval') ticks.push(event)
        else if (event.kind === 'intervals_skipped') skipped.push(event)
      },
      aborter.signal,
    )
    await until('ticks', 60, () => ticks.length > 0 || undefined)

    sleeper!.suspend()
    const first = devnet.slot + 1
    await until('some slots', 120, () => devnet.slot >= first + 3 || undefined)
    const last = devnet.slot - 1
    sleeper!.resume()
    await until('intervals left out', 120, () => skipped.length > 0 || undefined)
    const resumedAt = devnet.slot
    await until('ticks afterwards', 120, () => ticks.some(({ slot }) => slot > resumedAt + 1) || undefined)
    aborter.abort()
    await following

    const numbers = ticks.map(({ slot, interval }) => 4 * slot + interval)
    expect(numbers).toEqual([...new Set(numbers)].sort((left, right) => left - right))
    // Counted are whole slots; the one that it fell asleep in, and that it woke up in, may have been begun.
    expect(skipped.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThanOrEqual(4 * (last - first + 1))
    const heard: number[] = []
    for (let slot = first; slot <= last; slot++) {
      const votes = await until('votes', 60, () => watcher!.get<Votes>(`attestations?slot=${slot}`))
      const voters = votes.attestations.map(({ validator_index: index }) => index)
      expect([slot, voters.includes(2)]).toEqual([slot, false])
      heard.push(...voters)
    }
    expect(heard.length).toBeGreaterThan(0)
    // It is back: its vote for a later slot is heard of.
    await until('a vote of the one that slept', 120, async () => {
      const votes = await watcher!.get<Votes>('attestations?validator_index=2&limit=1')
      return (votes?.attestations[0]?.slot ?? 0) > last || undefined
    })
  })
})
