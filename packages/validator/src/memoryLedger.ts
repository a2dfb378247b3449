import type { Reply } from '@trine/actors'
import type { KeyLedger, Reservation, ReservationError } from '@trine/messages'
import { failure, type Result, type Slot, success, toHex } from '@trine/types'

/**
 * A one-time-key ledger that lives as long as the object: for simulations, where it outlives the crashes of its node.
 * A real node needs one that is durable.
 */
export class MemoryLedger implements KeyLedger {
  readonly #highest = new Map<string, Slot>()

  reserve({ publicKey, epoch }: Reservation, reply: Reply<Result<'reserved', ReservationError>>): void {
    const key = toHex(publicKey)
    const highest = this.#highest.get(key) ?? -1
    if (epoch <= highest) {
      const message = `expected an epoch above ${highest} for key ${key.slice(0, 18)}, got ${epoch}`
      reply.answer(failure({ code: 'EPOCH_USED', message }))
      return
    }
    this.#highest.set(key, epoch)
    reply.answer(success('reserved'))
  }

  highestReserved(publicKey: Uint8Array): Slot | undefined {
    return this.#highest.get(toHex(publicKey))
  }
}
