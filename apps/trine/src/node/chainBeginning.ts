import type { Scheduler } from '@trine/actors'
import type { EventSource } from '@trine/api'
import type { NodeEvent } from '@trine/messages'
import type { Slot } from '@trine/types'

/** Longest that a start waits for it: an end in order has to come after it, within 5 s. */
const PATIENCE_MILLISECONDS = 2000

/** The slot of the head that the chain of a node begins with: it is read from disk while everything else starts. */
export class ChainBeginning {
  readonly #known: Promise<Slot | undefined>

  /** @param events of a node that is not open yet */
  constructor(events: EventSource) {
    this.#known = new Promise((resolve) => {
      const unsubscribe = events.subscribe((event) => {
        if (event.type !== 'chainStarted' && !isEndOfChain(event)) return
        unsubscribe()
        resolve(event.type === 'chainStarted' ? event.head.slot : undefined)
      })
    })
  }

  /** Undefined when the chain cannot begin, or takes long. */
  async headSlot(scheduler: Scheduler): Promise<Slot | undefined> {
    const patience = Promise.withResolvers<undefined>()
    const timer = scheduler.after(PATIENCE_MILLISECONDS, () => patience.resolve(undefined))
    try {
      return await Promise.race([this.#known, patience.promise])
    } finally {
      timer.cancel()
    }
  }
}

function isEndOfChain(event: NodeEvent): boolean {
  return (
    event.type === 'actorFailed' && event.report.decision === 'stop' && /\/chain$/.test(event.report.actor)
  )
}
