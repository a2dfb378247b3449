import type { FollowFigures } from './scaleProtocol.ts'

/** A tick that is so late, milliseconds, a tenth of an interval, is not on time. */
const LATE = 100
/** Votes are counted at the begin of the last interval, milliseconds since the slot began; a block is voted for after the first. */
const VOTES_COUNT_AT = 3000
const BLOCKS_VOTED_AT = 1000

/** What a node did not manage; nothing when every tick was on time and every vote counted in time. */
export function limitsOf(
  figures: FollowFigures & { readonly validators: number; readonly slots: number },
): string[] {
  const { validators, slots, lateness, records } = figures
  const limits: string[] = []
  const say = (count: number, what: string) => {
    if (count > 0) limits.push(`${count} ${what}`)
  }
  say(lateness.filter((late) => late > LATE).length, `of ${slots * 4} ticks over ${LATE} ms late`)
  say(figures.skippedIntervals, 'intervals skipped')
  say(slots * (validators - 1) - records.reduce((sum, { votes }) => sum + votes, 0), 'votes not counted')
  say(
    records.filter(({ lastVoteAt }) => lastVoteAt > VOTES_COUNT_AT).length,
    'slots with votes after the last interval began',
  )
  say(slots - records.filter(({ blockAt }) => blockAt !== undefined).length, 'blocks not imported')
  say(
    records.filter(({ blockAt = 0 }) => blockAt > BLOCKS_VOTED_AT).length,
    'blocks imported after the votes of their slot began',
  )
  return limits
}
