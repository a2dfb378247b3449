import type { Reply } from '@trine/actors'
import type {
  Checkpoint,
  Result,
  RootHex,
  SignedAttestation,
  Slot,
  State,
  ValidatorIndex,
} from '@trine/types'
import type { BlockReference, RootedBlock } from './common.ts'
import type { NodeEvent } from './events.ts'

/**
 * Ports: what a service needs from outside and is handed in at its start. Each takes a `Reply` (made with
 * `context.expect`), so that its result comes back to the service as a message, in a later turn even if the port answers
 * at once. Pools of workers, files, models for simulations stand behind them.
 */

/** One signature to verify. `SignatureCheck` of @trine/state-transition is one. */
export type VerificationItem = {
  /** 52 bytes. */
  readonly publicKey: Uint8Array
  /** The slot of the vote, below 2^32. */
  readonly epoch: Slot
  /** 32 bytes: hash tree root of the attestation. */
  readonly message: Uint8Array
  /** In the network's encoding; any length may come in. */
  readonly signature: Uint8Array
}

/** Verifies signatures. Bad input of any shape is `false`, never an error. */
export interface Verifier {
  /** Answers with one verdict per item, in the same order. Batches are cheaper than single items. */
  verify(items: readonly VerificationItem[], reply: Reply<readonly boolean[]>): void
}

export type SignRequest = {
  readonly validatorIndex: ValidatorIndex
  /** The slot of the vote. */
  readonly epoch: Slot
  /** 32 bytes: hash tree root of the attestation. */
  readonly message: Uint8Array
}

/** UNKNOWN_VALIDATOR: no key here. EPOCH_OUT_OF_RANGE: not within the key's lifetime. FAILED: the signer broke. */
export type SignError = {
  readonly code: 'UNKNOWN_VALIDATOR' | 'EPOCH_OUT_OF_RANGE' | 'FAILED'
  readonly message: string
}

/** Holds the keys. It signs what it is told to: asking the ledger first is the caller's duty. */
export interface Signer {
  readonly validators: readonly ValidatorIndex[]
  /** Answers with the signature in the network's encoding. */
  sign(request: SignRequest, reply: Reply<Result<Uint8Array, SignError>>): void
  /** 52 bytes; undefined for a validator whose key is not here. */
  publicKeyOf(validatorIndex: ValidatorIndex): Uint8Array | undefined
}

export type Reservation = {
  /** 52 bytes: epochs belong to keys, not to validator indices. */
  readonly publicKey: Uint8Array
  readonly epoch: Slot
  /** 32 bytes: what will be signed; kept for the record only. The same message again is refused too. */
  readonly message: Uint8Array
}

/**
 * EPOCH_USED: it, or a later epoch, was reserved before, in this life or an earlier one: never sign.
 * UNAVAILABLE: the ledger could not make the reservation durable: do not sign.
 */
export type ReservationError = { readonly code: 'EPOCH_USED' | 'UNAVAILABLE'; readonly message: string }

/**
 * The ledger of one-time keys: every epoch of a key is given out once, whatever crashes between. `ok` means that the
 * reservation is durable; only then may a signature be made.
 */
export interface KeyLedger {
  reserve(reservation: Reservation, reply: Reply<Result<'reserved', ReservationError>>): void
  /** Highest epoch reserved for a key; undefined when there is none. */
  highestReserved(publicKey: Uint8Array): Slot | undefined
}

/** What the chain writes at one time: all of it or nothing. */
export type StoreBatch = {
  readonly blocks: readonly RootedBlock[]
  /** Post-states by block root, those of `blocks` among them. */
  readonly states: readonly { readonly root: RootHex; readonly state: State }[]
  /** Blocks that became final with this batch, oldest first: they get an entry in the index by slot. */
  readonly finalizedPath: readonly BlockReference[]
  readonly head: BlockReference
  readonly safeTarget: BlockReference
  readonly justified: BlockReference
  readonly finalized: BlockReference
  /** The clock of fork choice, in intervals since genesis. */
  readonly time: number
  /** Those validators whose latest votes are not the ones that were written last. */
  readonly votes: readonly StoredVotes[]
  /**
   * Roots of blocks, and of their states, that can be forgotten: off the finalized chain. After an outage some of
   * `blocks` may be among them.
   */
  readonly discarded: readonly RootHex[]
}

/** The last batch's heads: where a restart begins. */
export type StoredHeads = Pick<StoreBatch, 'head' | 'safeTarget' | 'justified' | 'finalized' | 'time'>

/** The latest votes of a validator as fork choice has them: one that counts, and one that waits for the next acceptance. */
export type StoredVotes = {
  readonly validatorIndex: ValidatorIndex
  readonly known?: SignedAttestation | undefined
  readonly new?: SignedAttestation | undefined
}

/** A block as it was imported, with what its post-state says of checkpoints: enough for fork choice. */
export type StoredImport = RootedBlock & {
  readonly latestJustified: Checkpoint
  readonly latestFinalized: Checkpoint
}

/** What a store has of the final chain, counted from its end: what it lacks is before that. */
export type StoredHistory = {
  /** The lowest block of the index of final blocks. */
  readonly lowest: BlockReference
  /**
   * From a stored final state: roots of the blocks before `lowest`, 32 bytes for each slot from 0 on, zeros where there
   * is no block.
   */
  readonly roots: Uint8Array
}

export type WriteOutcome = Result<'written', { readonly code: 'FAILED'; readonly message: string }>

/** Blocks and states on disk or in memory. What is asked for and not there is `undefined`. */
export interface BlockStore {
  /** Answers when the batch is durable. Batches are applied in the order of these calls. */
  write(batch: StoreBatch, reply: Reply<WriteOutcome>): void
  readHeads(reply: Reply<StoredHeads | undefined>): void
  readBlock(root: RootHex, reply: Reply<RootedBlock | undefined>): void
  /** Only some states are stored; `readStoredStates` says which. */
  readState(root: RootHex, reply: Reply<State | undefined>): void
  /** The blocks whose states are stored, by slot. */
  readStoredStates(reply: Reply<readonly BlockReference[]>): void
  /**
   * The next blocks after a slot, of the chain and beside it, by slot: some dozens, all of each slot that is begun. None
   * after the last one.
   */
  readImports(after: Slot, reply: Reply<readonly StoredImport[]>): void
  /** The latest votes of all validators, as of the last batch. */
  readVotes(reply: Reply<readonly StoredVotes[]>): void
  /** Root of the finalized block at a slot. */
  readFinalizedRoot(slot: Slot, reply: Reply<RootHex | undefined>): void
}

/** The side of a BlockStore where blocks from before the chain's anchor come in. */
export interface HistoryStore {
  /**
   * Adds final blocks, with their entries in the index by slot: all of them or none. Nothing else changes, and
   * `readImports` leaves them out, for they have no post-states. Takes turns with `write`.
   */
  writeHistory(blocks: readonly RootedBlock[], reply: Reply<WriteOutcome>): void
  /** Where the final chain begins in the store; undefined before a block after the anchor is final. */
  readHistory(reply: Reply<StoredHistory | undefined>): void
}

/** Takes what happened, for the API, metrics and logs. Returns at once, never throws, may lose events under load. */
export interface EventSink {
  emit(event: NodeEvent): void
}
