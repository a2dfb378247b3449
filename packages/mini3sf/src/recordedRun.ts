import type { SettingsResult } from '@trine/settings'
import { z } from 'zod'
import type { StatusSource } from './compare.ts'

const hash = z.string().regex(/^[0-9a-f]{64}$/, { error: '64 hex digits' })
const count = z.number().int().min(0)

const status = z.object({
  head: hash,
  headSlot: count,
  justified: hash,
  justifiedSlot: count,
  finalized: hash,
  finalizedSlot: count,
  safeTarget: hash.nullable().transform((value) => value ?? undefined),
  chain: count,
  knownVotes: count,
  newVotes: count,
})

const records = z.object({
  scenario: z.record(z.string(), z.unknown()),
  steps: z.array(z.object({ step: count, stakers: z.array(status) })),
})

/** The per-step records that `--json` wrote, read back as something to compare. */
export function recordedSource(json: unknown): SettingsResult<StatusSource> {
  const checked = records.safeParse(json)
  if (!checked.success) {
    const [issue] = checked.error.issues
    const field = issue?.path.join('.') ?? ''
    return {
      ok: false,
      error: { code: 'invalid-field', field, message: `expected a recorded run: ${issue?.message}` },
    }
  }
  const { scenario, steps } = checked.data
  let next = 0
  return { ok: true, value: { scenario, next: () => steps[next++]?.stakers } }
}
