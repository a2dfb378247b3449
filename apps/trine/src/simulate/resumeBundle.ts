import { formatMoment, momentOf, parseMoment, VectorRecorder } from '@trine/simulator'
import { PRESET } from '@trine/types'
import type { BundledStore } from '../bundle/readBundle.ts'
import type { StoreHeads } from '../bundle/recentSteps.ts'
import { UserError } from '../userError.ts'
import type { SimulateCommandOptions } from './options.ts'
import { writeOutput } from './output.ts'
import { printStore } from './printNode.ts'
import { replayStore, storeView } from './replayStore.ts'
import { writeVector } from './vector.ts'

const HEADS = ['head', 'justified', 'finalized'] as const

/**
 * Replays what the fork-choice store of a node took, from the anchor of its bundle on, and compares where that ends with
 * where the node was; exit code 1 when it is somewhere else.
 */
export function resumeBundle(
  { name, detail, heads, steps }: BundledStore,
  options: SimulateCommandOptions,
): void {
  if (options.node !== undefined) throw new UserError('--node: expected none, since a bundle is of one node')
  const recorder =
    options.exportVector === undefined ? undefined : new VectorRecorder(`Out of a bundle of ${name}`)
  const { store, besides, refusal } = replayStore(steps, untilOf(options.until), (step) =>
    recorder?.take(step),
  )
  const view = storeView(store)
  const isSame = refusal === null && HEADS.every((key) => view[key].root === heads[key].root)
  const isCompared = options.until === undefined || refusal !== null
  if (options.json !== undefined) {
    const content = {
      name,
      detail,
      store: view,
      besides,
      refusal,
      ...(isCompared && { node: heads, isSame }),
    }
    writeOutput(options.json, `${JSON.stringify(content, null, 2)}\n`)
  }
  if (options.json !== '-' && options.quiet !== true) {
    console.log(`${name}, bundle written because: ${detail}`)
    console.log(`${steps.length - 1} steps of its store, replayed up to ${formatMoment(momentOf(view.time))}`)
    printStore(view)
    if (besides > 0) console.log(`passed over, beside the recorded tree: ${besides} blocks and votes`)
  }
  if (recorder !== undefined) writeVector(options.exportVector!, 0, recorder)
  if (!isCompared) return
  if (!isSame) process.exitCode = 1
  if (options.json !== '-') console.log(verdict(isSame, refusal, view, heads))
}

/** The last interval to replay. */
function untilOf(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY
  const moment = parseMoment(text)
  if (moment === undefined) throw new UserError(`--until: expected SLOT.INTERVAL like 12.3, got ${text}`)
  return moment.slot * PRESET.intervalsPerSlot + moment.interval
}

function verdict(isSame: boolean, refusal: string | null, replayed: StoreHeads, node: StoreHeads): string {
  if (refusal !== null) return `differs: the node took what is refused here: ${refusal}`
  if (isSame) return 'ok: head, justified and finalized are those of the node'
  const named = (heads: StoreHeads) =>
    HEADS.map((key) => `${key} ${heads[key].slot} ${heads[key].root.slice(0, 10)}`).join(', ')
  return `differs: the node had ${named(node)}; the replay has ${named(replayed)}`
}
