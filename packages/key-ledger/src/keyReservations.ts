import type { ReservationError } from '@trine/messages'
import { failure, type Result, type Slot, success, toHex } from '@trine/types'
import { describeFailure } from './errors.ts'
import type { OpenKey } from './openKey.ts'
import { EPOCH_LIMIT } from './record.ts'

/** The reservations of one key. */
export class KeyReservations {
  readonly #key: OpenKey
  readonly #reservedAhead: number
  /** The first epoch that was not asked for yet. */
  #nextFree: Slot
  /** The last write under way; writes follow one another. */
  #writing: Promise<unknown> = Promise.resolve()
  #isClosed = false

  constructor(key: OpenKey, reservedAhead: number) {
    this.#key = key
    this.#reservedAhead = reservedAhead
    this.#nextFree = key.ledger.latest.nextEpoch
  }

  get highestReserved(): Slot | undefined {
    return this.#nextFree === 0 ? undefined : this.#nextFree - 1
  }

  /** Whether none was given out since somebody said where to go on. */
  get isTold(): boolean {
    return this.#key.ledger.latest.isTold === true
  }

  /** Calls `answer` at once when the epoch is within what is durable already, else after the write. */
  reserve(epoch: Slot, answer: (result: Result<'reserved', ReservationError>) => void): void {
    if (this.#isClosed) return answer(unavailable('the ledger is closed'))
    if (!Number.isInteger(epoch) || epoch < 0 || epoch >= EPOCH_LIMIT) {
      return answer(unavailable(`expected an epoch below ${EPOCH_LIMIT}, got ${epoch}`))
    }
    if (epoch < this.#nextFree) {
      const name = toHex(this.#key.publicKey).slice(0, 18)
      const message = `expected an epoch of at least ${this.#nextFree} for key ${name}, got ${epoch}`
      return answer(failure({ code: 'EPOCH_USED', message }))
    }
    this.#nextFree = epoch + 1
    if (epoch < this.#durableEnd) {
      answer(success('reserved'))
      if (this.#durableEnd - this.#nextFree < this.#reservedAhead / 2) this.#extendBeyond(this.#durableEnd)
      return
    }
    this.#extendBeyond(epoch).then((problem) => {
      answer(epoch < this.#durableEnd ? success('reserved') : unavailable(problem))
    })
  }

  /** Gives back what was reserved ahead, closes the files, then releases the lock. Rejects when the disk does. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#writing
    const { ledger, marker, lock } = this.#key
    try {
      await this.#write(this.#nextFree, true)
    } finally {
      await Promise.allSettled([ledger.close(), marker.close()])
      await lock.release()
    }
  }

  get #durableEnd(): Slot {
    return this.#key.ledger.latest.nextEpoch
  }

  /** Makes an epoch durable, and more ahead of what was asked for, unless it is already. Resolves to what went wrong. */
  #extendBeyond(epoch: Slot): Promise<string> {
    const outcome = this.#writing.then(async () => {
      if (epoch < this.#durableEnd) return ''
      try {
        await this.#write(Math.min(this.#nextFree + this.#reservedAhead, EPOCH_LIMIT), false)
        return ''
      } catch (error) {
        return describeFailure(error)
      }
    })
    this.#writing = outcome
    return outcome
  }

  async #write(nextEpoch: Slot, isClosing: boolean): Promise<void> {
    const { ledger, marker } = this.#key
    // What is written before the end is written for an epoch that is given out.
    const isTold = isClosing && this.isTold
    const record = { ...ledger.latest, sequence: ledger.latest.sequence + 1, nextEpoch, isClosing, isTold }
    await ledger.write(record)
    await marker.write(record)
  }
}

function unavailable(message: string) {
  return failure<ReservationError>({ code: 'UNAVAILABLE', message })
}
