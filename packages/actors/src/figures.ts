/** What one lane has seen so far. Times are milliseconds, summed over messages. */
export type LaneFigures = {
  readonly lane: string
  readonly rank: number
  readonly capacity: number
  /** Messages waiting now, and the most there ever were. */
  readonly depth: number
  readonly deepest: number
  /** Messages taken in, handled by the actor, refused at the door, pushed out by newer ones. */
  readonly accepted: number
  readonly handled: number
  readonly refused: number
  readonly dropped: number
  /** Time between acceptance and handling. */
  readonly waitTotal: number
  readonly waitMax: number
  /** Time spent in the handler, awaiting included. */
  readonly busyTotal: number
  readonly busyMax: number
}

/** A lane with more in it than it may hold. */
export type OverfullLane = LaneFigures & { readonly actor: string }

export type ActorFigures = {
  readonly actor: string
  readonly state: 'waiting' | 'running' | 'draining' | 'stopped'
  readonly restarts: number
  readonly failures: number
  /** Results of jobs and requests that arrived for nobody: the actor had restarted, stopped or forgotten them. */
  readonly staleResults: number
  readonly lanes: readonly LaneFigures[]
}
