const BAR_WIDTH = 30
const REDRAW_MILLISECONDS = 100

/** Where a bar is drawn: standard error, as a rule. */
export type BarOutput = { readonly isTTY?: boolean; write(text: string): unknown }

/** A progress bar with an estimate of the time left; silent where the output is no terminal. */
export class ProgressBar {
  readonly #output: BarOutput
  readonly #total: number
  readonly #startedAt = performance.now()
  #drawnAt = this.#startedAt
  #isDrawn = false

  constructor(output: BarOutput, total: number) {
    this.#output = output
    this.#total = total
  }

  /** Says how much is done; draws at most ten times a second, so that it may be called often. */
  update(done: number, label: string): void {
    const now = performance.now()
    if (!this.#output.isTTY || now - this.#drawnAt < REDRAW_MILLISECONDS) return
    this.#drawnAt = now
    this.#isDrawn = true
    const share = done / this.#total
    const filled = Math.round(share * BAR_WIDTH)
    const seconds = Math.ceil(((now - this.#startedAt) / 1000) * (1 / share - 1))
    const left = seconds >= 60 ? `${Math.floor(seconds / 60)} min ${seconds % 60} s` : `${seconds} s`
    const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`
    this.#output.write(`\r${bar} ${Math.floor(100 * share)} %, ${label}, ${left} left\u001b[K`)
  }

  /** Takes the bar away, before other text is written to the same terminal and at the end. */
  clear(): void {
    if (this.#isDrawn) this.#output.write('\r\u001b[K')
    this.#isDrawn = false
  }
}
