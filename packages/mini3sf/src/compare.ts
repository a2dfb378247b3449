import type { ModelRun, StakerStatus } from './modelRun.ts'
import { shortHash } from './output/printout.ts'
import { plainScenario } from './output/records.ts'

/** A run or a record of one: hands out what every staker holds after each step. */
export type StatusSource = {
  readonly scenario: Readonly<Record<string, unknown>>
  /** The statuses after the next step, undefined after the last. */
  next(): readonly StakerStatus[] | undefined
}

/** What is compared, in the order in which causes come before effects. */
export const COMPARED = [
  'newVotes',
  'knownVotes',
  'chain',
  'head',
  'safeTarget',
  'justified',
  'finalized',
] as const
export type Compared = (typeof COMPARED)[number]

/** A block's hash differs as soon as anything before it differs; slots differ only when the runs take other turns. */
export const COMPARED_SLOTS = ['headSlot', 'justifiedSlot', 'finalizedSlot'] as const
export type ComparedSlot = (typeof COMPARED_SLOTS)[number]

/** One value that differs, as text for people. */
export type Difference = {
  readonly staker: number
  readonly what: Compared
  readonly left: string
  readonly right: string
}

export type Comparison = {
  /** Steps that both have. */
  readonly steps: number
  /** The first step at which the two differ, with all that differs there. */
  readonly first: { readonly step: number; readonly differences: readonly Difference[] } | undefined
  /** The first step at which each kind of value differs. */
  readonly firstSteps: Partial<Record<Compared | ComparedSlot, number>>
  /** How many steps each side has, where they differ. */
  readonly lengths: readonly [number, number]
  /** Highest finalized slot of any staker after the last step of each. */
  readonly finalizedSlots: readonly [number, number]
  readonly stakers: readonly [number, number]
}

/** A run as a source; it is advanced by being read. */
export function sourceOfRun(run: ModelRun): StatusSource {
  return {
    scenario: plainScenario(run.scenario),
    next: () =>
      run.step()
        ? Array.from({ length: run.scenario.stakers }, (_, staker) => run.status(staker))
        : undefined,
  }
}

/** Reads two sources to their ends and says where they first differ and how. Stakers that only one has are left out. */
export function compareSources(left: StatusSource, right: StatusSource): Comparison {
  const lengths: [number, number] = [0, 0]
  const stakers: [number, number] = [0, 0]
  const finalizedSlots: [number, number] = [0, 0]
  const firstSteps: Partial<Record<Compared | ComparedSlot, number>> = {}
  let first: Comparison['first']
  for (let step = 0; ; step++) {
    const statuses = [left.next(), right.next()] as const
    for (const side of [0, 1] as const) {
      const status = statuses[side]
      if (status === undefined) continue
      lengths[side] += 1
      stakers[side] = status.length
      finalizedSlots[side] = status.reduce(
        (highest, { finalizedSlot }) => Math.max(highest, finalizedSlot),
        0,
      )
    }
    const [leftStatus, rightStatus] = statuses
    if (leftStatus === undefined && rightStatus === undefined) break
    if (leftStatus === undefined || rightStatus === undefined) continue
    const differences = differencesOf(leftStatus, rightStatus)
    if (differences.length > 0) first ??= { step, differences }
    for (const { what } of differences) firstSteps[what] ??= step
    for (const what of COMPARED_SLOTS) {
      if (leftStatus.some((status, staker) => status[what] !== (rightStatus[staker] ?? status)[what])) {
        firstSteps[what] ??= step
      }
    }
  }
  return { steps: Math.min(...lengths), first, firstSteps, lengths, finalizedSlots, stakers }
}

function differencesOf(left: readonly StakerStatus[], right: readonly StakerStatus[]): Difference[] {
  const differences: Difference[] = []
  for (let staker = 0; staker < Math.min(left.length, right.length); staker++) {
    for (const what of COMPARED) {
      const [leftStatus, rightStatus] = [left[staker]!, right[staker]!]
      if (leftStatus[what] === rightStatus[what]) continue
      differences.push({ staker, what, left: shown(leftStatus, what), right: shown(rightStatus, what) })
    }
  }
  return differences
}

function shown(status: StakerStatus, what: Compared): string {
  const value = status[what]
  if (value === undefined) return 'none'
  if (typeof value === 'number') return String(value)
  const slot = { head: status.headSlot, justified: status.justifiedSlot, finalized: status.finalizedSlot }
  return what in slot ? `${shortHash(value)} (${slot[what as keyof typeof slot]})` : shortHash(value)
}

/** The settings of two scenarios that differ, by path. */
export function differingSettings(
  left: Readonly<Record<string, unknown>>,
  right: Readonly<Record<string, unknown>>,
): { readonly setting: string; readonly left: string; readonly right: string }[] {
  const [leftSettings, rightSettings] = [flatten(left), flatten(right)]
  return [...new Set([...leftSettings.keys(), ...rightSettings.keys()])]
    .filter((setting) => setting !== 'name' && leftSettings.get(setting) !== rightSettings.get(setting))
    .map((setting) => ({
      setting,
      left: leftSettings.get(setting) ?? 'none',
      right: rightSettings.get(setting) ?? 'none',
    }))
}

function flatten(value: unknown, path = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return new Map([[path, typeof value === 'string' ? value : JSON.stringify(value)]])
  }
  return new Map(
    Object.entries(value).flatMap(([key, entry]) => [
      ...flatten(entry, path === '' ? key : `${path}.${key}`),
    ]),
  )
}
