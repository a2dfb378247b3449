import type { Scheduler } from '@trine/actors'
import type { PeerId } from '@trine/messages'
import type { Link } from './link.ts'

/** Something on its way, and the link it comes by. */
type Copy<Item> = { readonly item: Item; readonly link: Link }

/**
 * Where the gossip for one endpoint comes in. What is there at the same moment is handed over together, in the order in
 * which it was sent: one timer for all of it, and the node behind is woken once.
 */
export class Inbox<Item> {
  readonly #scheduler: Scheduler
  readonly #take: (item: Item, from: PeerId) => void
  readonly #byMoment = new Map<number, Copy<Item>[]>()

  constructor(scheduler: Scheduler, take: (item: Item, from: PeerId) => void) {
    this.#scheduler = scheduler
    this.#take = take
  }

  /** Takes something in that will be here at that moment of the monotonic clock. */
  put(moment: number, item: Item, link: Link): void {
    const copies = this.#byMoment.get(moment)
    if (copies !== undefined) {
      copies.push({ item, link })
      return
    }
    this.#byMoment.set(moment, [{ item, link }])
    this.#scheduler.after(moment - this.#scheduler.monotonic(), () => this.#handOver(moment))
  }

  #handOver(moment: number): void {
    const copies = this.#byMoment.get(moment)!
    this.#byMoment.delete(moment)
    for (const { item, link } of copies) if (link.lets()) this.#take(item, link.from)
  }
}
