import { closeSync, openSync, writeFileSync } from 'node:fs'
import {
  drawTree,
  frameAt,
  type ModelRun,
  printoutAfterStep,
  Recorder,
  recordsHead,
  recordsTail,
  standaloneStyle,
  stepRecord,
  TraceDigest,
} from '@trine/mini3sf'
import { UserError } from '../userError.ts'
import { parseCount } from '../userInput.ts'
import { startNativeSha256 } from './nativeSha256.ts'
import { type ReplayOptions, stakerList } from './options.ts'

/** Something that is made of a run: fed after every step, finished at the end. */
type Product = { afterStep?(): void; finish?(): void | Promise<void> }

/** Numbers in a page's recording: about 40 MB of text. */
const MAX_RECORDED = 8_000_000

/** Whose rules a run follows: the page explains them. */
type Protocol = '3sf-mini' | 'devnet-1'

/** The files that the options ask to make of a run. */
export function fileProducts(run: ModelRun, options: ReplayOptions, protocol: Protocol): Product[] {
  const pictured = pictures(run, options, protocol)
  return [...(options.json === undefined ? [] : [records(run, options.json)]), ...pictured]
}

/** What the Python program prints. */
export function printout(run: ModelRun, print: (text: string) => void): Product {
  return {
    afterStep: () => {
      const text = printoutAfterStep(run)
      if (text !== '') print(text)
    },
  }
}

/** The trace digest, printed at the end. */
export function digest(run: ModelRun, print: (text: string) => void): Product {
  const trace = new TraceDigest(startNativeSha256)
  return { afterStep: () => trace.addStep(run), finish: () => print(`${trace.hex()}\n`) }
}

function records(run: ModelRun, path: string): Product {
  const file = openForWriting('--json', path)
  file.write(recordsHead(run))
  return {
    afterStep: () => file.write(stepRecord(run)),
    finish: () => {
      file.write(recordsTail(run))
      file.close()
    },
  }
}

function pictures(run: ModelRun, options: ReplayOptions, protocol: Protocol): Product[] {
  const { svg, html, at, views, window } = options
  if (svg === undefined && html === undefined) {
    for (const [flag, value] of Object.entries({ '--at': at, '--views': views, '--window': window })) {
      if (value !== undefined) throw new UserError(`${flag}: expected together with --svg or --html only`)
    }
    return []
  }
  const { stakers, steps } = run.scenario
  const lastStep = at === undefined ? steps - 1 : parseCount('--at', at, 0, steps - 1)
  const windowSlots = window === undefined ? 0 : parseCount('--window', window, 1, steps)
  const shown = views === undefined ? undefined : stakerList('--views', views, stakers)
  const recorded =
    shown ?? (html === undefined ? [0] : Array.from({ length: stakers }, (_, staker) => staker))
  const svgFile = svg === undefined ? undefined : openForWriting('--svg', svg)
  const htmlFile = html === undefined ? undefined : openForWriting('--html', html)
  const recorder = new Recorder(run, recorded)
  const afterStep = (): void => {
    recorder.addStep()
    if (recorder.size > MAX_RECORDED) {
      throw new UserError(
        `--html: expected a run that fits a page, this one has more than ${MAX_RECORDED} numbers to record by step ` +
          `${run.stepsDone}; choose fewer stakers with --views, or fewer steps`,
      )
    }
  }
  const finish = async (): Promise<void> => {
    const recording = recorder.finish()
    const frame = frameAt(recording, 0, Math.min(lastStep, recording.steps - 1))
    svgFile?.write(`${drawTree(recording, frame, windowSlots, standaloneStyle())}\n`)
    svgFile?.close()
    if (htmlFile === undefined) return
    const { recordingPage, replayRecording } = await import('@trine/explorer')
    htmlFile.write(await recordingPage(replayRecording(recording, run.scenario, protocol)))
    htmlFile.close()
  }
  return [{ afterStep, finish }]
}

/** A file that a flag asks for. What the disk refuses is a UserError. */
export type OpenFile = { write(text: string): void; close(): void }

/** Opens it before the run, so that nobody waits for what then cannot be written. */
export function openForWriting(flag: string, path: string): OpenFile {
  const attempt = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw new UserError(`${flag} ${path}: cannot be written (${(error as Error).message})`)
    }
  }
  const file = attempt(() => openSync(path, 'w'))
  return {
    // All of it, and behind what stands there already: it is a file that is open.
    write: (text) => attempt(() => writeFileSync(file, text)),
    close: () => attempt(() => closeSync(file)),
  }
}
