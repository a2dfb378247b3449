import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const TRINE = fileURLToPath(new URL('../../bin/trine.js', import.meta.url))
const TAIL = 20_000

/** What ends with this process, however it ends. */
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** How a process is started, where that is not as usual. */
export type Launch = {
  /** What it prints is appended there. */
  readonly logFile?: string | undefined
  /** A command that starts another one and gives way to it. */
  readonly launcher?: readonly string[]
  /** Flags of Node itself. */
  readonly nodeFlags?: readonly string[]
  /** Added to the environment. */
  readonly variables?: Readonly<Record<string, string>>
}

/** A command line of trine in a process of its own, which a Ctrl-C in the terminal does not reach. */
export class TrineProcess {
  readonly process: ChildProcess
  readonly #logFile: string | undefined
  readonly #ended: Promise<unknown>
  #tail = ''

  constructor(args: readonly string[], launch: Launch = {}) {
    const { logFile, launcher = [], nodeFlags = [], variables } = launch
    this.#logFile = logFile
    const log = logFile === undefined ? 'pipe' : openSync(logFile, 'a')
    const [command, ...rest] = [...launcher, process.execPath, ...nodeFlags, TRINE, ...args]
    const env = { ...process.env, ...variables }
    const child = spawn(command!, rest, { stdio: ['ignore', log, log], detached: true, env })
    if (typeof log === 'number') closeSync(log)
    this.process = child
    running.add(child)
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#tail = (this.#tail + chunk.toString()).slice(-TAIL)
      })
    }
    this.#ended = once(child, 'close').then(() => running.delete(child))
  }

  /** The last of what it printed, for messages about what failed. */
  get output(): string {
    return this.#logFile === undefined ? this.#tail : readFileSync(this.#logFile, 'utf8').slice(-TAIL)
  }

  get isRunning(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null
  }

  /** Sends a signal and waits for the end; gives the exit code, null when the signal ended it. */
  async end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<number | null> {
    if (this.isRunning) this.process.kill(signal)
    await this.#ended
    return this.process.exitCode
  }

  /** Waits for the end; gives the exit code. */
  async ended(): Promise<number | null> {
    await this.#ended
    return this.process.exitCode
  }
}

/** Runs a command to its end; throws with what it printed when it fails. */
export async function runTrine(args: readonly string[]): Promise<string> {
  const run = new TrineProcess(args)
  const code = await run.ended()
  if (code !== 0) throw new Error(`trine ${args.join(' ')}: exit code ${code}\n${run.output}`)
  return run.output
}

/** Asks again and again until the answer is there; throws when it does not come in time. */
export async function until<T>(
  what: string,
  seconds: number,
  ask: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const end = performance.now() + seconds * 1000
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() > end) throw new Error(`expected ${what} within ${seconds} s`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
