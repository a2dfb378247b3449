import type { EventSink, NodeEvent } from '@trine/messages'
import { COMPONENTS, type Component, type Level, type Levels } from './components.ts'
import { eventLine } from './eventLine.ts'
import { Limiter } from './limiter.ts'
import type { Line } from './line.ts'
import { SlotReport, type SlotReportOptions } from './slotReport.ts'
import { Writer, type WriterOptions } from './writer.ts'

export type LogsOptions = WriterOptions &
  SlotReportOptions & {
    /** Milliseconds since an arbitrary moment; never goes back. */
    readonly monotonic: () => number
  }

/** The log of one node. */
export interface Logs {
  /** Takes the node's events. */
  readonly sink: EventSink
  /** Writes a line that comes from no event. */
  log(line: Line): void
  readonly levels: Levels
  setLevel(component: Component | 'all', level: Level): void
}

/** Makes the log of a node. Nothing of it throws; when `write` does, lines are lost. */
export function createLogs(options: LogsOptions): Logs {
  const writer = new Writer(options)
  const limiter = new Limiter(options.monotonic)
  const report = new SlotReport(options)

  const log = (line: Line): void => {
    if (!writer.isOn(line)) return
    if (line.isLimited && !limiter.allows(`${line.component} ${line.message}`)) return
    writer.write(line)
  }
  let hasTicked = false
  const take = (event: NodeEvent): void => {
    // The first tick comes when the node starts, in the middle of an interval: that is not late.
    const isFirstTick = event.type === 'intervalBegan' && !hasTicked
    const line = isFirstTick ? undefined : eventLine(event)
    if (line !== undefined) log(line)
    for (const due of report.note(event)) log(due)
    if (event.type !== 'intervalBegan') return
    hasTicked = true
    for (const { kind, count } of limiter.takeSuppressed()) {
      log({ component: 'node', level: 'info', message: 'lines left out', fields: { kind, count } })
    }
  }
  return {
    sink: { emit: (event) => quietly(() => take(event)) },
    log: (line) => quietly(() => log(line)),
    get levels() {
      return writer.levels
    },
    setLevel: (component, level) => {
      for (const each of COMPONENTS) {
        if (component === 'all' || component === each) writer.setLevel(each, level)
      }
    },
  }
}

function quietly(act: () => void): void {
  try {
    act()
  } catch {
    // Where a log cannot be written, nothing can be said about it.
  }
}
