import type { ActorFigures } from '@trine/actors'
import { z } from 'zod'
import type { Readings } from '../readings.ts'
import { defineRoute, json, type Route } from '../route.ts'
import { milliseconds, slot, uint } from '../schemas.ts'

const TAG = 'services'

/** How the services themselves are doing. */
export function serviceRoutes(readings: Readings, figures: () => readonly ActorFigures[]): Route[] {
  return [mailboxesRoute(figures), clockRoute(readings)]
}

const laneShape = z.object({
  lane: z.string(),
  rank: uint,
  capacity: uint,
  depth: uint,
  deepest: uint,
  accepted: uint,
  handled: uint,
  refused: uint,
  dropped: uint,
  wait_total: milliseconds,
  wait_max: milliseconds,
  busy_total: milliseconds,
  busy_max: milliseconds,
})

const mailboxesShape = z.object({
  actors: z.array(
    z.object({
      actor: z.string(),
      state: z.enum(['waiting', 'running', 'draining', 'stopped']),
      restarts: uint,
      failures: uint,
      stale_results: uint,
      lanes: z.array(laneShape),
    }),
  ),
})

function mailboxesRoute(figures: () => readonly ActorFigures[]): Route {
  return defineRoute({
    path: '/lean/v0/mailboxes',
    operationId: 'getMailboxes',
    summary: 'Every service and each lane of its mailbox: waiting messages, times, refusals and drops',
    tag: TAG,
    json: mailboxesShape,
    handle: async () => json({ actors: figures().map(actorJson) }),
  })
}

function actorJson(figures: ActorFigures): z.output<typeof mailboxesShape>['actors'][number] {
  return {
    actor: figures.actor,
    state: figures.state,
    restarts: figures.restarts,
    failures: figures.failures,
    stale_results: figures.staleResults,
    lanes: figures.lanes.map((lane) => ({
      lane: lane.lane,
      rank: lane.rank,
      capacity: lane.capacity,
      depth: lane.depth,
      deepest: lane.deepest,
      accepted: lane.accepted,
      handled: lane.handled,
      refused: lane.refused,
      dropped: lane.dropped,
      wait_total: lane.waitTotal,
      wait_max: lane.waitMax,
      busy_total: lane.busyTotal,
      busy_max: lane.busyMax,
    })),
  }
}

function clockRoute(readings: Readings): Route {
  return defineRoute({
    path: '/lean/v0/clock',
    operationId: 'getClock',
    summary: 'The last tick, how late ticks are, and what was skipped; milliseconds',
    tag: TAG,
    json: z.object({
      genesis_time: milliseconds,
      now: milliseconds,
      last_tick: z.object({ slot, interval: uint }).nullable(),
      ticks: uint,
      skipped_intervals: uint,
      clock_steps: uint,
      lateness: z.object({ last: milliseconds, mean: milliseconds, max: milliseconds }),
    }),
    handle: async () => {
      const view = await readings.clock()
      if (!view.ok) return view
      const { genesisTime, now, lastTick, ticks, skippedIntervals, clockSteps, lateness } = view.value
      return json({
        genesis_time: genesisTime,
        now,
        last_tick: lastTick ?? null,
        ticks,
        skipped_intervals: skippedIntervals,
        clock_steps: clockSteps,
        lateness,
      })
    },
  })
}
