import { ask, type Ref, type Scheduler, type Timer } from '@trine/actors'
import type { EventSource } from '@trine/api'
import { withoutSecrets } from '@trine/config'
import type { Line, Logs } from '@trine/logs'
import type { SlotTiming, ValidatorMessageFrom } from '@trine/messages'
import type { Result } from '@trine/types'
import { bestWait, medianRange, OffsetEstimate, type OffsetRange, type TimeSample } from './offsetRange.ts'
import { VoteArrivals } from './voteArrivals.ts'

export type ClockWatchParts = {
  readonly scheduler: Scheduler
  readonly timing: SlotTiming
  readonly events: EventSource
  readonly logs: Pick<Logs, 'log'>
  readonly validator: Ref<ValidatorMessageFrom<'api'>>
  /** Base URLs. */
  readonly timeSources: readonly string[]
  readonly askTime: (url: string, signal: AbortSignal) => Promise<Result<TimeSample, string>>
}

/** Questions that follow one another at the start: each halves what is not known, a second at first. */
const FIRST_QUESTIONS = 6
const PAUSE_MILLISECONDS = 60_000
/** By which share of an interval the clock may be off: beyond, a warning is due; duties pause; they go on. */
const [WARN, PAUSE, RESUME] = [0.15, 0.5, 0.3]
/** Slots in a row after which duties pause. */
const PATIENCE_SLOTS = 2
const REMINDER_SLOTS = 225
const ASK_MILLISECONDS = 5000

/**
 * Watches how far the wall clock is off, by the clocks of HTTP servers, and without any by votes that come too early; that
 * all come late is warned of, for it may as well be the network. Off by more than half an interval for sure, duties pause until it is right again: what is voted out of time counts for
 * nothing, and a vote for a slot that others have not reached is worse than none.
 */
export class ClockWatch implements Disposable {
  readonly #parts: ClockWatchParts
  readonly #estimates: readonly OffsetEstimate[]
  readonly #arrivals: VoteArrivals
  readonly #aborter = new AbortController()
  readonly #timers = new Set<Timer>()
  readonly #unsubscribe: () => void
  #slotsOff = 0
  #isPaused = false
  #nextWarning = 0
  #slot = 0
  /** How often our clock was set. */
  #steps = 0

  constructor(parts: ClockWatchParts) {
    this.#parts = parts
    const { events, timing, timeSources, scheduler } = parts
    this.#estimates = timeSources.map(() => new OffsetEstimate())
    this.#arrivals = new VoteArrivals(timing)
    this.#unsubscribe = events.subscribe((event) => {
      this.#arrivals.note(event, scheduler.now())
      if (event.type === 'clockStepped') this.#startAnew()
      if (event.type === 'intervalBegan' && event.interval === timing.intervalsPerSlot - 1) {
        this.#slot = event.slot
        this.#judge()
      }
    })
    this.#askAll()
  }

  /** Milliseconds that the wall clock is ahead, as well as it is known; undefined while it is not. */
  get offset(): number | undefined {
    const range = this.#range()
    if (range === undefined) return undefined
    return Number.isFinite(range.low) ? (range.low + range.high) / 2 : range.high
  }

  [Symbol.dispose](): void {
    this.#unsubscribe()
    this.#aborter.abort()
    for (const timer of this.#timers) timer.cancel()
  }

  async #question(index: number, count: number): Promise<void> {
    const { scheduler, timeSources, askTime, logs } = this.#parts
    const url = timeSources[index]!
    const steps = this.#steps
    const sample = await askTime(url, this.#aborter.signal)
    // With the clock set in between, the answer tells nothing, and another question is on its way.
    if (this.#aborter.signal.aborted || steps !== this.#steps) return
    const estimate = this.#estimates[index]!
    if (sample.ok) estimate.note(sample.value, scheduler.monotonic())
    else {
      const fields = { source: withoutSecrets(url), detail: sample.error }
      logs.log({
        component: 'clock',
        level: 'info',
        message: 'time source is silent',
        fields,
        isLimited: true,
      })
    }
    const range = estimate.at(scheduler.monotonic())
    const isFirst = sample.ok && count < FIRST_QUESTIONS
    const wait = (isFirst ? 0 : PAUSE_MILLISECONDS) + (range ? bestWait(range, scheduler.now()) : 0)
    const timer = scheduler.after(wait, () => {
      this.#timers.delete(timer)
      void this.#question(index, count + 1)
    })
    this.#timers.add(timer)
  }

  #range(): OffsetRange | undefined {
    const now = this.#parts.scheduler.monotonic()
    const known = medianRange(this.#estimates.flatMap((estimate) => estimate.at(now) ?? []))
    const { atMostAhead } = this.#arrivals
    if (known !== undefined || atMostAhead === undefined || atMostAhead >= 0) return known
    return { low: Number.NEGATIVE_INFINITY, high: atMostAhead }
  }

  /** Once a slot: whether duties pause or go on. */
  #judge(): void {
    const range = this.#range()
    const { low, high } = range ?? { low: 0, high: 0 }
    // As near to right as it can be.
    const off = Math.max(low, -high, 0)
    const { millisecondsPerInterval } = this.#parts.timing
    this.#slotsOff = off > PAUSE * millisecondsPerInterval ? this.#slotsOff + 1 : 0
    if (!this.#isPaused && this.#slotsOff >= PATIENCE_SLOTS) this.#pause()
    else if (this.#isPaused && off < RESUME * millisecondsPerInterval) this.#resume()
    if (this.#slot < this.#nextWarning) return
    const leastDelay = range === undefined ? (this.#arrivals.leastDelay ?? 0) : 0
    if (off > WARN * millisecondsPerInterval) {
      this.#warn('the clock is off', { ahead_ms: Math.round(this.offset ?? 0) })
    } else if (leastDelay > PAUSE * millisecondsPerInterval) {
      this.#warn('every vote comes late: the clock may be ahead', { late_ms: Math.round(leastDelay) })
    }
  }

  #warn(message: string, fields: Line['fields']): void {
    this.#nextWarning = this.#slot + REMINDER_SLOTS
    this.#parts.logs.log({
      component: 'clock',
      level: 'warn',
      message,
      fields,
      advice:
        'run a time service (chrony, systemd-timesyncd), and compare: trine doctor --time-sources URL. Votes out of their interval count late or not at all',
    })
  }

  #pause(): void {
    this.#isPaused = true
    this.#nextWarning = 0
    const direction = (this.offset ?? 0) > 0 ? 'ahead' : 'behind'
    const reason = `the clock is ${Math.round(Math.abs(this.offset ?? 0))} ms ${direction}, more than half an interval`
    void this.#tell({ type: 'pauseDuties', reason, by: 'clockWatch' })
  }

  #resume(): void {
    this.#isPaused = false
    void this.#tell({ type: 'resumeDuties', by: 'clockWatch' })
  }

  async #tell(
    question:
      | { readonly type: 'pauseDuties'; readonly reason: string; readonly by: 'clockWatch' }
      | { readonly type: 'resumeDuties'; readonly by: 'clockWatch' },
  ): Promise<void> {
    const { validator, scheduler } = this.#parts
    const answer = await ask(validator, question, { scheduler, timeoutMilliseconds: ASK_MILLISECONDS })
    // It is judged again with the next slot.
    if (!answer.ok) this.#isPaused = question.type === 'resumeDuties'
  }

  #askAll(): void {
    this.#parts.timeSources.forEach((_, index) => void this.#question(index, 1))
  }

  /** Our clock was set: what is known of it is known no more, and asked for at once. */
  #startAnew(): void {
    this.#steps += 1
    for (const estimate of this.#estimates) estimate.forget()
    this.#arrivals.forget()
    for (const timer of this.#timers) timer.cancel()
    this.#timers.clear()
    this.#askAll()
  }
}
