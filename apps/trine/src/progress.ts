import { formatDuration } from './formatDuration.ts'

const BAR_WIDTH = 30
const REDRAW_MS = 100

/** Where progress is shown. */
export interface ProgressOutput {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** A bar with an estimate on a terminal; plain lines of what is finished elsewhere. */
export class Progress {
  private readonly output: ProgressOutput
  private readonly total: number
  private readonly startedAt = performance.now()
  private drawnAt = Number.NEGATIVE_INFINITY
  private isDrawn = false

  /** `total` is the amount that is 100 %. */
  constructor(output: ProgressOutput, total: number) {
    this.output = output
    this.total = total
  }

  update(done: number, label: string): void {
    const now = performance.now()
    if (!this.output.isTTY || (now - this.drawnAt < REDRAW_MS && done < this.total)) return
    this.drawnAt = now
    this.isDrawn = true
    const share = done / this.total
    const filled = Math.round(share * BAR_WIDTH)
    const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`
    const left =
      done === 0 ? '' : ` ${formatDuration(((now - this.startedAt) / 1000) * (1 / share - 1))} left`
    this.output.write(`\r${bar} ${Math.floor(100 * share)} %${left} · ${label}\u001b[K`)
  }

  /** Takes the bar away. */
  clear(): void {
    if (this.isDrawn) this.output.write('\r\u001b[K')
    this.isDrawn = false
    this.drawnAt = Number.NEGATIVE_INFINITY
  }

  /** Prints a line, in place of the bar. */
  line(text: string): void {
    this.clear()
    this.output.write(`${text}\n`)
  }
}
