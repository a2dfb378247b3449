import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseScenario, resolveScenario, simulate } from '@trine/simulator'
import { eventsOf, Recorder, type Recording } from '../../src/index.ts'

const scenarios = fileURLToPath(new URL('../../../../test/scenarios/', import.meta.url))

/** Runs a scenario of test/scenarios, or of YAML text, and records what all its nodes said. */
export async function recordScenario(source: string, limit?: number): Promise<Recording> {
  const text = source.endsWith('.yaml') ? readFileSync(`${scenarios}${source}`, 'utf8') : source
  const input = parseScenario(text)
  const scenario = input.ok ? resolveScenario(input.value) : input
  if (!scenario.ok) throw new Error(`${source}: ${scenario.error.field}: ${scenario.error.message}`)
  const { name, nodes, validators } = scenario.value
  const recorder = new Recorder({
    title: name,
    description: '',
    ticksPerSlot: 4,
    millisecondsPerTick: 1000,
    validatorCount: validators,
    nodes: Array.from({ length: nodes }, (_, node) => ({ name: `node-${node}`, ownValidators: [node] })),
    ...(limit !== undefined && { limit }),
  })
  await simulate(scenario.value, {
    onEvent: (node, event) => {
      for (const told of eventsOf(event)) recorder.add(node, told)
    },
  })
  return recorder.finish()
}
