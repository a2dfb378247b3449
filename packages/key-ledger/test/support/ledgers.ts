import type { Reservation, ReservationError } from '@trine/messages'
import type { Result } from '@trine/types'
import { type DurableKeyLedger, type KeyLedgerOptions, openKeyLedger } from '../../src/index.ts'

export const publicKey = Uint8Array.from({ length: 52 }, (_, index) => index + 1)
export const genesisRoot = new Uint8Array(32).fill(7)
export const message = new Uint8Array(32)

export type Outcome = Result<'reserved', ReservationError>

/** A reservation as a promise. */
export function reserve(ledger: DurableKeyLedger, epoch: number, key = publicKey): Promise<Outcome> {
  const reservation: Reservation = { publicKey: key, epoch, message }
  return new Promise((resolve) => {
    const answer = (outcome: Outcome) => {
      resolve(outcome)
      return true
    }
    ledger.reserve(reservation, { answer, refuse: () => false, isOpen: true })
  })
}

/** `reserved`, or the code of the error. */
export async function outcomeOf(ledger: DurableKeyLedger, epoch: number, key = publicKey): Promise<string> {
  const outcome = await reserve(ledger, epoch, key)
  return outcome.ok ? outcome.value : outcome.error.code
}

export function open(options: Partial<KeyLedgerOptions> & Pick<KeyLedgerOptions, 'files'>) {
  return openKeyLedger({ folder: 'keys', publicKeys: [publicKey], genesisRoot, ...options })
}

export async function opened(
  options: Partial<KeyLedgerOptions> & Pick<KeyLedgerOptions, 'files'>,
): Promise<DurableKeyLedger> {
  const result = await open(options)
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
  return result.value
}
