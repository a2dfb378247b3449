import { isJustifiableAfter } from '@trine/state-transition/slots'
import type { Rules } from './events.ts'

/** Whether a slot may be justified while another is the last finalized one, and the reason in words. */
export type Justifiability = { readonly isJustifiable: boolean; readonly why: string }

/** Why a slot may be justified, or not: the back-off rule of 3SF-mini with its numbers. */
export function justifiability(slot: number, finalizedSlot: number, rules?: Rules): Justifiability {
  const distance = slot - finalizedSlot
  if (distance < 0) return { isJustifiable: false, why: `before the finalized slot ${finalizedSlot}` }
  if (rules?.distances !== undefined) return otherJustifiability(distance, finalizedSlot, rules.distances)
  const isJustifiable = isJustifiableAfter(slot, finalizedSlot)
  const after = `${distance} after finalized slot ${finalizedSlot}`
  if (!isJustifiable) {
    const [below, above] = neighbours(distance)
    return { isJustifiable, why: `${after}: not allowed, between ${product(below)} and ${product(above)}` }
  }
  if (distance <= 5) return { isJustifiable, why: `${after}: the first five slots are always allowed` }
  return { isJustifiable, why: `${after}: allowed, ${product(distance)}` }
}

function otherJustifiability(
  distance: number,
  finalizedSlot: number,
  distances: readonly number[],
): Justifiability {
  const isJustifiable = distances.includes(distance)
  const after = `${distance} after finalized slot ${finalizedSlot}`
  return {
    isJustifiable,
    why: `${after}: ${isJustifiable ? 'allowed' : 'not allowed'} by the rules of this run`,
  }
}

/** The first justifiable slots after `slot`; fewer where the rules of a run end. */
export function nextJustifiable(slot: number, finalizedSlot: number, count: number, rules?: Rules): number[] {
  if (rules?.distances !== undefined) {
    const slots = rules.distances.map((distance) => finalizedSlot + distance)
    return slots.filter((next) => next > slot).slice(0, count)
  }
  const found: number[] = []
  for (let next = Math.max(slot + 1, finalizedSlot); found.length < count; next++) {
    if (isJustifiableAfter(next, finalizedSlot)) found.push(next)
  }
  return found
}

/** The allowed distances around one that is not. */
function neighbours(distance: number): [number, number] {
  const root = Math.floor(Math.sqrt(distance))
  const [square, oblong, nextSquare] = [root * root, root * (root + 1), (root + 1) ** 2]
  return distance < oblong ? [square, oblong] : [oblong, nextSquare]
}

/** `12 = 3 x 4`: a square or the product of two neighbours. */
function product(distance: number): string {
  const root = Math.floor(Math.sqrt(distance))
  const other = root * root === distance ? root : root + 1
  return `${distance} = ${root} × ${other}`
}
