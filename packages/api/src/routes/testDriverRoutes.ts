import type { Result } from '@trine/types'
import { z } from 'zod'
import { type ApiFailure, apiFailure } from '../failure.ts'
import { type Answer, defineRoute, json, type Route } from '../route.ts'
import { root, slot, uint } from '../schemas.ts'
import type { TestDriver } from '../testDriver.ts'

const BASE = '/lean/v0/test_driver'
/** A fixture with its state and signatures. */
const BODY_BYTES = 32 * 2 ** 20

const checkpoint = z.object({ slot, root })
const error = z.string().nullable()

const stepShape = z.object({
  accepted: z.boolean(),
  error,
  snapshot: z.object({
    headSlot: slot,
    headRoot: root,
    time: uint,
    justifiedCheckpoint: checkpoint,
    finalizedCheckpoint: checkpoint,
    safeTarget: root,
    validatorCount: uint,
  }),
})

const transitionShape = z.object({
  succeeded: z.boolean(),
  error,
  post: z
    .object({
      slot,
      latestBlockHeaderSlot: slot,
      latestBlockHeaderStateRoot: root,
      historicalBlockHashesCount: uint,
    })
    .nullable(),
})

/** Hive's test driver: fixtures of the specification over HTTP, in the fixtures' own JSON. */
export function testDriverRoutes(driver: TestDriver): Route[] {
  return [
    driverRoute('fork_choice/init', 'initForkChoice', 'Begins a fresh store', undefined, (input) =>
      outcome(driver.initForkChoice(input)),
    ),
    driverRoute('fork_choice/step', 'stepForkChoice', 'Applies a step to the store', stepShape, (input) => {
      const report = driver.stepForkChoice(input)
      return report === undefined
        ? apiFailure('CONFLICT', 'expected fork_choice/init before')
        : outcome(report)
    }),
    driverRoute(
      'state_transition/run',
      'runStateTransition',
      'Applies blocks to a state',
      transitionShape,
      (input) => outcome(driver.runStateTransition(input)),
    ),
    driverRoute(
      'verify_signatures/run',
      'verifySignatures',
      'Verifies the signatures of a block',
      z.object({ succeeded: z.boolean(), error }),
      (input) => outcome(driver.verifySignatures(input)),
    ),
  ]
}

function outcome(result: Result<unknown, string>): Result<Answer, ApiFailure> {
  if (!result.ok) return apiFailure('INVALID_INPUT', `body: ${result.error}`)
  return result.value === undefined ? { ok: true, value: { as: 'nothing' } } : json(result.value)
}

function driverRoute(
  name: string,
  operationId: string,
  summary: string,
  shape: z.ZodType | undefined,
  run: (input: unknown) => Result<Answer, ApiFailure>,
): Route {
  return defineRoute({
    method: 'POST',
    path: `${BASE}/${name}`,
    operationId,
    summary,
    tag: 'test driver',
    body: z.looseObject({}, 'an object'),
    bodyBytes: BODY_BYTES,
    json: shape,
    represented: shape === undefined ? [] : ['json'],
    statuses: { 409: 'there is no store yet' },
    handle: async ({ body }) => run(body),
  })
}
