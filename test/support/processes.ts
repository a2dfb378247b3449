import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const TRINE = fileURLToPath(new URL('../../apps/trine/bin/trine.js', import.meta.url))

/** A command line of trine in a process of its own. */
export class TrineProcess {
  readonly process: ChildProcess
  /** The last of what it printed, for messages of failed tests. */
  output = ''
  readonly #ended: Promise<unknown>

  constructor(args: readonly string[]) {
    this.process = spawn(process.execPath, [TRINE, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.process.stdout!, this.process.stderr!]) {
      stream.on('data', (chunk: Buffer) => {
        this.output = (this.output + chunk.toString()).slice(-20_000)
      })
    }
    this.#ended = once(this.process, 'close')
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
