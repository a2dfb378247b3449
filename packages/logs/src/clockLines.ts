import type { ClockEvent, SyncEvent } from '@trine/messages'
import type { Line } from './line.ts'
import { milliseconds } from './line.ts'

/** A tick that comes so late, milliseconds, is a warning. */
const LATE = 250

/** The line for an event of the clock; ticks in time have none. */
export function clockLine(event: ClockEvent): Line | undefined {
  switch (event.type) {
    case 'countdown':
      return clock('info', 'genesis is to come', { seconds: event.secondsToGenesis })
    case 'intervalBegan':
      if (event.lateness < LATE) return undefined
      return {
        ...clock('warn', 'tick came late', {
          slot: event.slot,
          interval: event.interval,
          ms: milliseconds(event.lateness),
        }),
        advice: 'the process had no time: look at the load of the machine and at the event-loop lag',
        isLimited: true,
      }
    case 'intervalsSkipped':
      return {
        ...clock('warn', 'intervals left out', {
          count: event.count,
          first: `${event.first.slot}.${event.first.interval}`,
          last: `${event.last.slot}.${event.last.interval}`,
        }),
        advice:
          'the machine slept, stood still, or its clock was set forward: duties of these slots were missed',
        isLimited: true,
      }
    case 'clockStepped':
      return {
        ...clock('warn', 'wall clock was set', { seconds: event.milliseconds / 1000 }),
        advice: 'let a time service (chrony, systemd-timesyncd) slew the clock; a step costs duties',
        isLimited: true,
      }
  }
}

/** The line for a change of the sync state. */
export function syncLine({ state, headSlot, targetSlot }: SyncEvent): Line {
  const message = { idle: 'waiting for peers', syncing: 'catching up', synced: 'in sync' }[state]
  const fields = { head: headSlot, target: targetSlot }
  return { component: 'sync', level: 'info', message, fields, isLimited: true }
}

function clock(level: Line['level'], message: string, fields: Line['fields']): Line {
  return { component: 'clock', level, message, fields }
}
