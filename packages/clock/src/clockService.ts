import type { ActorContext, Behaviour, Ref, Start } from '@trine/actors'
import {
  type ClockMessage,
  type ClockView,
  type EventSink,
  intervalAt,
  type SlotTiming,
  type Tick,
} from '@trine/messages'
import { createCountdown } from './countdown.ts'
import { Lateness } from './lateness.ts'

export type ClockOptions = {
  readonly timing: SlotTiming
  /** Who is told each tick, in this order. */
  readonly listeners: readonly Ref<Tick>[]
  readonly events: EventSink
}

/** How far wall clock and monotonic time may come apart between two alarms before it counts as a step, milliseconds. */
const STEP_TOLERANCE = 100

/**
 * Tells the time: one `tick` per interval from genesis on, at the interval's beginning.
 *
 * It follows the wall clock and never goes back: no interval comes twice, whatever is done to the clock and also not
 * when the service is restarted. Intervals that passed unseen (the process slept, the clock was set forward) get no
 * tick; the next one says how many, and an event which. While the wall clock lies behind the last tick, time stands
 * still. Before genesis there are countdown events: hourly, then every minute, every ten seconds, every second.
 */
export function startClock(options: ClockOptions): Start<ClockMessage> {
  const memory: Memory = { lastInterval: undefined }
  return (context) => new ClockService(context, options, memory)
}

/** What outlives a restart of the service: the number, since genesis, of the interval last ticked. */
type Memory = { lastInterval: number | undefined }

class ClockService implements Behaviour<ClockMessage> {
  readonly #context: ActorContext<ClockMessage>
  readonly #options: ClockOptions
  readonly #memory: Memory
  readonly #lateness = new Lateness()
  readonly #countdown: (millisecondsToGenesis: number) => void
  /** For each listener the intervals that it refused to hear of: its next tick counts them as skipped. */
  readonly #refused: number[]
  #lastLook: { readonly now: number; readonly monotonic: number }
  #ticks = 0
  #skipped = 0
  #steps = 0

  constructor(context: ActorContext<ClockMessage>, options: ClockOptions, memory: Memory) {
    this.#context = context
    this.#options = options
    this.#memory = memory
    this.#countdown = createCountdown(options.events)
    this.#refused = options.listeners.map(() => 0)
    this.#lastLook = this.#look()
    // Started before genesis, it is late if it misses the first interval.
    if (this.#lastLook.now < options.timing.genesisTime) memory.lastInterval ??= -1
    context.after(0, { type: 'alarm' })
  }

  receive(message: ClockMessage): void {
    if (message.type === 'getClock') {
      message.reply.answer(this.#view())
      return
    }
    const { timing } = this.#options
    const { now } = this.#noticeSteps()
    const current = intervalAt(now, timing)
    if (current < 0) this.#countdown(timing.genesisTime - now)
    else if (this.#memory.lastInterval === undefined || current > this.#memory.lastInterval) {
      this.#tick(current, now)
    }
    // Never longer than an interval, however far away the next tick is: the wall clock may be set.
    const wakeAt = timing.genesisTime + (current + 1) * timing.millisecondsPerInterval
    this.#context.after(wakeAt - now, { type: 'alarm' })
  }

  #look() {
    const { scheduler } = this.#context
    return { now: scheduler.now(), monotonic: scheduler.monotonic() }
  }

  #noticeSteps() {
    const look = this.#look()
    const step = look.now - this.#lastLook.now - (look.monotonic - this.#lastLook.monotonic)
    this.#lastLook = look
    if (Math.abs(step) > STEP_TOLERANCE) {
      this.#steps += 1
      this.#options.events.emit({ type: 'clockStepped', milliseconds: step })
    }
    return look
  }

  #tick(current: number, now: number): void {
    const { timing, events } = this.#options
    const last = this.#memory.lastInterval
    this.#memory.lastInterval = current
    const skipped = last === undefined ? 0 : current - last - 1
    if (skipped > 0) {
      this.#skipped += skipped
      const first = this.#place(current - skipped)
      events.emit({ type: 'intervalsSkipped', first, last: this.#place(current - 1), count: skipped })
    }
    const lateness = now - (timing.genesisTime + current * timing.millisecondsPerInterval)
    // Without a last interval the tick comes when the node starts, not when the interval does.
    if (last !== undefined) this.#lateness.note(lateness)
    this.#ticks += 1
    this.#tell({ type: 'tick', ...this.#place(current), skipped })
    events.emit({ type: 'intervalBegan', ...this.#place(current), lateness })
  }

  #tell(tick: Tick): void {
    this.#options.listeners.forEach((listener, index) => {
      const skipped = tick.skipped + this.#refused[index]!
      const wasTaken = listener.tell(skipped === tick.skipped ? tick : { ...tick, skipped })
      this.#refused[index] = wasTaken ? 0 : skipped + 1
    })
  }

  #place(interval: number): { readonly slot: number; readonly interval: number } {
    const { intervalsPerSlot } = this.#options.timing
    return { slot: Math.floor(interval / intervalsPerSlot), interval: interval % intervalsPerSlot }
  }

  #view(): ClockView {
    const { lastInterval } = this.#memory
    return {
      genesisTime: this.#options.timing.genesisTime,
      now: this.#context.scheduler.now(),
      lastTick: lastInterval === undefined || lastInterval < 0 ? undefined : this.#place(lastInterval),
      ticks: this.#ticks,
      skippedIntervals: this.#skipped,
      clockSteps: this.#steps,
      lateness: this.#lateness.figures(),
    }
  }
}
