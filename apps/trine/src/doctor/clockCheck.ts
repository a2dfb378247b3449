import { setTimeout as sleep } from 'node:timers/promises'
import type { Scheduler } from '@trine/actors'
import { withoutSecrets } from '@trine/config'
import { askTime } from '../watch/askTime.ts'
import { bestWait, medianRange, OffsetEstimate, type OffsetRange } from '../watch/offsetRange.ts'
import { type Check, fail, ok, unknown, warn } from './check.ts'

const NAME = 'clock'
/** Each halves what is not known, which is a second at first. */
const QUESTIONS = 6
/** Half an interval: votes come when others have counted. Milliseconds. */
const WRONG = 500
const SUSPICIOUS = 150

/** Compares the clock with those of HTTP servers. */
export async function checkClock(sources: readonly string[], scheduler: Scheduler): Promise<Check> {
  if (sources.length === 0) {
    return unknown(
      NAME,
      'nobody to compare with; --time-sources URL names HTTP servers, as the APIs of other nodes',
    )
  }
  const asked = await Promise.all(sources.map((source) => compare(source, scheduler)))
  const range = medianRange(asked.flatMap((answer) => (typeof answer === 'string' ? [] : [answer])))
  if (range !== undefined) return judgeOffset(range)
  const reasons = asked.map((reason, index) => `${withoutSecrets(sources[index]!)}: ${reason}`)
  return warn(NAME, `no source answers (${reasons.join(', ')})`, 'name others with --time-sources')
}

/** What a range of offsets means for duties. */
export function judgeOffset({ low, high }: OffsetRange): Check {
  const detail = `between ${Math.round(low)} and ${Math.round(high)} ms ahead`
  const fix = 'run a time service (chrony, systemd-timesyncd), here or where the sources run'
  // As near to right as it can be.
  const distance = Math.max(low, -high, 0)
  if (distance > WRONG) return fail(NAME, detail, fix)
  return distance > SUSPICIOUS ? warn(NAME, detail, fix) : ok(NAME, detail)
}

async function compare(source: string, scheduler: Scheduler): Promise<OffsetRange | string> {
  const estimate = new OffsetEstimate()
  for (let question = 0; question < QUESTIONS; question++) {
    const sample = await askTime(source, scheduler)
    if (!sample.ok) return sample.error
    estimate.note(sample.value, scheduler.monotonic())
    await sleep(bestWait(estimate.at(scheduler.monotonic())!, scheduler.now()))
  }
  return estimate.at(scheduler.monotonic())!
}
