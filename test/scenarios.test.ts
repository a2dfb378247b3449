import { readdirSync, readFileSync } from 'node:fs'
import { formatMoment, parseScenario, resolveScenario, simulate } from '@trine/simulator'
import { describe, expect, it } from 'vitest'

const folder = new URL('./scenarios/', import.meta.url)
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'))

describe('scenarios', () => {
  it.each(files)('%s holds its promises', { timeout: 120_000 }, async (file) => {
    const input = parseScenario(readFileSync(new URL(file, folder), 'utf8'))
    const scenario = input.ok ? resolveScenario(input.value) : input
    if (!scenario.ok) throw new Error(`${file}: ${scenario.error.field}: ${scenario.error.message}`)
    expect(scenario.value.expectations.length).toBeGreaterThan(0)
    const report = await simulate(scenario.value)
    const problems = [...report.violations, ...report.disappointments]
    expect(problems.map(({ at, message }) => `${formatMoment(at)}: ${message}`)).toEqual([])
    expect(report.end.slot).toBe(scenario.value.slots - 1)
  })
})
