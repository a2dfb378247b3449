/** Remembers what was last made from a few keys: for what is costly to make and asked for again and again. */
export class Recent<Key, Value> {
  readonly #made = new Map<Key, Value>()
  readonly #capacity: number

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  clear(): void {
    this.#made.clear()
  }

  /** What was made from the key, or is made now. */
  get(key: Key, make: () => Value): Value {
    const known = this.#made.get(key)
    if (known !== undefined) return known
    const made = make()
    this.#made.set(key, made)
    if (this.#made.size > this.#capacity) {
      const [oldest] = this.#made.keys()
      this.#made.delete(oldest!)
    }
    return made
  }
}
