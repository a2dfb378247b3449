import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { ProcessDevnet } from '../devnet/processDevnet.ts'
import type { ProcessNode } from '../devnet/processNode.ts'
import { SIGNING_TOPICS, SigningWatch } from '../devnet/signingWatch.ts'
import { type Figures, Observations } from './figures.ts'

const TOPICS = [...SIGNING_TOPICS, 'interval', 'finalized_checkpoint', 'reorg']
const SAMPLE_MILLISECONDS = 10_000

/** Sizes at a moment, by node; those that do not answer have no memory. */
export type Sample = {
  readonly slot: number
  readonly residentMemory: readonly (number | null)[]
  readonly disk: readonly number[]
}

/** Watches a network from outside, through the nodes' APIs, metrics and folders. */
export class Observer {
  readonly watch = new SigningWatch()
  readonly samples: Sample[] = []
  readonly #devnet: ProcessDevnet
  readonly #validators: number
  readonly #abort = new AbortController()
  readonly #finalized = new Map<ProcessNode, number>()
  readonly #whole = new Observations()
  #current = new Observations()
  #running: readonly Promise<void>[] = []

  constructor(devnet: ProcessDevnet, validators: number) {
    this.#devnet = devnet
    this.#validators = validators
  }

  start(): void {
    const { signal } = this.#abort
    const following = this.#devnet.nodes.map((node) =>
      node.follow(TOPICS, (topic, data) => this.#note(node, topic, data), signal),
    )
    this.#running = [...following, this.#sample()]
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    await Promise.all(this.#running)
  }

  /** What was seen since the last time; of votes and blocks, those of the slots from `begin` to before `end`. */
  async take(begin: number, end: number): Promise<Figures> {
    await this.#sampleOnce()
    const taken = this.#current
    this.#current = new Observations()
    this.#whole.add(taken)
    return taken.figures(this.#missed(begin, end))
  }

  /** Everything that was taken, for the slots from 1 to before `end`. */
  whole(end: number): Figures {
    return this.#whole.figures(this.#missed(1, end))
  }

  #missed(begin: number, end: number) {
    let [missedVotes, missedBlocks] = [0, 0]
    const first = Math.max(1, begin)
    for (let slot = first; slot < end; slot++) {
      missedVotes += this.#validators - this.watch.votesAt(slot)
      missedBlocks += this.watch.hasBlockAt(slot) ? 0 : 1
    }
    return { missedVotes, missedBlocks, expectedVotes: Math.max(0, end - first) * this.#validators }
  }

  #note(node: ProcessNode, topic: string, data: Record<string, unknown>): void {
    this.watch.note(node.plan.name, topic, data)
    if (topic === 'finalized_checkpoint') this.#finalized.set(node, Number(data.slot))
    else if (topic === 'reorg') this.#current.reorgDepths.push(Number(data.depth))
    else if (topic === 'interval') {
      this.#current.latenesses.push(Number(data.lateness))
      if (data.interval === 3) {
        this.#current.finalityDelays.push(Number(data.slot) - (this.#finalized.get(node) ?? 0))
      }
    }
  }

  async #sample(): Promise<void> {
    const { signal } = this.#abort
    while (!signal.aborted) {
      await this.#sampleOnce()
      await wait(SAMPLE_MILLISECONDS, undefined, { signal }).catch(() => {})
    }
  }

  async #sampleOnce(): Promise<void> {
    const { nodes, folder, slot } = this.#devnet
    const [residentMemory, disk] = await Promise.all([
      Promise.all(
        nodes.map(async (node) =>
          node.isSuspended ? null : ((await node.metric('process_resident_memory_bytes')) ?? null),
        ),
      ),
      Promise.all(nodes.map(({ plan }) => sizeOf(join(folder, 'data', plan.name)))),
    ])
    this.samples.push({ slot, residentMemory, disk })
    const memory = Math.max(0, ...residentMemory.map((bytes) => bytes ?? 0))
    this.#current.residentMemory = Math.max(this.#current.residentMemory, memory)
    this.#current.disk = disk.reduce((sum, bytes) => sum + bytes, 0)
  }
}

/** Bytes of the files in a folder, as far as they are there. */
export async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true }).catch(() => [])
  const sizes = await Promise.all(
    entries.map(async (name) => {
      const found = await stat(join(folder, name)).catch(() => undefined)
      return found?.isFile() ? found.size : 0
    }),
  )
  return sizes.reduce((sum, bytes) => sum + bytes, 0)
}
