import type { Slot, ValidatorIndex } from '@trine/types'
import type { Verdict } from './common.ts'
import type { DutyKind } from './events.ts'

/** What validators ask of a node outside of their process. */
export type RemoteStep =
  | 'spec'
  | 'genesis'
  | 'status'
  | 'head'
  | 'attestationData'
  | 'blockData'
  | 'submitBlock'
  | 'submitVotes'

/**
 * How a request ended. refused: the node answered with an error. malformed: no answer of the route. untrue: an answer
 * that contradicts the question, the network or itself.
 */
export type RemoteOutcome = 'ok' | 'unreachable' | 'timeout' | 'refused' | 'malformed' | 'untrue'

/** ready: duties are done with it. failing: its last answer was no good one. otherNetwork: it is never asked for duties. */
export type RemoteState = 'unknown' | 'ready' | 'syncing' | 'failing' | 'otherNetwork'

/** What happens between validators and the nodes outside of their process. `node` is its name; times are milliseconds. */
export type RemoteEvent =
  | {
      readonly type: 'remoteRequest'
      readonly node: string
      readonly step: RemoteStep
      readonly outcome: RemoteOutcome
      /** Why it did not end well; empty when it did. */
      readonly reason: string
      readonly time: number
    }
  | {
      readonly type: 'remoteState'
      readonly node: string
      readonly state: RemoteState
      readonly reason: string
    }
  /** Data for a duty is here: of this node, after so many requests, all of its waiting included. */
  | {
      readonly type: 'remoteData'
      readonly kind: DutyKind
      readonly slot: Slot
      readonly node: string
      readonly requests: number
      /** The head had moved when it was looked at again, so the data was fetched anew. */
      readonly wasOutdated: boolean
      readonly time: number
    }
  /** A node judged what was handed in. What it knew already counts as taken. */
  | {
      readonly type: 'remoteSubmission'
      readonly kind: DutyKind
      readonly slot: Slot
      readonly node: string
      readonly taken: number
      readonly failures: readonly RemoteRefusal[]
      readonly time: number
    }
  /** No node took what these validators signed. */
  | {
      readonly type: 'remoteLost'
      readonly kind: DutyKind
      readonly slot: Slot
      readonly validators: readonly ValidatorIndex[]
      readonly reason: string
    }

/** A signed vote or block that a node did not accept. */
export type RemoteRefusal = {
  readonly validatorIndex: ValidatorIndex
  readonly verdict: Exclude<Verdict, 'accept'>
  readonly reason: string
}
