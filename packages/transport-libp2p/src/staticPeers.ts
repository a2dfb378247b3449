import type { Random, Scheduler, Timer } from '@trine/actors'
import type { PeerId } from '@trine/messages'
import type { StaticPeer, TransportLimits } from './options.ts'

export type StaticPeersParts = {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly limits: TransportLimits
  readonly isConnected: (peerId: PeerId) => boolean
  /** Dials once; resolves to whether a connection came of it, and never rejects. */
  readonly dial: (peer: StaticPeer) => Promise<boolean>
}

type Redial = { readonly peer: StaticPeer; timer: Timer | undefined; attempts: number; isDialling: boolean }

/** Keeps connections to the static peers: dials, and after every failure or loss dials again, for ever. */
export class StaticPeers {
  readonly #parts: StaticPeersParts
  readonly #redials: Map<PeerId, Redial>
  #isRunning = false

  constructor(peers: readonly StaticPeer[], parts: StaticPeersParts) {
    this.#parts = parts
    this.#redials = new Map(
      peers.map((peer) => [peer.peerId, { peer, timer: undefined, attempts: 0, isDialling: false }]),
    )
  }

  start(): void {
    this.#isRunning = true
    for (const redial of this.#redials.values()) this.#dial(redial)
  }

  stop(): void {
    this.#isRunning = false
    for (const { timer } of this.#redials.values()) timer?.cancel()
  }

  /** Called when the last connection to a peer is gone. */
  gone(peerId: PeerId): void {
    const redial = this.#redials.get(peerId)
    if (redial !== undefined) this.#dialLater(redial)
  }

  /** The next wait doubles with every attempt, also with those that brought a connection which was soon lost. */
  #dialLater(redial: Redial): void {
    if (!this.#isRunning || redial.isDialling) return
    const { scheduler, random, limits } = this.#parts
    const { firstRedialMilliseconds, longestRedialMilliseconds } = limits
    const longest = Math.min(longestRedialMilliseconds, firstRedialMilliseconds * 2 ** redial.attempts)
    redial.attempts = Math.min(redial.attempts + 1, 30)
    redial.timer?.cancel()
    redial.timer = scheduler.after(longest * (0.5 + random.float() / 2), () => this.#dial(redial))
  }

  #dial(redial: Redial): void {
    const { scheduler, limits, isConnected, dial } = this.#parts
    if (!this.#isRunning || redial.isDialling) return
    if (isConnected(redial.peer.peerId)) {
      this.#calmDown(redial)
      return
    }
    redial.isDialling = true
    scheduler.external(dial(redial.peer), limits.dialMilliseconds, (outcome) => {
      redial.isDialling = false
      if (!this.#isRunning) return
      if (outcome.ok && outcome.value && isConnected(redial.peer.peerId)) this.#calmDown(redial)
      else this.#dialLater(redial)
    })
  }

  /** A connection that lasts makes the next wait short again. */
  #calmDown(redial: Redial): void {
    const { scheduler, limits } = this.#parts
    redial.timer?.cancel()
    redial.timer = scheduler.after(limits.longestRedialMilliseconds, () => {
      redial.attempts = 0
    })
  }
}
