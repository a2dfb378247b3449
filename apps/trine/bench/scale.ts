/**
 * One real node that follows a chain in real time: libp2p, LevelDB, signature workers, every vote gossiped and verified,
 * blocks with all votes. `npm run bench -- scale [--validators 400,1000,4096] [--slots 10] [--profile FOLDER]
 * [--json FILE]`
 *
 * A second process makes the chain and gossips it, so half of a machine of two cores is not the node's.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { printTable, type Row, threeDigits, writeJson } from '../../../scripts/benchKit.ts'
import { MAX_SLOTS } from './scaleChain.ts'
import type { FeederCommand, FeederReport, FollowFigures, NodeCommand, NodeReport } from './scaleProtocol.ts'
import { limitsOf } from './scaleVerdict.ts'

/** From the opening of the node to slot 0: libp2p's start, connection, handshake and mesh. */
const START_MILLISECONDS = 10_000
const REGISTRY_LIMIT = 4096
const MEBIBYTE = 2 ** 20

/** A process of the benchmark; the reports that it sends, by type. */
class Child<Command extends object, Report extends { readonly type: string }> {
  readonly #process: ChildProcess
  readonly #reports: Report[] = []
  readonly #ended: Promise<never>
  #look: () => void = () => {}

  constructor(file: string, args: readonly string[]) {
    const path = fileURLToPath(new URL(file, import.meta.url))
    this.#process = fork(path, args, { execArgv: [], serialization: 'advanced' })
    this.#process.on('message', (report: Report) => {
      this.#reports.push(report)
      this.#look()
    })
    this.#ended = new Promise((_, reject) => {
      this.#process.on('exit', (code) => reject(new Error(`${file} ended with code ${code}`)))
    })
    this.#ended.catch(() => {})
  }

  send(command: Command): void {
    this.#process.send(command)
  }

  /** The report of a type, now or when it comes. */
  next<Type extends Report['type']>(type: Type): Promise<Extract<Report, { type: Type }>> {
    const come = new Promise<Extract<Report, { type: Type }>>((resolve) => {
      this.#look = () => {
        const report = this.#reports.find((candidate) => candidate.type === type)
        if (report !== undefined) resolve(report as Extract<Report, { type: Type }>)
      }
      this.#look()
    })
    return Promise.race([come, this.#ended])
  }

  stop(): void {
    if (this.#process.connected) this.#process.disconnect()
  }
}

type Run = {
  readonly validators: number
  readonly slots: number
  readonly feederCpuSeconds: number
} & FollowFigures

async function run(validators: number, slots: number, profileFolder: string | undefined): Promise<Run> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'trine-scale-'))
  const feeder = new Child<FeederCommand, FeederReport>('scaleFeeder.ts', [`${validators}`, `${slots}`])
  const node = new Child<NodeCommand, NodeReport>('scaleNode.ts', [])
  try {
    const { publicKeys, seconds } = await feeder.next('made')
    console.error(`${validators} validators: keys and ${slots} slots made in ${threeDigits(seconds)} s`)
    const profileFile = profileFolder && join(profileFolder, `scale-${validators}.cpuprofile`)
    const startsAt = Date.now() + START_MILLISECONDS
    node.send({ publicKeys, slots, startsAt, dataFolder, profileFile })
    const { peer } = await node.next('ready')
    feeder.send({ peer, startsAt })
    await feeder.next('connected')
    const inTime = startsAt + 4000 - Date.now()
    if (inTime < 0)
      throw new Error(`expected a connection before slot 1, got one ${-inTime} ms after it began`)
    const [{ figures }, { cpuSeconds }] = await Promise.all([node.next('followed'), feeder.next('fed')])
    return { validators, slots, feederCpuSeconds: cpuSeconds, ...figures }
  } finally {
    feeder.stop()
    node.stop()
    rmSync(dataFolder, { recursive: true, force: true })
  }
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right)
  return threeDigits(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN)
}

function timesRow(figures: Run): Row {
  const { validators, lateness, slots, importTimes, processingTimes, finalityDelays } = figures
  const received = figures.records.map(({ lastReceivedAt }) => lastReceivedAt)
  const judged = figures.records.map(({ lastVoteAt }) => lastVoteAt)
  return {
    validators,
    slots,
    'tick late p50': percentile(lateness, 0.5),
    p99: percentile(lateness, 0.99),
    max: percentile(lateness, 1),
    'last vote here p50': percentile(received, 0.5),
    'last vote judged p50': percentile(judged, 0.5),
    'max ': percentile(judged, 1),
    'block import p50': percentile(importTimes, 0.5),
    'max  ': percentile(importTimes, 1),
    'of it processing p50': percentile(processingTimes, 0.5),
    'finality delay at the end, slots': finalityDelays.at(-1) ?? Number.NaN,
  }
}

function useRow(figures: Run): Row {
  const { validators, seconds } = figures
  const share = (cpuSeconds: number | undefined) =>
    cpuSeconds === undefined ? 'unknown' : `${Math.round((100 * cpuSeconds) / seconds)} %`
  return {
    validators,
    'votes counted': figures.records.reduce((sum, { votes }) => sum + votes, 0),
    'signatures verified': figures.signaturesVerified,
    'refused by rate': figures.gossipRefused,
    'dropped, refused in lanes': figures.lanes.reduce((sum, lane) => sum + lane.dropped + lane.refused, 0),
    'node, of a core': share(figures.cpuSeconds),
    'main thread': share(figures.mainThreadCpuSeconds),
    workers: share(figures.threadCpuSeconds.xmss),
    'main loop busy': `${Math.round(100 * figures.mainThreadBusy)} %`,
    'feeder, of a core': share(figures.feederCpuSeconds),
    'peak RSS, MiB': Math.round(figures.peakRssBytes / MEBIBYTE),
  }
}

/** What threads do, by the beginnings of their names. */
const THREADS: readonly (readonly [string, string])[] = [
  ['main thread', 'MainThread'],
  ['signature workers', 'xmss'],
  ['QUIC', 'tokio'],
  ['garbage collection, compilation', 'V8Worker'],
  ['disk, hashes', 'libuv-worker'],
]

function threadsRow({ validators, slots, cpuSeconds, threadCpuSeconds }: Run): Row {
  const inSlot = (seconds: number) => threeDigits((1000 * seconds) / slots)
  const known = THREADS.map(([name, begin]) => {
    const threads = Object.entries(threadCpuSeconds).filter(([thread]) => thread.startsWith(begin))
    return [name, threads.reduce((sum, [, seconds]) => sum + seconds, 0)] as const
  })
  const rest = known.reduce((left, [, seconds]) => left - seconds, cpuSeconds)
  const cells = [...known, ['the rest', Math.max(0, rest)] as const, ['all', cpuSeconds] as const]
  return { validators, ...Object.fromEntries(cells.map(([name, seconds]) => [name, inSlot(seconds)])) }
}

function printDetails(figures: Run): void {
  const { validators, lanes, refusals, profile, slots } = figures
  for (const { actor, lane, capacity, deepest, refused, dropped, waitMax } of lanes) {
    console.log(
      `${validators}: ${actor} ${lane}: deepest ${deepest} of ${capacity}, refused ${refused}, dropped ${dropped}, longest wait ${Math.round(waitMax)} ms`,
    )
  }
  for (const [what, count] of Object.entries(refusals)) console.log(`${validators}: ${count} x ${what}`)
  if (profile === undefined) return
  const owners = Object.entries(profile).filter(([owner]) => owner !== '(idle)')
  const total = owners.reduce((sum, [, milliseconds]) => sum + milliseconds, 0)
  const rows = owners
    .sort(([, left], [, right]) => right - left)
    .slice(0, 16)
    .map(([owner, milliseconds]) => ({
      'main thread': owner,
      'ms a slot': threeDigits(milliseconds / slots),
      'share, %': threeDigits((100 * milliseconds) / total),
    }))
  printTable(`${validators} validators: where the main thread's time goes, by whose code ran`, rows)
}

/** Numbers after an option, or what it is without. */
function numbersOf(option: string, otherwise: readonly number[], most: number): readonly number[] {
  const at = process.argv.indexOf(option)
  if (at === -1) return otherwise
  const text = process.argv[at + 1] ?? ''
  const numbers = text.split(',').map(Number)
  if (numbers.every((number) => Number.isInteger(number) && number >= 1 && number <= most)) return numbers
  console.error(`${option}: expected numbers from 1 to ${most}, got "${text}"`)
  process.exit(2)
}

/** The folder after an option, made if it is not there. */
function folderOf(option: string): string | undefined {
  const at = process.argv.indexOf(option)
  if (at === -1) return undefined
  const folder = process.argv[at + 1]
  if (folder === undefined || folder.startsWith('--')) {
    console.error(`${option}: expected a folder after it, got ${folder ?? 'none'}`)
    process.exit(2)
  }
  mkdirSync(folder, { recursive: true })
  return folder
}

const profileFolder = folderOf('--profile')
const [slots = 10] = numbersOf('--slots', [10], MAX_SLOTS)
const runs: Run[] = []
const load = loadavg()[0]!
for (const validators of numbersOf('--validators', [400, 1000, 4096], REGISTRY_LIMIT)) {
  runs.push(await run(validators, slots, profileFolder))
  console.error(JSON.stringify({ ...timesRow(runs.at(-1)!), ...threadsRow(runs.at(-1)!) }))
}
printTable(
  'One node that follows a chain: milliseconds, those of votes since the begin of their slot',
  runs.map(timesRow),
)
printTable('Votes and use of the machine', runs.map(useRow))
printTable('Milliseconds of the processor a slot, by threads', runs.map(threadsRow))
console.log()
for (const figures of runs) printDetails(figures)
for (const figures of runs) {
  const limits = limitsOf(figures)
  const verdict = limits.length === 0 ? 'every tick on time, every vote counted in time' : limits.join('; ')
  console.log(`${figures.validators} validators: ${verdict}`)
}
console.log(`load of the machine before: ${threeDigits(load)}`)
writeJson('scale', { load, runs })
