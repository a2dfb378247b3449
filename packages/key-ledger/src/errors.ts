import { failure } from '@trine/types'

/**
 * Why a ledger is not opened.
 *
 * - LOCKED: another process has it.
 * - DAMAGED: no readable record is left.
 * - NEWER_VERSION: written by a later format.
 * - OTHER_KEY: the file belongs to another public key.
 * - OTHER_GENESIS: the key signed for another genesis.
 * - OLDER_LEDGER: the marker knows of a later record: the ledger was restored from a copy, or lost its last record.
 * - MARKER_MISSING, LEDGER_MISSING: one of the two files is not there.
 * - HANDED_OVER: the key was given to another machine.
 * - EPOCHS_USED: a handover for a slot that may have been signed for.
 * - FILE_FAILED: the disk refused.
 */
export type LedgerErrorCode =
  | 'LOCKED'
  | 'DAMAGED'
  | 'NEWER_VERSION'
  | 'OTHER_KEY'
  | 'OTHER_GENESIS'
  | 'OLDER_LEDGER'
  | 'MARKER_MISSING'
  | 'LEDGER_MISSING'
  | 'HANDED_OVER'
  | 'EPOCHS_USED'
  | 'FILE_FAILED'

export type LedgerError = { readonly code: LedgerErrorCode; readonly message: string }

export function refuse(code: LedgerErrorCode, message: string) {
  return failure<LedgerError>({ code, message })
}

export function describeFailure(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
