import type { AskResult, JobId } from '@trine/actors'
import { defineLanes } from '@trine/actors'
import type { ChainMessageFrom, NetworkMessageFrom, Tick } from '@trine/messages'
import type { Result, Slot } from '@trine/types'
import type { HttpError, HttpResponse } from './http.ts'

/** What the actor is told that stands in for chain and network: what a ValidatorService tells these, and its own. */
export type NodesMessage =
  | Tick
  | ChainMessageFrom<'validator'>
  | NetworkMessageFrom<'validator'>
  /** All votes of the slot that were begun have ended, signed or not. */
  | { readonly type: 'votesEnded'; readonly slot: Slot }
  | {
      readonly type: 'answered'
      readonly jobId: JobId
      readonly outcome: AskResult<Result<HttpResponse, HttpError>>
    }
  | { readonly type: 'timerFired'; readonly timerId: number }

export const nodesLanes = defineLanes<NodesMessage>()({
  lanes: {
    time: { rank: 0, capacity: 16, whenFull: 'refuse' },
    results: { rank: 1, capacity: 4096, whenFull: 'refuse' },
    timers: { rank: 2, capacity: 256, whenFull: 'refuse' },
    duties: { rank: 3, capacity: 64, whenFull: 'refuse' },
    // Votes and the news that there are no more of them keep their order.
    publish: { rank: 4, capacity: 16384, whenFull: 'refuse' },
  },
  laneOf: {
    tick: 'time',
    answered: 'results',
    timerFired: 'timers',
    buildBlock: 'duties',
    getAttestationData: 'duties',
    ownBlock: 'publish',
    ownAttestation: 'publish',
    publishBlock: 'publish',
    publishAttestation: 'publish',
    votesEnded: 'publish',
  },
})
