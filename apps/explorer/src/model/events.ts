/**
 * What the page's model is told. Live, the adapter makes these of the API's answers and events; from a file, the
 * player makes them of a recording. Nothing else knows either.
 */

/** 0x and 64 hex digits, or whatever names a block where it comes from. */
export type Root = string

export type Reference = { readonly root: Root; readonly slot: number }

/** A vote as the model keeps it; `source` is missing where the model replayed has none. */
export type VoteContent = {
  readonly validatorIndex: number
  readonly slot: number
  readonly head: Reference
  readonly target: Reference
  readonly source: Reference | undefined
}

export type VoteOrigin = 'gossip' | 'block' | 'own'

export type DutyOutcome = {
  readonly kind: 'block' | 'attestation'
  readonly slot: number
  readonly validatorIndex: number
  readonly outcome: 'published' | 'skipped' | 'failed'
  readonly reason: string
  /** Milliseconds of waiting for data, ledger and signature together. */
  readonly milliseconds: number
}

export type Peer = {
  readonly peerId: string
  readonly direction: 'inbound' | 'outbound' | 'unknown'
  readonly score: number | undefined
  /** What it runs, or speaks, in its own words. */
  readonly dialect: string | undefined
  /** Milliseconds of a round trip. */
  readonly latency: number | undefined
  readonly headSlot: number | undefined
  readonly finalizedSlot: number | undefined
  readonly isConnected: boolean
}

/** One lane of an actor's mailbox. Times are milliseconds. */
export type Lane = {
  readonly lane: string
  readonly capacity: number
  readonly depth: number
  readonly deepest: number
  readonly handled: number
  readonly refused: number
  readonly dropped: number
  readonly meanWait: number
  readonly longestWait: number
  readonly meanBusy: number
}

export type Mailbox = {
  readonly actor: string
  readonly state: string
  readonly restarts: number
  readonly failures: number
  readonly lanes: readonly Lane[]
}

/** A validator whose key this node holds. */
export type OwnValidator = {
  readonly validatorIndex: number
  /** The first slot that its key cannot sign; undefined where the source does not say. */
  readonly keyEnd: number | undefined
}

/** Where a network's rules are not those of devnet-1. */
export type Rules = {
  /** Votes that justify a target. */
  readonly needed: number
  /** Distances from the finalized slot that may be justified, ascending; those of 3SF-mini without it. */
  readonly distances: readonly number[] | undefined
  /** Quarter of the slot from which on a vote is late. */
  readonly lateFrom: number
}

export type ModelEvent =
  | {
      readonly type: 'setup'
      readonly name: string
      readonly validatorCount: number
      readonly ticksPerSlot: number
      /** Milliseconds since the epoch; undefined where time is virtual. */
      readonly genesisTime: number | undefined
      readonly millisecondsPerTick: number
      readonly rules?: Rules | undefined
    }
  /** Time goes on: `tick` counts intervals since the beginning of slot 0 (steps, in a replay). */
  | { readonly type: 'tick'; readonly tick: number }
  | {
      readonly type: 'block'
      readonly block: Reference
      readonly parentRoot: Root
      readonly proposerIndex: number
      /** How many votes are in its body; undefined when unknown. */
      readonly votes: number | undefined
      readonly origin: 'gossip' | 'request' | 'own' | 'stored'
      /** When it was imported, in ticks; now without it. */
      readonly at?: number
    }
  | { readonly type: 'head'; readonly head: Reference }
  | { readonly type: 'safeTarget'; readonly safeTarget: Reference }
  | { readonly type: 'justified'; readonly checkpoint: Reference }
  | { readonly type: 'finalized'; readonly checkpoint: Reference }
  | {
      readonly type: 'vote'
      readonly vote: VoteContent
      readonly origin: VoteOrigin
      /** When it was heard, in ticks; now without it. */
      readonly at?: number
    }
  /** All votes from this slot on are known; of earlier ones nobody can say who was missing. */
  | { readonly type: 'watched'; readonly from: number }
  /** Weights as the node told them, for votes that were cast before we listened. */
  | { readonly type: 'weights'; readonly weights: ReadonlyMap<Root, number> }
  | {
      readonly type: 'equivocation'
      readonly kind: 'twoVotes' | 'twoBlocks'
      readonly validatorIndex: number
      readonly slot: number
      readonly isProof: boolean
    }
  | { readonly type: 'reorg'; readonly from: Reference; readonly to: Reference; readonly depth: number }
  | { readonly type: 'duty'; readonly duty: DutyOutcome }
  | { readonly type: 'dutiesPaused'; readonly reason: string | undefined }
  | { readonly type: 'ownValidators'; readonly validators: readonly OwnValidator[] }
  | { readonly type: 'peers'; readonly peers: readonly Peer[] }
  | { readonly type: 'peer'; readonly peer: Partial<Peer> & { readonly peerId: string } }
  | { readonly type: 'mailboxes'; readonly mailboxes: readonly Mailbox[] }
  | {
      readonly type: 'sync'
      readonly state: 'idle' | 'syncing' | 'synced'
      readonly headSlot: number
      readonly targetSlot: number
    }
  /** Something an operator should read. */
  | { readonly type: 'notice'; readonly level: 'info' | 'warning' | 'error'; readonly text: string }
