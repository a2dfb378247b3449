import type { HeadHistory } from '../model/compare.ts'
import type { Model } from '../model/model.ts'

/** How a node is heard. In words for people, `isLive` for the page. */
export type Connection = { readonly isLive: boolean; readonly text: string }

/** Where models come from: nodes that are listened to, or a recording at a moment. */
export interface Source {
  readonly title: string
  readonly nodes: readonly string[]
  modelOf(node: number): Model
  standings(): readonly HeadHistory[]
  connectionOf(node: number): Connection
  /** Time travel; undefined for what is live. */
  readonly time: TimeControl | undefined
  /** Calls back after changes, at most once per frame. */
  subscribe(listener: () => void): () => void
}

export interface TimeControl {
  readonly firstTick: number
  readonly lastTick: number
  readonly ticksPerSlot: number
  readonly tick: number
  readonly description: string
  readonly votesFrom: number
  goTo(tick: number): void
  nextChange(node: number, direction: 1 | -1): number | undefined
}
