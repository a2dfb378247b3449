/** How late ticks were sent after their intervals began, milliseconds. */
export class Lateness {
  #last = 0
  #sum = 0
  #max = 0
  #count = 0

  note(milliseconds: number): void {
    this.#last = milliseconds
    this.#sum += milliseconds
    this.#count += 1
    if (milliseconds > this.#max) this.#max = milliseconds
  }

  figures(): { readonly last: number; readonly mean: number; readonly max: number } {
    return { last: this.#last, mean: this.#count === 0 ? 0 : this.#sum / this.#count, max: this.#max }
  }
}
