import type { AnswerOf, AskResult, JobId, Reply } from '@trine/actors'
import { defineLanes } from '@trine/actors'
import type { Result, Slot, ValidatorIndex } from '@trine/types'
import type { ChainMessage } from './chainMessages.ts'
import type { ChainStatus, SyncState, Tick, VoteReference } from './common.ts'
import type { DutyResult } from './events.ts'
import type { ReservationError, SignError } from './ports.ts'
import type { From, SendersOf } from './senders.ts'

/** What the ValidatorService is told. Meaning, lanes and senders of each: the package's README. */
export type ValidatorMessage =
  | Tick
  | ChainStatus
  | {
      readonly type: 'syncState'
      readonly state: SyncState
      readonly headSlot: Slot
      readonly targetSlot: Slot
    }
  | { readonly type: 'foreignVote'; readonly vote: VoteReference }
  | {
      readonly type: 'blockBuilt'
      readonly jobId: JobId
      readonly outcome: AskResult<AnswerOf<ChainMessage, 'buildBlock'>>
    }
  | {
      readonly type: 'attestationDataReady'
      readonly jobId: JobId
      readonly outcome: AskResult<AnswerOf<ChainMessage, 'getAttestationData'>>
    }
  | {
      readonly type: 'epochReserved'
      readonly jobId: JobId
      readonly outcome: AskResult<Result<'reserved', ReservationError>>
    }
  | {
      readonly type: 'signed'
      readonly jobId: JobId
      readonly outcome: AskResult<Result<Uint8Array, SignError>>
    }
  | { readonly type: 'getDuties'; readonly reply: Reply<DutiesView> }
  | {
      readonly type: 'pauseDuties'
      readonly reason: string
      readonly by?: PauseHolder
      readonly reply: Reply<boolean>
    }
  | { readonly type: 'resumeDuties'; readonly by?: PauseHolder; readonly reply: Reply<boolean> }

/**
 * Who pauses duties: the operator, unless said otherwise, or what watches the node's clock or its keys. Each ends its own
 * pause; only the operator lets validators act again that were seen signing elsewhere.
 */
export type PauseHolder = 'operator' | 'clockWatch' | 'keyWatch'

export type DutiesView = {
  /** Why no duties are done now; undefined when they are. */
  readonly pausedBecause: string | undefined
  readonly validators: readonly {
    readonly validatorIndex: ValidatorIndex
    readonly nextProposal: Slot
    /** The last duties, latest first. */
    readonly lastResults: readonly DutyResult[]
  }[]
}

export const validatorLanes = defineLanes<ValidatorMessage>()({
  lanes: {
    time: { rank: 0, capacity: 16, whenFull: 'refuse' },
    results: { rank: 1, capacity: 16384, whenFull: 'refuse' },
    chain: { rank: 2, capacity: 1024, whenFull: 'refuse' },
    queries: { rank: 3, capacity: 64, whenFull: 'refuse' },
  },
  laneOf: {
    tick: 'time',
    blockBuilt: 'results',
    attestationDataReady: 'results',
    epochReserved: 'results',
    signed: 'results',
    chainStatus: 'chain',
    syncState: 'chain',
    foreignVote: 'chain',
    getDuties: 'queries',
    pauseDuties: 'queries',
    resumeDuties: 'queries',
  },
})

export const validatorSenders = {
  tick: ['clock'],
  blockBuilt: ['validator'],
  attestationDataReady: ['validator'],
  epochReserved: ['validator'],
  signed: ['validator'],
  chainStatus: ['chain'],
  syncState: ['sync'],
  foreignVote: ['chain'],
  getDuties: ['api'],
  pauseDuties: ['api'],
  resumeDuties: ['api'],
} as const satisfies SendersOf<ValidatorMessage>

/** What one sender may tell the validator. */
export type ValidatorMessageFrom<S extends string> = From<ValidatorMessage, typeof validatorSenders, S>
