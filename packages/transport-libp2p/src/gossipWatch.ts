import type { Scheduler, Timer } from '@trine/actors'
import type { PeerId } from '@trine/messages'

/** Looks in a row without gossip after which a peer is parted with: until then it may open it anew itself. */
const MOST_MISSED = 2

export type GossipWatchParts = {
  readonly scheduler: Scheduler
  readonly lookMilliseconds: number
  /** Whether gossip can be sent to a peer. */
  readonly isOpen: (peerId: PeerId) => boolean
  readonly isConnected: (peerId: PeerId) => boolean
  readonly disconnect: (peerId: PeerId, reason: string) => void
}

/**
 * Parts with peers with which gossip broke off while the connection lives, so that they are met anew. gossipsub opens its
 * stream once per meeting: it is gone for good with the one of two connections that it was on, with too much that waits to
 * be sent, and with a message too long to be read.
 */
export class GossipWatch {
  readonly #parts: GossipWatchParts
  /** Of the peers that gossip was open with since they connected: looks in a row that found it closed. */
  readonly #missed = new Map<PeerId, number>()
  #timer: Timer | undefined

  constructor(parts: GossipWatchParts) {
    this.#parts = parts
  }

  start(): void {
    this.#timer = this.#parts.scheduler.after(this.#parts.lookMilliseconds, () => {
      this.#look()
      this.start()
    })
  }

  stop(): void {
    this.#timer?.cancel()
  }

  /** Called when gossip with a peer begins. */
  opened(peerId: PeerId): void {
    if (this.#parts.isConnected(peerId)) this.#missed.set(peerId, 0)
  }

  /** Called when the last connection to a peer is gone. */
  gone(peerId: PeerId): void {
    this.#missed.delete(peerId)
  }

  #look(): void {
    const { isOpen, disconnect } = this.#parts
    for (const [peerId, before] of this.#missed) {
      const missed = isOpen(peerId) ? 0 : before + 1
      this.#missed.set(peerId, missed)
      if (missed >= MOST_MISSED) disconnect(peerId, 'gossip broke off')
    }
  }
}
