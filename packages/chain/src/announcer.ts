import type { Store } from '@trine/fork-choice'
import type { BlockReference, ChainStatus } from '@trine/messages'
import { toHex } from '@trine/types'
import type { ChainParts } from './parts.ts'

type Heads = {
  readonly head: BlockReference
  readonly safeTarget: BlockReference
  readonly justified: BlockReference
  readonly finalized: BlockReference
}

/**
 * Says what changed in the store, by comparing it with how it was: the store itself knows nothing of events. Events come
 * after every step, the status for the neighbours once per message.
 */
export class Announcer {
  readonly #store: Store
  readonly #parts: Pick<ChainParts, 'network' | 'sync' | 'validator' | 'events'>
  #last: Heads
  /** Neighbours that have not heard of the last change. */
  #uninformed = { network: true, sync: true, validator: true }

  constructor(store: Store, parts: Pick<ChainParts, 'network' | 'sync' | 'validator' | 'events'>) {
    this.#store = store
    this.#parts = parts
    this.#last = this.#heads()
  }

  /** As of the last announcement. */
  get heads(): Heads {
    return this.#last
  }

  /** Takes the store as it is for what was announced last. */
  rebase(): void {
    this.#last = this.#heads()
  }

  /** Emits the events for what changed since the last call; to be called before the store is pruned. */
  announce(): void {
    const { events } = this.#parts
    const previous = this.#last
    const now = this.#heads()
    this.#last = now
    if (now.justified.root !== previous.justified.root) {
      events.emit({ type: 'justified', checkpoint: now.justified })
    }
    if (now.finalized.root !== previous.finalized.root) {
      events.emit({ type: 'finalized', checkpoint: now.finalized, previous: previous.finalized })
    }
    if (now.head.root !== previous.head.root) {
      events.emit({ type: 'head', head: now.head, previous: previous.head })
      this.#announceReorg(previous.head, now.head)
    }
    if (now.safeTarget.root !== previous.safeTarget.root) {
      events.emit({ type: 'safeTarget', safeTarget: now.safeTarget })
    }
    const names = ['head', 'justified', 'finalized'] as const
    if (names.some((name) => now[name].root !== previous[name].root)) {
      this.#uninformed = { network: true, sync: true, validator: true }
    }
  }

  /** Tells the status to those who do not have it; who refuses is told again next time. */
  tellStatus(): void {
    const { network, sync, validator } = this.#uninformed
    if (!network && !sync && !validator) return
    const { head, justified, finalized } = this.#last
    const status: ChainStatus = { type: 'chainStatus', head, justified, finalized }
    this.#uninformed = {
      network: network && !this.#parts.network.tell(status),
      sync: sync && !this.#parts.sync.tell(status),
      validator: validator && !this.#parts.validator.tell(status),
    }
  }

  #announceReorg(from: BlockReference, to: BlockReference): void {
    let [oldRoot, newRoot] = [from.root, to.root]
    let depth = 0
    while (oldRoot !== newRoot) {
      const old = this.#store.getBlock(oldRoot)
      const next = this.#store.getBlock(newRoot)
      if (old === undefined || next === undefined) return
      if (next.slot > old.slot) {
        newRoot = toHex(next.parentRoot)
      } else {
        oldRoot = toHex(old.parentRoot)
        depth += 1
      }
    }
    const ancestor = this.#store.getBlock(oldRoot)
    if (depth === 0 || ancestor === undefined) return
    const commonAncestor = { root: oldRoot, slot: ancestor.slot }
    this.#parts.events.emit({ type: 'reorg', from, to, commonAncestor, depth })
  }

  #heads(): Heads {
    const { head, safeTarget, justified, finalized } = this.#store.landmarks
    return {
      head: { root: head.rootHex, slot: head.slot },
      safeTarget: { root: safeTarget.rootHex, slot: safeTarget.slot },
      justified: { root: justified.rootHex, slot: justified.slot },
      finalized: { root: finalized.rootHex, slot: finalized.slot },
    }
  }
}
