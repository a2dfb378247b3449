import type { Ref } from '@trine/actors'
import type { SyncMessageFrom } from '@trine/messages'

/** Messages kept for a sync that takes none: it has stopped, or is about to. */
const CAPACITY = 8192

/** What sync must hear of sooner or later, in order: what it refuses is told again at the next tick. */
export class SyncOutbox {
  readonly #sync: Ref<SyncMessageFrom<'network'>>
  #refused: SyncMessageFrom<'network'>[] = []

  constructor(sync: Ref<SyncMessageFrom<'network'>>) {
    this.#sync = sync
  }

  tell(message: SyncMessageFrom<'network'>): void {
    if (this.#refused.length === 0 && this.#sync.tell(message)) return
    this.#refused.push(message)
    if (this.#refused.length > CAPACITY) this.#refused.shift()
  }

  flush(): void {
    if (this.#refused.length === 0) return
    const refused = this.#refused
    const first = refused.findIndex((message) => !this.#sync.tell(message))
    this.#refused = first === -1 ? [] : refused.slice(first)
  }
}
