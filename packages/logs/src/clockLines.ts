import type { ClockEvent, SyncEvent } from '@trine/messages'
import { type Line, milliseconds } from './line.ts'

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

/** The line for a change of the sync state, or for blocks that were fetched from before the chain's beginning. */
export function syncLine(event: SyncEvent): Line {
  if (event.type === 'backfill') return backfillLine(event)
  const { state, headSlot, targetSlot } = event
  const message = { idle: 'waiting for peers', syncing: 'catching up', synced: 'in sync' }[state]
  const fields = { head: headSlot, target: targetSlot }
  return { component: 'sync', level: 'info', message, fields, isLimited: true }
}

function backfillLine({ lowest, blocks, outcome }: Extract<SyncEvent, { type: 'backfill' }>): Line {
  const fields = { lowest: lowest.slot, blocks }
  const line = { component: 'sync', fields, isLimited: true } as const
  if (outcome === 'going') return { ...line, level: 'info', message: 'earlier blocks stored' }
  if (outcome === 'complete') return { ...line, level: 'info', message: 'no earlier blocks to fetch' }
  return {
    ...line,
    level: 'error',
    message: 'earlier blocks are no chain',
    advice: 'the checkpoint that this database began with cannot be trusted: begin again with other sources',
  }
}

function clock(level: Line['level'], message: string, fields: Line['fields']): Line {
  return { component: 'clock', level, message, fields }
}
