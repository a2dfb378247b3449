import { z } from 'zod'
import { apiFailure } from '../failure.ts'
import { defineRoute, json, type Route } from '../route.ts'
import { type ActionOutcome, type AdminActions, LOG_LEVELS } from './adminActions.ts'
import { choice, fields, integer, text } from './fields.ts'

const MOST_SECONDS = 300

const report = z.record(z.string(), z.unknown())

/** What the process around the node does; only what was handed in. */
export function actionRoutes({
  logs,
  backup,
  heapSnapshot,
  cpuProfile,
  doctor,
  bundle,
}: AdminActions): Route[] {
  const routes: Route[] = []
  if (logs) routes.push(levelsRoute(logs), setLevelRoute(logs))
  if (backup) routes.push(jobRoute('backup', 'takeBackup', 'Takes a backup', backup))
  if (heapSnapshot) {
    const summary = 'Writes a snapshot of the heap; the node stands still meanwhile'
    routes.push(jobRoute('heap_snapshot', 'takeHeapSnapshot', summary, heapSnapshot))
  }
  if (doctor) routes.push(jobRoute('doctor', 'runDoctor', 'Looks the node over', doctor))
  if (bundle) {
    const summary = 'Writes what is known of the node into one file, without secrets'
    routes.push(jobRoute('bundle', 'writeBundle', summary, bundle))
  }
  if (cpuProfile) routes.push(profileRoute(cpuProfile))
  return routes
}

const levelsShape = z.object({ levels: z.record(z.string(), z.enum(LOG_LEVELS)) })

function levelsRoute(logs: NonNullable<AdminActions['logs']>): Route {
  return defineRoute({
    path: '/lean/v0/admin/log_levels',
    operationId: 'getLogLevels',
    summary: 'Log level of each component',
    tag: 'process',
    json: levelsShape,
    handle: async () => json({ levels: logs.levels() }),
  })
}

function setLevelRoute(logs: NonNullable<AdminActions['logs']>): Route {
  return defineRoute({
    method: 'POST',
    path: '/lean/v0/admin/log_levels',
    operationId: 'setLogLevel',
    summary: 'Sets the log level of a component, or of all when none is named',
    tag: 'process',
    body: fields({ level: choice(LOG_LEVELS), component: text(64).optional() }),
    json: levelsShape,
    statuses: { 404: 'no such component' },
    handle: async ({ body: { level, component } }) => {
      if (logs.set(level, component)) return json({ levels: logs.levels() })
      const known = Object.keys(logs.levels()).join(', ')
      return apiFailure('NOT_FOUND', `component: expected one of ${known}, got ${JSON.stringify(component)}`)
    },
  })
}

const ONE_AT_A_TIME = { 409: 'it is being done already' }

function jobRoute(name: string, operationId: string, summary: string, run: () => ActionOutcome): Route {
  return defineRoute({
    method: 'POST',
    path: `/lean/v0/admin/${name}`,
    operationId,
    summary,
    tag: 'process',
    json: report,
    statuses: ONE_AT_A_TIME,
    handle: oneAtATime(name, run),
  })
}

function profileRoute(cpuProfile: NonNullable<AdminActions['cpuProfile']>): Route {
  const run = oneAtATime('cpu_profile', cpuProfile)
  return defineRoute({
    method: 'POST',
    path: '/lean/v0/admin/cpu_profile',
    operationId: 'takeCpuProfile',
    summary: 'Writes down for so many seconds where time goes',
    tag: 'process',
    body: fields({ seconds: integer(1, MOST_SECONDS) }),
    json: report,
    statuses: ONE_AT_A_TIME,
    handle: async ({ body }) => run(body.seconds),
  })
}

/** Whoever comes while it is being done is refused, and does not wait. */
function oneAtATime<Arguments extends readonly unknown[]>(
  name: string,
  run: (...given: Arguments) => ActionOutcome,
) {
  let isRunning = false
  return async (...given: Arguments) => {
    if (isRunning) return apiFailure('CONFLICT', `${name} is being done already: wait for its end`)
    isRunning = true
    try {
      const outcome = await run(...given)
      return outcome.ok ? json(outcome.value) : outcome
    } finally {
      isRunning = false
    }
  }
}
