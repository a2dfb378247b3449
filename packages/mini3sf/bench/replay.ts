/**
 * The 3sf-mini model: the published cases against the Python program's times, the fast engine against the plain
 * version, growth with stakers and steps. `npm run bench -- replay [--python FOLDER] [--json FILE]`
 *
 * With the folder of the Python model its time is measured in the same run, else taken from an earlier measurement.
 */
import { parseArgs } from 'node:util'
import { measure, printTable, type Row, threeDigits, writeJson } from '../../../scripts/benchKit.ts'
import {
  createRun,
  DEFAULT_SCENARIO,
  type ModelRun,
  portableSha256,
  printoutAfterStep,
  ReferenceRun,
  type Scenario,
  type StartSha256,
} from '../src/index.ts'
import { nodeSha256 } from './nodeSha256.ts'
import { pythonSeconds } from './pythonModel.ts'

/** Seconds of the Python program on two idle Xeon vCPUs, the lowest that was seen. */
const PYTHON_SECONDS = { default: 1.3, twentyFive: 8.0 }

const { values } = parseArgs({ options: { python: { type: 'string' }, json: { type: 'string' } } })

const twentyFive: Scenario = {
  ...DEFAULT_SCENARIO,
  seed: 9n,
  stakers: 25,
  steps: 700,
  latency: { ...DEFAULT_SCENARIO.latency, until: 400 },
}

/** The whole run with the text that the Python program prints. */
function replay(run: ModelRun): number {
  let characters = 0
  while (run.step()) characters += printoutAfterStep(run).length
  return characters
}

function engine(scenario: Scenario, sha256: StartSha256 = nodeSha256): () => number {
  return () => replay(createRun(scenario, sha256))
}

const firstRun = measure({ run: engine(DEFAULT_SCENARIO), rounds: 1, warmups: 0 }).median

function againstPython(name: string, scenario: Scenario, earlierSeconds: number): Row[] {
  const seconds = values.python === undefined ? earlierSeconds : pythonSeconds(values.python, scenario)
  const variants = {
    "fast, node's SHA-256 (the command)": measure({ run: engine(scenario), rounds: 41, warmups: 10 }),
    'fast, portable SHA-256': measure({ run: engine(scenario, portableSha256), rounds: 21 }),
    'plain version': measure({ run: () => replay(new ReferenceRun(scenario)), rounds: 3, warmups: 1 }),
  }
  return Object.entries(variants).map(([variant, { median, minimum }]) => ({
    case: name,
    variant,
    'median ms': threeDigits(median),
    'minimum ms': threeDigits(minimum),
    'Python s': threeDigits(seconds),
    'times Python': threeDigits((seconds * 1000) / median),
  }))
}

function growth(changes: readonly Partial<Scenario>[]): Row[] {
  return changes.map((change) => {
    const scenario = { ...DEFAULT_SCENARIO, ...change }
    const { median } = measure({ run: engine(scenario), rounds: 5, warmups: 1 })
    const run = createRun(scenario, nodeSha256)
    replay(run)
    const slots = Math.floor(scenario.steps / scenario.slotDuration)
    const deliveries = slots * (scenario.stakers + 1) * (scenario.stakers - 1)
    return {
      stakers: scenario.stakers,
      steps: scenario.steps,
      'median ms': threeDigits(median),
      deliveries,
      'ns per delivery': threeDigits((median * 1e6) / deliveries),
      'last finalized slot': run.status(0).finalizedSlot,
    }
  })
}

const published = [
  ...againstPython('10 stakers x 1000 steps', DEFAULT_SCENARIO, PYTHON_SECONDS.default),
  ...againstPython('25 stakers x 700 steps', twentyFive, PYTHON_SECONDS.twentyFive),
]
printTable('Against the Python program', published)
console.log(`first run in this process, nothing compiled yet: ${firstRun.toFixed(1)} ms`)
const byStakers = growth([10, 25, 50, 100, 200].map((stakers) => ({ stakers })))
printTable('Growth with stakers', byStakers)
const bySteps = growth([500, 1000, 2000, 4000, 8000].map((steps) => ({ steps })))
printTable('Growth with steps', bySteps)
writeJson('replay', { firstRunMilliseconds: threeDigits(firstRun), published, byStakers, bySteps })
