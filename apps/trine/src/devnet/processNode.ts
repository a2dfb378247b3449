import { renameSync, writeFileSync } from 'node:fs'
import { followEvents, type OnEvent } from './eventStream.ts'
import { TrineProcess, until } from './trineProcess.ts'

/** What sets the clock of a process from outside. */
const STEPPED_CLOCK = new URL('./steppedClock.ts', import.meta.url).href

export type Checkpoint = { readonly slot: number; readonly root: string }

/** Against hangs: a process that starts on a slow machine takes long. */
const SECONDS_TO_ANSWER = 180

/** Where a node of a network of processes is, and how it is started. */
export type ProcessNodePlan = {
  readonly index: number
  readonly name: string
  /** Of `trine node`. */
  readonly args: readonly string[]
  readonly apiUrl: string
  readonly metricsUrl: string
  readonly adminUrl?: string
  /** Where it prints to; kept in memory, the last of it, unless given. */
  readonly logFile?: string
  /** When given, its clock can be set: by the milliseconds that are written there. */
  readonly clockFile?: string | undefined
}

/** As `/lean/v0/duties` has them. */
export type Duties = {
  readonly paused_because: string | null
  readonly validators: readonly { readonly validator_index: number }[]
}

/** A `trine node` in a process of its own, which can be ended, suspended and started again. */
export class ProcessNode {
  readonly plan: ProcessNodePlan
  process: TrineProcess | undefined
  /** What it is started by, the next time. */
  launcher: readonly string[] = []
  #isSuspended = false

  constructor(plan: ProcessNodePlan) {
    this.plan = plan
  }

  get isSuspended(): boolean {
    return this.#isSuspended
  }

  get index(): number {
    return this.plan.index
  }

  start(...more: readonly string[]): void {
    const { args, logFile, clockFile } = this.plan
    const { launcher } = this
    this.process = new TrineProcess(['node', ...args, ...more], {
      logFile,
      launcher,
      ...(clockFile && {
        nodeFlags: ['--import', STEPPED_CLOCK],
        variables: { TRINE_CLOCK_OFFSET_FILE: clockFile },
      }),
    })
  }

  /** Sets its wall clock, so that it is so many milliseconds ahead of the machine's, or behind for a negative number. */
  setClock(millisecondsAhead: number): void {
    const { clockFile } = this.plan
    if (clockFile === undefined) throw new Error(`${this.plan.name}: expected a clock that can be set`)
    writeFileSync(`${clockFile}.new`, `${millisecondsAhead}`)
    renameSync(`${clockFile}.new`, clockFile)
  }

  /** Sends the signal, to a suspended process too, and waits for the end. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null | undefined> {
    this.resume()
    return this.process?.end(signal)
  }

  /** The process stands still and its clock jumps, until `resume`. */
  suspend(): void {
    this.#isSuspended = true
    this.process?.process.kill('SIGSTOP')
  }

  resume(): void {
    this.#isSuspended = false
    this.process?.process.kill('SIGCONT')
  }

  /** What the API answers; undefined while nobody does. */
  async get<T>(path: string): Promise<T | undefined> {
    try {
      const response = await fetch(`${this.plan.apiUrl}/lean/v0/${path}`, {
        signal: AbortSignal.timeout(5000),
      })
      return response.ok ? ((await response.json()) as T) : undefined
    } catch {
      return undefined
    }
  }

  /** Asks until there is an answer: a node that starts, or has much to do, gives none. */
  answer<T>(ask: () => Promise<T | undefined>): Promise<T> {
    return until(`an answer of ${this.plan.name}`, SECONDS_TO_ANSWER, ask)
  }

  head(): Promise<{ readonly slot: number; readonly head: string } | undefined> {
    return this.get('head')
  }

  finalized(): Promise<Checkpoint | undefined> {
    return this.get<Checkpoint>('checkpoints/finalized')
  }

  /** The slots of its head and of what it finalized, as soon as it answers. */
  async slots(): Promise<{ readonly head: number; readonly finalized: number }> {
    const finalized = await this.answer(() => this.finalized())
    const head = await this.answer(() => this.head())
    return { head: head.slot, finalized: finalized.slot }
  }

  duties(): Promise<Duties | undefined> {
    return this.get<Duties>('duties')
  }

  /** Peers whose status it knows. */
  async peers(): Promise<number> {
    const answer = await this.get<{ peers: readonly { status: unknown }[] }>('node/peers')
    return answer?.peers.filter(({ status }) => status).length ?? 0
  }

  /** A metric without labels; undefined while nobody answers. */
  async metric(name: string): Promise<number | undefined> {
    try {
      const response = await fetch(`${this.plan.metricsUrl}/metrics`, { signal: AbortSignal.timeout(5000) })
      const line = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'm').exec(await response.text())
      return line === null ? undefined : Number(line[1])
    } catch {
      return undefined
    }
  }

  /** Tells what happens in it, through restarts, until aborted. */
  follow(topics: readonly string[], onEvent: OnEvent, signal: AbortSignal): Promise<void> {
    return followEvents(this.plan.apiUrl, topics, onEvent, signal)
  }

  /** What it prints and answers, for messages about what failed. */
  async describe(): Promise<string> {
    const paths = ['head', 'checkpoints/finalized', 'node/syncing', 'node/peers', 'duties']
    const answers = await Promise.all(
      paths.map(async (path) => `${path}: ${JSON.stringify(await this.get(path))?.slice(0, 1500)}`),
    )
    return [`--- ${this.plan.name}`, this.process?.output, ...answers].join('\n')
  }
}
