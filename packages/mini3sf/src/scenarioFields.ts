import { choice, fields, indices, list, realNumber, text, wholeNumber } from '@trine/settings'
import { z } from 'zod'
import { BACKOFFS, COMPARISONS, JUSTIFIED_TARGETS, ROUNDINGS } from './scenario.ts'

/** Most stakers and steps that a scenario may have. */
export const MAX_STAKERS = 4096
export const MAX_STEPS = 1_000_000
const MAX_CLOCK = 1_000_000_000
/** Python reads no more digits of a number either (`sys.get_int_max_str_digits`). */
const MAX_SEED_DIGITS = 4300

/** A scenario as written in a file or on the command line: everything may be left out. */
export type ScenarioInput = z.output<typeof scenarioFields>

const clock = wholeNumber(0, MAX_CLOCK)
const staker = wholeNumber(0, MAX_STAKERS - 1)
const span = { from: clock.optional(), to: clock.optional() }

const stakers = indices(MAX_STAKERS, 'staker indices')

const seedError = `an integer of at most ${MAX_SEED_DIGITS} digits (in quotes beyond 2^53)`
const seed = z.preprocess(
  (value) => (Number.isSafeInteger(value) ? String(value) : value),
  z
    .string({ error: seedError })
    .max(MAX_SEED_DIGITS + 1, { error: seedError })
    .regex(/^[+-]?\d+$/, { error: seedError })
    .transform((digits) => BigInt(digits.replace('+', ''))),
)

const latencyShape = {
  factor: realNumber(0, 1_000_000).optional(),
  exponent: realNumber(0, 1000).optional(),
  until: clock.optional(),
  after: clock.optional(),
}

const thresholdError = 'a fraction above 0 and up to 1 like 2/3'
const threshold = z
  .string({ error: thresholdError })
  .regex(/^\d{1,6}\/\d{1,6}$/, { error: thresholdError })
  .transform((text) => {
    const [numerator, denominator] = text.split('/').map(Number) as [number, number]
    return { numerator, denominator }
  })
  .refine(({ numerator, denominator }) => numerator > 0 && numerator <= denominator, {
    error: thresholdError,
  })

const RULE_SETS: Readonly<Record<string, object>> = {
  original: {},
  'devnet-1': { comparison: 'at-least', safeTarget: 'ceil', justifiedTargets: 'skip' },
}

const rules = z.preprocess(
  (value) => (typeof value === 'string' ? (RULE_SETS[value] ?? value) : value),
  fields(
    {
      threshold: threshold.optional(),
      comparison: choice(COMPARISONS).optional(),
      safeTarget: choice(ROUNDINGS).optional(),
      justifiedTargets: choice(JUSTIFIED_TARGETS).optional(),
      immediate: wholeNumber(1, 1_000_000).optional(),
      backoff: choice(BACKOFFS).optional(),
    },
    `${Object.keys(RULE_SETS).join(', ')} or `,
  ),
)

/** The fields of a scenario with their types and ranges. */
export const scenarioFields = fields({
  name: text(200).optional(),
  seed: seed.optional(),
  stakers: wholeNumber(1, MAX_STAKERS).optional(),
  steps: wholeNumber(1, MAX_STEPS).optional(),
  slotDuration: wholeNumber(1, 1_000_000).optional(),
  latency: fields(latencyShape).optional(),
  links: list(fields({ from: stakers, to: stakers, ...latencyShape }), 'links').optional(),
  rules: rules.optional(),
  offline: list(fields({ stakers, ...span }), 'spans').optional(),
  partitions: list(fields({ groups: list(stakers, 'groups of stakers'), ...span }), 'partitions').optional(),
  faults: list(
    fields({
      staker,
      kind: choice(['withhold', 'equivocate'] as const),
      what: choice(['blocks', 'votes', 'both'] as const).optional(),
      delay: clock.optional(),
      ...span,
    }),
    'faults',
  ).optional(),
})
