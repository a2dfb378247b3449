import { existsSync, mkdtempSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PRESET } from '@trine/types'
import { ProcessDevnet } from '../devnet/processDevnet.ts'
import { until } from '../devnet/trineProcess.ts'
import type { PacketFate } from '../devnet/udpProxy.ts'
import { UserError } from '../userError.ts'
import { parseCount, withFileErrors } from '../userInput.ts'
import { Observer } from './observer.ts'
import { PROFILES, type Profile, stepsOf } from './profiles.ts'
import { type AcceptanceReport, junitOf, type StepReport, tableOf } from './report.ts'
import type { Scene, Step } from './steps.ts'

export type AcceptanceFlags = {
  readonly profile: string
  readonly nodes: string
  readonly validators: string
  readonly dir?: string
  readonly json?: string
  readonly junit?: string
}

const SECONDS_TO_CONNECT = 300
/** Longest that finality may take to come back after a step, slots. */
const SLOTS_TO_RECOVER = 60

/** `trine acceptance`: true when the network finalized again after everything that was done to it. */
export async function runAcceptance(flags: AcceptanceFlags): Promise<boolean> {
  const profile = PROFILES[flags.profile]
  if (profile === undefined) {
    const known = Object.keys(PROFILES).join(' or ')
    throw new UserError(`--profile: expected ${known}, got "${flags.profile}"`)
  }
  const nodes = parseCount('--nodes', flags.nodes, 4, 32)
  const validators = parseCount('--validators', flags.validators, nodes, 4096)
  const { dir } = flags
  if (dir !== undefined && existsSync(dir)) {
    throw new UserError(`--dir: expected a folder that is not there yet, got ${dir}`)
  }
  if (dir !== undefined) await withFileErrors(dir, () => mkdir(dir, { recursive: true }))
  const folder = dir ?? mkdtempSync(join(tmpdir(), 'trine-acceptance-'))
  // The nodes are in groups of their own, and end with this process.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  const report = await observe(folder, profile, nodes, validators)
  console.log(`\n${tableOf(report)}`)
  if (flags.json !== undefined) await write(flags.json, `${JSON.stringify(report, null, 2)}\n`)
  if (flags.junit !== undefined) await write(flags.junit, junitOf(report))
  console.log(`\nLogs and data: ${folder}`)
  return report.offences.length === 0 && report.steps.every(({ failure }) => failure === undefined)
}

function write(file: string, content: string): Promise<void> {
  return withFileErrors(file, () => writeFile(file, content))
}

async function observe(
  folder: string,
  profile: Profile,
  nodes: number,
  validators: number,
): Promise<AcceptanceReport> {
  const between: PacketFate = { loss: 0, delay: 0 }
  const within: PacketFate = { loss: 0, delay: 0 }
  const fate = (from: number, to: number) => (from % 2 === to % 2 ? within : between)
  const { activeEpochs } = profile
  console.log(`making ${nodes} nodes with ${validators} validators in ${folder}`)
  const options = { folder, nodes, validators, fate, activeEpochs, logsToFiles: true, canSetClocks: true }
  const devnet = await ProcessDevnet.make(options)
  const observer = new Observer(devnet, validators)
  try {
    const steps = await runSteps({ devnet, between, watch: observer.watch }, observer, profile)
    return {
      nodes,
      validators,
      steps,
      whole: observer.whole(devnet.slot),
      offences: observer.watch.offences,
      samples: observer.samples,
    }
  } finally {
    await observer.stop()
    await devnet.end()
  }
}

async function runSteps(scene: Scene, observer: Observer, profile: Profile): Promise<StepReport[]> {
  const { devnet } = scene
  const start: Step = {
    name: 'all nodes start',
    run: async () => {
      await devnet.start()
      observer.start()
      await devnet.connect(SECONDS_TO_CONNECT)
      await until('genesis', SECONDS_TO_CONNECT, () => devnet.slot >= 0 || undefined)
    },
  }
  const reports = [await runStep(start, scene, observer)]
  for (let round = 0; round === 0 || devnet.slot < profile.untilSlot; round++) {
    for (const step of stepsOf(profile, round, devnet.nodes.length)) {
      reports.push(await runStep(step, scene, observer))
    }
  }
  return reports
}

async function runStep(step: Step, scene: Scene, observer: Observer): Promise<StepReport> {
  const { devnet } = scene
  const begin = Math.max(0, devnet.slot)
  const beginTime = performance.now()
  let failure: string | undefined
  let slotsToFinality = 0
  const notRun = await step.impossible?.()
  try {
    if (notRun === undefined) {
      await step.run(scene)
      slotsToFinality = await recover(devnet)
    }
  } catch (error) {
    failure = (error as Error).message
  }
  const end = devnet.slot
  const report = {
    name: step.name,
    slot: begin,
    seconds: (performance.now() - beginTime) / 1000,
    slotsToFinality,
    figures: await observer.take(begin, end),
    ...(failure === undefined ? {} : { failure }),
    ...(notRun === undefined ? {} : { notRun }),
  }
  const good = notRun === undefined ? `final again after ${slotsToFinality} slots` : `NOT RUN: ${notRun}`
  const outcome = failure?.split('\n')[0] ?? good
  console.log(`slot ${begin}: ${step.name}: ${outcome}`)
  return report
}

/** Waits until every node has finalized a slot that is yet to come; gives the slots it took. */
async function recover(devnet: ProcessDevnet): Promise<number> {
  const begin = devnet.slot
  await devnet.finalize(begin + 1, SLOTS_TO_RECOVER * PRESET.secondsPerSlot)
  return devnet.slot - begin
}
