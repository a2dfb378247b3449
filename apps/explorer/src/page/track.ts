import type { Model } from '../model/model.ts'

/** Where the tracks begin, from top to bottom, in pixels. */
export type Geometry = {
  readonly ruler: number
  readonly laneHeight: number
  readonly firstLane: number
  readonly votes: number
  readonly votesHeight: number
  readonly finality: number
  readonly height: number
}

/** What every track is drawn with. */
export type Track = {
  readonly model: Model
  readonly first: number
  readonly last: number
  readonly slotWidth: number
  readonly geometry: Geometry
  readonly chosen: number
}

/** Lanes that a window is given room for at least, so that the page does not jump with every short branch. */
const USUAL_LANES = 2

export function geometryOf(slotWidth: number, lanes: number): Geometry {
  const ruler = 24
  const laneHeight = slotWidth >= 52 ? 58 : 40
  const tags = 50
  const votes = ruler + tags + Math.max(USUAL_LANES, lanes) * laneHeight
  const votesHeight = 92
  const finality = votes + votesHeight
  return {
    ruler,
    laneHeight,
    firstLane: ruler + tags + 16,
    votes,
    votesHeight,
    finality,
    height: finality + 84,
  }
}
