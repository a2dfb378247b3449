import type { Message, Ref } from '@trine/actors'

const CAPACITY = 4096

/** Messages that a neighbour must hear of sooner or later, in order: what it refuses is told again at the next tick. */
export class Outbox<M extends Message> {
  readonly #ref: Ref<M>
  #refused: M[] = []

  constructor(ref: Ref<M>) {
    this.#ref = ref
  }

  tell(message: M): void {
    if (this.#refused.length === 0 && this.#ref.tell(message)) return
    this.#refused.push(message)
    if (this.#refused.length > CAPACITY) this.#refused.shift()
  }

  flush(): void {
    if (this.#refused.length === 0) return
    const refused = this.#refused
    const first = refused.findIndex((message) => !this.#ref.tell(message))
    this.#refused = first === -1 ? [] : refused.slice(first)
  }
}
