const LONGEST = 2000

/** The last lines of a log. */
export class RecentLines {
  readonly #most: number
  #lines: string[] = []

  constructor(most: number) {
    this.#most = most
  }

  add(text: string): void {
    this.#lines.push(text.trimEnd().slice(0, LONGEST))
    if (this.#lines.length >= 2 * this.#most) this.#lines = this.#lines.slice(-this.#most)
  }

  lines(): readonly string[] {
    return this.#lines.slice(-this.#most)
  }
}
