import type { Reply } from '@trine/actors'
import type { KeyLedger, Reservation, ReservationError } from '@trine/messages'
import { failure, type Result, type Slot, success, toHex } from '@trine/types'
import type { LedgerError } from './errors.ts'
import type { LedgerFiles } from './files.ts'
import { KeyReservations } from './keyReservations.ts'
import { type LedgerPlace, openKey, pathsOf } from './openKey.ts'

export type KeyLedgerOptions = LedgerPlace & {
  readonly files: LedgerFiles
  /** 52 bytes each. */
  readonly publicKeys: readonly Uint8Array[]
  /** 32 bytes: root of the genesis block. A key that signed for another genesis is refused. */
  readonly genesisRoot: Uint8Array
  /**
   * Epochs reserved in advance, so that signing does not wait for the disk: 8 unless given. A crash loses what was
   * reserved and not used; an orderly end gives it back.
   */
  readonly reservedAhead?: number
  /**
   * The operator's word that nothing was signed for this slot or a later one. Only with it does a ledger open that is
   * older than its marker, damaged, or without one of its files.
   */
  readonly resumeAt?: Slot | undefined
}

/** A KeyLedger on disk. */
export interface DurableKeyLedger extends KeyLedger {
  /**
   * Whether a key's highest epoch is only what was said: by the operator, or by another machine that handed the key over.
   * Until an epoch is given out nothing shows that the key is used here.
   */
  isTold(publicKey: Uint8Array): boolean
  /** To be awaited before the process ends. Rejects when the disk fails; the locks are released all the same. */
  close(): Promise<void>
}

/** Opens the ledgers of all these keys, or none of them: the error names the file and says what to do. */
export async function openKeyLedger(
  options: KeyLedgerOptions,
): Promise<Result<DurableKeyLedger, LedgerError>> {
  const { files, publicKeys, genesisRoot, reservedAhead = 8, resumeAt } = options
  const keys = new Map<string, KeyReservations>()
  const close = async () => {
    const closed = await Promise.allSettled([...keys.values()].map((key) => key.close()))
    const failed = closed.find((outcome) => outcome.status === 'rejected')
    if (failed) throw failed.reason
  }
  for (const publicKey of publicKeys) {
    const paths = pathsOf(options, publicKey)
    const opened = await openKey({ files, paths, publicKey, genesisRoot, resumeAt })
    if (!opened.ok) {
      await close().catch(() => {})
      return opened
    }
    keys.set(toHex(publicKey), new KeyReservations(opened.value, reservedAhead))
  }
  return success({
    close,
    highestReserved: (publicKey) => keys.get(toHex(publicKey))?.highestReserved,
    isTold: (publicKey) => keys.get(toHex(publicKey))?.isTold ?? false,
    reserve({ publicKey, epoch }: Reservation, reply: Reply<Result<'reserved', ReservationError>>) {
      const key = keys.get(toHex(publicKey))
      if (key) return key.reserve(epoch, (result) => void reply.answer(result))
      const message = `no ledger is open for key ${toHex(publicKey)}`
      reply.answer(failure({ code: 'UNAVAILABLE', message }))
    },
  })
}
