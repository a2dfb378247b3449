import type { ClockEvent } from '@trine/messages'
import type { Instruments } from './instruments.ts'

/** Takes down what the clock tells; durations of intervals by the monotonic clock. */
export function createClockFeed(
  made: Instruments,
  monotonic: () => number,
  intervalsPerSlot: number,
): (event: ClockEvent) => void {
  let last: { readonly interval: number; readonly at: number } | undefined
  return (event) => {
    switch (event.type) {
      case 'countdown':
        return made.secondsToGenesis.set(event.secondsToGenesis)
      case 'intervalsSkipped':
        return made.intervalsSkipped.inc(event.count)
      case 'clockStepped':
        made.clockSteps.inc()
        return made.clockStep.set(event.milliseconds / 1000)
      case 'intervalBegan': {
        const interval = event.slot * intervalsPerSlot + event.interval
        const at = monotonic()
        made.secondsToGenesis.set(0)
        if (last?.interval === interval - 1) {
          made.tickDuration.observe((at - last.at) / 1000)
          // The first tick comes when the node starts, not when its interval does.
          made.tickLateness.observe(Math.max(0, event.lateness) / 1000)
        }
        last = { interval, at }
      }
    }
  }
}
