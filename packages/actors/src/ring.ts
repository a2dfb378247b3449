/** First-in first-out queue over an array whose length is a power of two and doubles when needed. Bounded by its user. */
export class Ring<T> {
  #items: (T | undefined)[]
  #head = 0
  #size = 0

  constructor(initialCapacity = 16) {
    this.#items = new Array(initialCapacity).fill(undefined)
  }

  get size(): number {
    return this.#size
  }

  push(item: T): void {
    if (this.#size === this.#items.length) this.#grow()
    this.#items[(this.#head + this.#size) & (this.#items.length - 1)] = item
    this.#size += 1
  }

  /** Takes the oldest item; undefined when empty. */
  shift(): T | undefined {
    if (this.#size === 0) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head] = undefined
    this.#head = (this.#head + 1) & (this.#items.length - 1)
    this.#size -= 1
    return item
  }

  /** The item at a position counted from the oldest. */
  at(position: number): T | undefined {
    return position < this.#size ? this.#items[(this.#head + position) & (this.#items.length - 1)] : undefined
  }

  #grow(): void {
    const old = this.#items
    const items = new Array<T | undefined>(old.length * 2).fill(undefined)
    for (let index = 0; index < this.#size; index++)
      items[index] = old[(this.#head + index) & (old.length - 1)]
    this.#items = items
    this.#head = 0
  }
}
