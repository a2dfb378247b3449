import type { Timer } from '@trine/actors'
import type { SyncState } from '@trine/messages'
import type { Slot } from '@trine/types'
import { initialTransition, transition } from 'xstate'
import type { SyncLimits } from './limits.ts'
import type { SyncContext } from './parts.ts'
import { createSyncMachine, type Distance } from './syncMachine.ts'

type Machine = ReturnType<typeof createSyncMachine>
type Snapshot = ReturnType<typeof initialTransition<Machine>>[0]
type Action = ReturnType<typeof initialTransition<Machine>>[1][number]

/** What the distance is judged by. */
export type Situation = {
  /** The wall clock's. */
  readonly slot: Slot
  readonly headSlot: Slot
  /** Head slots that can be believed, one per peer. */
  readonly claims: readonly Slot[]
  /** Blocks fetched and imported so far. */
  readonly progress: number
}

/** Runs the sync machine: its events are distances, its delays timers of this actor. */
export class StateKeeper {
  state: SyncState = 'idle'
  /** Head slot that more than a third of the peers have reached: a few that lie cannot set it. */
  targetSlot: Slot = 0
  readonly #context: SyncContext
  readonly #limits: SyncLimits
  readonly #onChange: () => void
  readonly #machine: Machine
  readonly #timers = new Map<string, Timer>()
  #snapshot: Snapshot
  #distance: Distance | undefined
  /** How it was when the window began over which progress is judged. */
  #window: Situation | undefined
  #isStalled = false

  constructor(context: SyncContext, limits: SyncLimits, onChange: () => void) {
    this.#context = context
    this.#limits = limits
    this.#onChange = onChange
    this.#machine = createSyncMachine(limits)
    this.#snapshot = initialTransition(this.#machine)[0]
  }

  /** At the start, far behind the clock: waits for peers as if one had told so. */
  expectPeers(): void {
    this.#send('far')
  }

  /** It was not behind: the chain had only not been read yet. */
  expectNobody(): void {
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
    this.#distance = undefined
    this.#become(initialTransition(this.#machine)[0])
  }

  assess(situation: Situation): void {
    const { headSlot, claims } = situation
    this.targetSlot = targetOf(claims) ?? headSlot
    this.#watchProgress(situation)
    const distance = claims.length === 0 ? 'alone' : this.#distanceOf(this.targetSlot - headSlot)
    if (distance !== this.#distance) this.#send(distance)
    this.#distance = distance
  }

  /** A delay of the machine is over. */
  onTimer(timer: string): void {
    if (!this.#timers.delete(timer)) return
    // Events of delays are named like their timers, and are not among those that others may send.
    this.#send(timer as Distance)
  }

  #distanceOf(slots: number): Distance {
    const { closeDistance, farDistance } = this.#limits
    if (slots <= closeDistance) return 'close'
    if (slots <= farDistance) return 'between'
    return this.#isStalled ? 'stuck' : 'far'
  }

  /**
   * What is claimed is not to be had when fewer blocks come than slots pass and the head stands still: waiting for it
   * would only cost duties. While the head moves, the chain is real and the node only slow: its duties would make forks.
   */
  #watchProgress(situation: Situation): void {
    const { stallWindow, farDistance } = this.#limits
    const { slot, headSlot, progress } = situation
    const isBehind = this.targetSlot - headSlot > farDistance
    if (!isBehind || this.#window === undefined) {
      this.#isStalled = false
      this.#window = situation
    } else if (slot - this.#window.slot >= stallWindow) {
      const isFlowing = progress - this.#window.progress >= slot - this.#window.slot
      this.#isStalled = !isFlowing && headSlot <= this.#window.headSlot
      this.#window = situation
    }
  }

  #send(type: Distance): void {
    const [snapshot, actions] = transition(this.#machine, this.#snapshot, { type })
    for (const action of actions) this.#perform(action)
    this.#become(snapshot)
  }

  #become(snapshot: Snapshot): void {
    this.#snapshot = snapshot
    const state: SyncState =
      typeof snapshot.value === 'string' ? snapshot.value : 'syncing' in snapshot.value ? 'syncing' : 'synced'
    if (state === this.state) return
    this.state = state
    this.#onChange()
  }

  /** The machine's delays come as a delayed event to raise, and as its cancelling. */
  #perform(action: Action): void {
    // The library's types leave the cancelling out.
    const { type, params } = action as { readonly type: string; readonly params?: unknown }
    const { id, delay, sendId } = (params ?? {}) as { id?: string; delay?: number; sendId?: string }
    if (type === 'xstate.raise' && id !== undefined && delay !== undefined) {
      this.#timers.get(id)?.cancel()
      this.#timers.set(id, this.#context.after(delay, { type: 'timerFired', timer: id }))
    } else if (type === 'xstate.cancel' && sendId !== undefined) {
      this.#timers.get(sendId)?.cancel()
      this.#timers.delete(sendId)
    }
  }
}

/** The highest slot that more than a third of the claims reach; undefined without claims. */
function targetOf(claims: readonly Slot[]): Slot | undefined {
  const ascending = Float64Array.from(claims).sort()
  return ascending[claims.length - 1 - Math.floor(claims.length / 3)]
}
