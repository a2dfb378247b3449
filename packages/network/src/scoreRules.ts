import type { Offence } from '@trine/messages'

/**
 * How peers are scored. A score is 0 at first and never above; offences lower it, time brings it back.
 *
 * The costs are meant for devnets: a peer that is slow, or that passes on what it did not check, stays connected; one
 * that keeps breaking the protocol is gone within seconds.
 */
export type ScoreRules = {
  readonly costs: Readonly<Record<Offence | 'rejectedGossip' | 'flooding', number>>
  /** At or below it a peer is served an eighth of what others are. A peer that comes back must be above it. */
  readonly throttleAt: number
  readonly disconnectAt: number
  readonly banAt: number
  readonly banMilliseconds: number
  /** What is left of a score after a slot. */
  readonly keptPerSlot: number
  /** A peer of another chain is refused for so long: chains do not grow together, but peers are restarted. */
  readonly otherChainMilliseconds: number
}

export const defaultScoreRules: ScoreRules = {
  costs: { late: 1, useless: 4, rejectedGossip: 5, flooding: 5, invalid: 20, malicious: 100 },
  throttleAt: -20,
  disconnectAt: -50,
  banAt: -100,
  banMilliseconds: 600_000,
  keptPerSlot: 0.98,
  otherChainMilliseconds: 60_000,
}
