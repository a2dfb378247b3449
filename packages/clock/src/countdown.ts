import type { EventSink } from '@trine/messages'

/** Seconds between two announcements, by the seconds that are left. */
function stepAt(seconds: number): number {
  if (seconds > 3600) return 3600
  if (seconds > 60) return 60
  return seconds > 10 ? 10 : 1
}

/** Announces how long it is to genesis, the more often the nearer it is; may be called as often as one likes. */
export function createCountdown(events: EventSink): (millisecondsToGenesis: number) => void {
  let announced = ''
  return (millisecondsToGenesis) => {
    const secondsToGenesis = Math.ceil(millisecondsToGenesis / 1000)
    const step = stepAt(secondsToGenesis)
    const mark = `${step} ${Math.ceil(secondsToGenesis / step)}`
    if (mark === announced) return
    announced = mark
    events.emit({ type: 'countdown', secondsToGenesis })
  }
}
