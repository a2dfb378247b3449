import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { open, rm, statfs } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type Check, fail, graded, ok, unknown, warn } from './check.ts'

const OLDEST_MAJOR = 24
const FEW_FILES = 1024
const LITTLE_ROOM = 2e9
const NO_ROOM = 2e8
const LITTLE_SHARE = 0.05
const SYNCS = 9
/** A reservation is written before a vote is signed, and a vote has an interval of a second. Milliseconds. */
const SLOW_SYNC = { warn: 50, fail: 500 }

/** What the machine has to offer, looked at in well under a second. */
export async function machineChecks(dataFolder: string): Promise<Check[]> {
  const folder = nearestFolder(resolve(dataFolder))
  return [
    checkVersion(),
    checkFileLimit(),
    await checkDisk(folder),
    await checkSync(folder),
    checkTimeService(),
  ]
}

/** The folder, or what is there of it: a node makes its data folder. */
function nearestFolder(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestFolder(dirname(path))
}

function checkVersion(): Check {
  const { node } = process.versions
  const isTested = Number(node.split('.')[0]) >= OLDEST_MAJOR
  if (isTested) return ok('Node', node)
  return warn(
    'Node',
    `${node}; ${OLDEST_MAJOR} is what is tested`,
    'start it with npx trine, or install Node 24',
  )
}

function checkFileLimit(): Check {
  const limit = openFilesLimit()
  if (limit === undefined) return unknown('open files', 'the system does not tell its limit')
  if (limit === 'unlimited' || limit >= FEW_FILES) return ok('open files', `at most ${limit}`)
  return warn(
    'open files',
    `at most ${limit}`,
    `ulimit -n ${FEW_FILES * 4}, or LimitNOFILE= in the unit of systemd`,
  )
}

function openFilesLimit(): number | 'unlimited' | undefined {
  // Else it asks for the names of all that the process is connected with.
  const report = process.report as typeof process.report & { excludeNetwork: boolean }
  report.excludeNetwork = true
  const { userLimits } = report.getReport() as { userLimits?: Record<string, { soft: number | string }> }
  const soft = userLimits?.['open_files']?.soft
  if (soft === 'unlimited') return soft
  return soft === undefined || Number.isNaN(Number(soft)) ? undefined : Number(soft)
}

async function checkDisk(folder: string): Promise<Check> {
  const { bavail, blocks, bsize } = await statfs(folder)
  const [free, size] = [bavail * bsize, blocks * bsize]
  const detail = `${gigabytes(free)} of ${gigabytes(size)} free in ${folder}`
  const fix = 'make room: a smaller --retain-slots, trine db compact, or a larger disk'
  if (free < NO_ROOM) return fail('disk', detail, fix)
  return free < LITTLE_ROOM || free / size < LITTLE_SHARE ? warn('disk', detail, fix) : ok('disk', detail)
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`
}

/** How long the disk takes to make a page durable: the median of several. */
async function checkSync(folder: string): Promise<Check> {
  const path = join(folder, `.trine-doctor-${randomBytes(6).toString('hex')}`)
  try {
    const file = await open(path, 'wx', 0o600)
    const times: number[] = []
    try {
      const page = new Uint8Array(4096)
      for (let round = 0; round < SYNCS; round++) {
        const begin = performance.now()
        await file.write(page, 0, page.length, 0)
        await file.sync()
        times.push(performance.now() - begin)
      }
    } finally {
      await file.close()
      await rm(path, { force: true })
    }
    const median = times.sort((left, right) => left - right)[SYNCS >> 1]!
    const detail = `${median.toFixed(1)} ms to make a page durable in ${folder}`
    const fix = 'put --ledger-dir on a local disk, better an SSD: every signature waits for it'
    return graded('fsync', median, SLOW_SYNC, detail, fix)
  } catch (error) {
    const fix = 'give this user the right to write there, or choose another --data-dir'
    return fail('fsync', `cannot write in ${folder}: ${(error as Error).message}`, fix)
  }
}

/** What systemd-timesyncd leaves while the clock is set by a server. Other services leave nothing to be read. */
function checkTimeService(): Check {
  if (existsSync('/run/systemd/timesync/synchronized'))
    return ok('time service', 'systemd-timesyncd sets the clock')
  return unknown('time service', 'none that can be seen; chronyc tracking or timedatectl tell more')
}
