import { existsSync } from 'node:fs'
import {
  checkScenario,
  createRun,
  type ModelRun,
  printoutAfterStep,
  resolveScenario,
  type Scenario,
  TraceDigest,
} from '@trine/mini3sf'
import { startNativeSha256 } from '../replay/nativeSha256.ts'
import { readVectorFile } from './conformance.ts'
import { type CaseResult, checkCase, difference, hasKeys, type Runner } from './runner.ts'

type Vector = Record<'genesisHash' | 'error' | 'traceDigest' | 'perSlot', unknown> & {
  readonly finalChainOfStaker0: Record<string, unknown>
}

/** A run of the Python model, NAME.json: everything that it says about the run. */
export const mini3sfRunner: Runner = {
  kind: '3sf-mini run',
  recognises: ({ json }) => isVector(json),
  run: ({ json }) => {
    const scenario = scenarioOf(json)
    const vector = json as Vector
    const run = createRun(scenario, startNativeSha256)
    const trace = new TraceDigest(startNativeSha256)
    const perSlot: unknown[] = []
    while (run.step()) {
      trace.addStep(run)
      const step = run.stepsDone - 1
      if (step % scenario.slotDuration === 0) perSlot.push({ time: step, stakers: views(run) })
    }
    const cases: CaseResult[] = [
      checkCase('genesis hash', () => difference('genesis hash', vector.genesisHash, run.genesisHash)),
      checkCase('ending', () => difference('failed', vector.error !== null, run.failure !== undefined)),
      checkCase('trace digest', () => difference('trace digest', vector.traceDigest, trace.hex())),
      checkCase('values per slot', () => difference('perSlot', vector.perSlot, perSlot)),
      checkCase('final chain', () =>
        difference('chain of staker 0', Object.entries(vector.finalChainOfStaker0), finalChain(run)),
      ),
    ]
    return { cases }
  },
}

/** The standard output of the Python program for the run in the NAME.json beside: NAME.txt. */
export const mini3sfPrintoutRunner: Runner = {
  kind: '3sf-mini printout',
  recognises: ({ path }) => {
    if (!path.endsWith('.txt') || !existsSync(runPath(path))) return false
    return isVector(readVectorFile(runPath(path)).json)
  },
  run: ({ path, bytes }) => {
    const run = createRun(scenarioOf(readVectorFile(runPath(path)).json), startNativeSha256)
    let printed = ''
    while (run.step()) printed += printoutAfterStep(run)
    return {
      cases: [checkCase('standard output', () => textDifference(new TextDecoder().decode(bytes), printed))],
    }
  },
}

function isVector(json: unknown): boolean {
  return hasKeys(
    json,
    'seed',
    'stakers',
    'steps',
    'slotDuration',
    'latency',
    'traceDigest',
    'perSlot',
    'finalChainOfStaker0',
  )
}

function runPath(printoutPath: string): string {
  return printoutPath.replace(/\.txt$/, '.json')
}

function scenarioOf(json: unknown): Scenario {
  const { seed, stakers, steps, slotDuration, latency } = json as Record<string, unknown>
  const checked = checkScenario({ seed, stakers, steps, slotDuration, latency })
  const resolved = checked.ok ? resolveScenario(checked.value) : checked
  if (!resolved.ok) throw new Error(`${resolved.error.field}: ${resolved.error.message}`)
  return resolved.value
}

function views(run: ModelRun): object[] {
  return Array.from({ length: run.scenario.stakers }, (_, staker) => {
    const { head, justified, finalized } = run.status(staker)
    return { head, justified, finalized }
  })
}

/** In the order of acceptance, which is that of Python's dictionary. */
function finalChain(run: ModelRun): unknown[] {
  return run.blocksOf(0).map(({ hash, ...block }) => [hash, block])
}

function textDifference(expected: string, actual: string): string | undefined {
  if (expected === actual) return undefined
  const [expectedLines, actualLines] = [expected.split('\n'), actual.split('\n')]
  const line = expectedLines.findIndex((text, index) => text !== actualLines[index])
  const at = line < 0 ? expectedLines.length : line
  return difference(`line ${at + 1}`, expectedLines[at] ?? 'the end', actualLines[at] ?? 'the end')
}
