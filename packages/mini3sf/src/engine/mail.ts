/** What is under way, by the clock at which it is handed over; within one clock in the order of sending. */
export class Mail {
  readonly #batches = new Map<number, Batch>()
  send(arrival: number, recipient: number, item: number): void {
    let batch = this.#batches.get(arrival)
    if (batch === undefined) {
      batch = new Batch()
      this.#batches.set(arrival, batch)
    }
    batch.push(recipient, item)
  }

  /** Hands over and forgets what arrives at this clock. The handler must not send. */
  deliver(clock: number, handle: (recipient: number, item: number) => void): void {
    const batch = this.#batches.get(clock)
    if (batch === undefined) return
    this.#batches.delete(clock)
    for (let index = 0; index < batch.length; index += 2) {
      handle(batch.entries[index]!, batch.entries[index + 1]!)
    }
  }
}

/** A growing list of (recipient, item) pairs. */
class Batch {
  entries = new Int32Array(64)
  length = 0

  push(recipient: number, item: number): void {
    if (this.length === this.entries.length) {
      const grown = new Int32Array(this.entries.length * 2)
      grown.set(this.entries)
      this.entries = grown
    }
    this.entries[this.length++] = recipient
    this.entries[this.length++] = item
  }
}
