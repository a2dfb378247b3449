import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip, gzipSync } from 'node:zlib'
import type { EventSource } from '@trine/api'
import type { Logs } from '@trine/logs'
import type { NodeEvent } from '@trine/messages'
import type { Slot } from '@trine/types'
import { type BundleReason, type BundleSources, collectAtOnce, collectBundle } from './collectBundle.ts'

/** Slots without finality after which a bundle is written, once until it is no further away than that. */
const SLOTS_WITHOUT_FINALITY = 32
/** Bundles kept in the data folder: a node that crashes again and again must not fill the disk. */
const MOST_BUNDLES = 8
const NAME = /^bundle-.*\.jsonl\.gz$/

/** Writes bundles into the data folder: when asked to, when a service ends for good, without finality, at a crash. */
export class BundleKeeper implements Disposable {
  readonly #sources: BundleSources
  readonly #logs: Pick<Logs, 'log'>
  readonly #dispose: readonly (() => void)[]
  /** Finality is missed from here on: the last finalized slot, or the first one that this node was there for. */
  #missedSince: Slot | undefined
  #isOutage = false
  #isWriting = false

  /** @param ownsProcess whether what ends the process is this node's to tell of */
  constructor(sources: BundleSources, events: EventSource, logs: Pick<Logs, 'log'>, ownsProcess: boolean) {
    this.#sources = sources
    this.#logs = logs
    const unsubscribe = events.subscribe((event) => this.#note(event))
    const onCrash = (error: unknown) => this.#writeAtOnce(error)
    // Told beforehand: the process ends as it would without.
    if (ownsProcess) process.on('uncaughtExceptionMonitor', onCrash)
    this.#dispose = [unsubscribe, () => process.off('uncaughtExceptionMonitor', onCrash)]
  }

  [Symbol.dispose](): void {
    for (const dispose of this.#dispose) dispose()
  }

  /** Writes a bundle; gives the file and its size. Rejects when the disk does. */
  async write(reason: BundleReason): Promise<{ readonly file: string; readonly bytes: number }> {
    const lines = await collectBundle(this.#sources, reason)
    // Tens of megabytes: beside the main thread, or ticks come late.
    return this.#save(reason, await promisify(gzip)(textOf(lines)))
  }

  #note(event: NodeEvent): void {
    if (event.type === 'finalized') {
      this.#missedSince = Math.max(this.#missedSince ?? 0, event.checkpoint.slot)
    }
    if (event.type === 'intervalBegan') {
      this.#missedSince ??= event.slot
      const slots = event.slot - this.#missedSince
      const wasOutage = this.#isOutage
      // A node that catches up finalizes in every slot, far away.
      this.#isOutage = slots >= SLOTS_WITHOUT_FINALITY
      if (this.#isOutage && !wasOutage) {
        this.#writeByItself({ word: 'no-finality', detail: `nothing was finalized for ${slots} slots` })
      }
    }
    if (event.type === 'actorFailed' && event.report.decision === 'stop') {
      const { actor, phase, error } = event.report
      const detail = `${actor} failed at ${phase}: ${describe(error)}`
      this.#writeByItself({ word: 'service-failed', detail })
    }
  }

  #writeByItself(reason: BundleReason): void {
    if (this.#isWriting) return
    this.#isWriting = true
    this.write(reason)
      .then(({ file }) => {
        const fields = { file, reason: reason.detail }
        const advice = 'send it along when you report this; it has no secrets'
        this.#logs.log({ component: 'node', level: 'warn', message: 'bundle written', fields, advice })
      })
      .catch((error: unknown) => {
        const fields = { detail: (error as Error).message }
        this.#logs.log({ component: 'node', level: 'warn', message: 'no bundle', fields })
      })
      .finally(() => {
        this.#isWriting = false
      })
  }

  #writeAtOnce(error: unknown): void {
    const reason = { word: 'crash', detail: describe(error) }
    try {
      const { file } = this.#save(reason, gzipSync(textOf(collectAtOnce(this.#sources, reason))))
      process.stderr.write(`trine: what was known at the crash is in ${file}\n`)
    } catch {
      // The crash itself is what is told then.
    }
  }

  #save({ word }: BundleReason, content: Uint8Array): { readonly file: string; readonly bytes: number } {
    const { scheduler, opened } = this.#sources
    const folder = opened.setup.dataFolder
    const bundles = readdirSync(folder).filter((name) => NAME.test(name))
    // Their names begin with the time.
    for (const old of bundles.sort().slice(0, -(MOST_BUNDLES - 1))) rmSync(join(folder, old), { force: true })
    const time = new Date(scheduler.now()).toISOString().replaceAll(':', '-')
    const file = join(folder, `bundle-${time}-${word}.jsonl.gz`)
    writeFileSync(file, content, { mode: 0o600, flag: 'wx' })
    return { file, bytes: content.length }
  }
}

function textOf(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
