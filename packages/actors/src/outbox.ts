import type { Message, Ref } from './message.ts'

/**
 * What a receiver must hear of sooner or later, in order: what it refuses is kept and told again by `flush`. Bounded: of
 * a receiver that takes nothing any more, the oldest messages are forgotten.
 */
export class Outbox<M extends Message> {
  readonly #ref: Ref<M>
  readonly #capacity: number
  #refused: M[] = []

  constructor(ref: Ref<M>, capacity: number) {
    this.#ref = ref
    this.#capacity = capacity
  }

  /** Messages that were refused so far and not forgotten. */
  get size(): number {
    return this.#refused.length
  }

  tell(message: M): void {
    if (this.#refused.length === 0 && this.#ref.tell(message)) return
    this.#refused.push(message)
    if (this.#refused.length > this.#capacity) this.#refused.shift()
  }

  /** Tells what was refused, up to the first that is refused again. */
  flush(): void {
    if (this.#refused.length === 0) return
    const refused = this.#refused
    const first = refused.findIndex((message) => !this.#ref.tell(message))
    this.#refused = first === -1 ? [] : refused.slice(first)
  }
}
