import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { StoreStep } from '@trine/chain'
import { formatMoment, parseScenario, resolveScenario, type Scenario, simulate } from '@trine/simulator'
import { describe, expect, it } from 'vitest'
import { NaiveStore } from '../packages/fork-choice/test/naiveStore.ts'

const folder = new URL('./scenarios/', import.meta.url)
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'))

const startHash = () => createHash('sha256')

function readScenario(file: string): Scenario {
  const input = parseScenario(readFileSync(new URL(file, folder), 'utf8'))
  const scenario = input.ok ? resolveScenario(input.value) : input
  if (!scenario.ok) throw new Error(`${file}: ${scenario.error.field}: ${scenario.error.message}`)
  return scenario.value
}

/** The specification's store, written plainly, taking the same steps as a node's until that node restarts. */
class Oracle {
  store: NaiveStore | undefined
  #lives = 0

  take(step: StoreStep): void {
    if (step.type === 'anchor') {
      this.#lives += 1
      // A later life may begin at a checkpoint, where the plain store knows no history.
      this.store = this.#lives === 1 ? new NaiveStore(step.anchor.state, step.anchor.block) : undefined
    }
    if (step.type === 'tick') this.store?.onTick(this.store.genesisTime + step.time, false)
    if (step.type === 'acceptance') this.store?.acceptNewAttestations()
    if (step.type === 'block') this.store?.onBlock(step.signedBlock)
    if (step.type === 'attestation') this.store?.onAttestation(step.signedAttestation.message, false)
  }
}

describe('scenarios', () => {
  it.each(files)(
    '%s holds its promises, with the fork choice of the naive walk',
    { timeout: 120_000 },
    async (file) => {
      const scenario = readScenario(file)
      expect(scenario.expectations.length).toBeGreaterThan(0)
      const observed = scenario.nodes - 1
      const oracle = new Oracle()
      let compared = 0
      const report = await simulate(scenario, {
        startHash,
        onStoreStep: (node, step) => {
          if (node === observed) oracle.take(step)
        },
        onInterval: (moment, { nodes }) => {
          if (oracle.store === undefined || nodes[observed]!.node === undefined) return
          const { head, safeTarget } = nodes[observed]!.monitor
          expect([head.root, safeTarget.root], formatMoment(moment)).toEqual([
            oracle.store.head,
            oracle.store.safeTarget,
          ])
          compared += 1
        },
      })
      const problems = [...report.violations, ...report.disappointments]
      expect(problems.map(({ at, message }) => `${formatMoment(at)}: ${message}`)).toEqual([])
      expect(report.end.slot).toBe(scenario.slots - 1)
      expect(compared).toBeGreaterThan(40)
    },
  )
})

describe('determinism', () => {
  const scenario = { ...readScenario('lossy-links.yaml'), slots: 12, expectations: [] }

  it('the same seed gives the same trace, another seed another', async () => {
    const digests = []
    for (const seed of ['1', '1', '2']) {
      const { traceDigest } = await simulate({ ...scenario, seed }, { startHash })
      digests.push(traceDigest)
    }
    expect(digests[1]).toBe(digests[0])
    expect(digests[2]).not.toBe(digests[0])
  })
})
