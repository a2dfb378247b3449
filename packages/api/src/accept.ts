import { type Result, success } from '@trine/types'
import { type ApiFailure, apiFailure } from './failure.ts'
import type { Representation } from './route.ts'

const MEDIA_TYPES: Readonly<Record<Representation, string>> = {
  json: 'application/json',
  ssz: 'application/octet-stream',
  stream: 'text/event-stream',
}

/**
 * The representation that an Accept header likes best; among equals the one that stands first in `offered`.
 *
 * @returns NOT_ACCEPTABLE when the header rules all of them out
 */
export function preferred(
  accept: string | undefined,
  offered: readonly Representation[],
): Result<Representation, ApiFailure> {
  if (accept === undefined || accept.trim() === '' || offered.length === 0)
    return success(offered[0] ?? 'json')
  const ranges = accept.slice(0, 1000).split(',').map(readRange)
  let best: Representation | undefined
  let bestQuality = 0
  for (const representation of offered) {
    const quality = qualityOf(MEDIA_TYPES[representation], ranges)
    if (quality > bestQuality) {
      best = representation
      bestQuality = quality
    }
  }
  if (best !== undefined) return success(best)
  const types = offered.map((representation) => MEDIA_TYPES[representation]).join(' or ')
  return apiFailure('NOT_ACCEPTABLE', `accept: expected ${types}, got ${JSON.stringify(accept.slice(0, 80))}`)
}

type Range = { readonly type: string; readonly quality: number }

function readRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const quality = parameters.find((parameter) => parameter.startsWith('q='))
  const value = quality === undefined ? 1 : Number(quality.slice(2))
  return { type, quality: value >= 0 && value <= 1 ? value : 0 }
}

/** The most precise range that covers the type decides. */
function qualityOf(type: string, ranges: readonly Range[]): number {
  const family = `${type.slice(0, type.indexOf('/'))}/*`
  for (const pattern of [type, family, '*/*']) {
    const range = ranges.find((candidate) => candidate.type === pattern)
    if (range !== undefined) return range.quality
  }
  return 0
}
