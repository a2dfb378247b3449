import type { StoredVotes } from '@trine/messages'
import {
  decode,
  describeDecodeError,
  type SignedAttestation,
  type SignedTypes,
  type ValidatorIndex,
} from '@trine/types'
import { asBytes, type Database, del, type Operations, put } from './database.ts'
import { boundsOf, latestVotesKey, voteKey } from './keys.ts'

type Snapshot = ReturnType<Database['snapshot']>

type Lane = 'known' | 'new'

const LANES: readonly Lane[] = ['known', 'new']

/** Numbers of the rows of a validator's latest votes, and the votes where they were written in this life; 0 for none. */
type Entry = { readonly [L in Lane]: { readonly id: number; readonly vote?: SignedAttestation | undefined } }

const NONE = { id: 0 } as const

/**
 * The rows of latest votes. A vote is written once, when it is new; that it counts from then on is a small row. So a
 * vote costs its own bytes, not those of all votes at every change.
 */
export class VoteRows {
  readonly #database: Pick<Database, 'get' | 'iterator' | 'snapshot'>
  readonly #type: SignedTypes['signedAttestationType']
  readonly #entries = new Map<ValidatorIndex, Entry>()

  constructor(
    database: Pick<Database, 'get' | 'iterator' | 'snapshot'>,
    type: SignedTypes['signedAttestationType'],
  ) {
    this.#database = database
    this.#type = type
  }

  /** Writes changed votes; what is returned is to be called when the batch is durable. */
  async putInto(operations: Operations, changed: readonly StoredVotes[]): Promise<() => void> {
    const written: [ValidatorIndex, Entry][] = []
    for (const votes of changed) {
      const before = this.#entries.get(votes.validatorIndex) ?? (await this.#readEntry(votes.validatorIndex))
      written.push([votes.validatorIndex, this.#putVotes(operations, votes, before)])
    }
    return () => {
      for (const [validatorIndex, entry] of written) this.#entries.set(validatorIndex, entry)
    }
  }

  /** After a batch that failed: what is on the disk has to be looked at again. */
  forget(): void {
    this.#entries.clear()
  }

  /** The latest votes of all validators, as they are at this moment; throws when one cannot be read. */
  async readAll(): Promise<StoredVotes[]> {
    // A batch that is written meanwhile deletes rows that others name.
    const snapshot = this.#database.snapshot()
    try {
      const all: StoredVotes[] = []
      for await (const [key, row] of this.#database.iterator({ ...boundsOf('latestVotes'), snapshot })) {
        const validatorIndex = new DataView(key.buffer, key.byteOffset).getUint32(1)
        const { known, new: waiting } = entryOf(row)
        all.push({
          validatorIndex,
          known: await this.#readVote(validatorIndex, known.id, snapshot),
          new: await this.#readVote(validatorIndex, waiting.id, snapshot),
        })
      }
      return all
    } finally {
      await snapshot.close()
    }
  }

  #putVotes(operations: Operations, votes: StoredVotes, before: Entry): Entry {
    const { validatorIndex } = votes
    const after = { known: NONE as Entry[Lane], new: NONE as Entry[Lane] }
    const kept = LANES.map((lane) => before[lane].id)
    for (const lane of LANES) {
      const vote = votes[lane]
      if (vote === undefined) continue
      const same = LANES.map((earlier) => before[earlier]).find((earlier) => earlier.vote === vote)
      after[lane] = same ?? { id: freeId(vote, [...kept, after.known.id]), vote }
      if (same === undefined)
        operations.push(put(voteKey(validatorIndex, after[lane].id), this.#type.serialize(vote)))
    }
    for (const id of new Set(kept)) {
      if (id !== 0 && LANES.every((lane) => after[lane].id !== id))
        operations.push(del(voteKey(validatorIndex, id)))
    }
    const row = new Uint8Array(16)
    for (const [index, lane] of LANES.entries()) {
      new DataView(row.buffer).setBigUint64(8 * index, BigInt(after[lane].id))
    }
    operations.push(put(latestVotesKey(validatorIndex), row))
    return after
  }

  async #readEntry(validatorIndex: ValidatorIndex): Promise<Entry> {
    const row = await this.#database.get(latestVotesKey(validatorIndex))
    return row === undefined ? { known: NONE, new: NONE } : entryOf(row)
  }

  async #readVote(
    validatorIndex: ValidatorIndex,
    id: number,
    snapshot: Snapshot,
  ): Promise<SignedAttestation | undefined> {
    if (id === 0) return undefined
    const bytes = await this.#database.get(voteKey(validatorIndex, id), { snapshot })
    if (bytes === undefined)
      throw new Error(`latest vote of validator ${validatorIndex}: expected a row, got none`)
    const decoded = decode(this.#type, asBytes(bytes))
    if (decoded.ok) return decoded.value
    throw new Error(`latest vote of validator ${validatorIndex}: ${describeDecodeError(decoded.error)}`)
  }
}

function entryOf(row: Uint8Array): Entry {
  const view = new DataView(row.buffer, row.byteOffset, row.length)
  return { known: { id: Number(view.getBigUint64(0)) }, new: { id: Number(view.getBigUint64(8)) } }
}

/** A number for a vote that no other row of its validator has. */
function freeId({ message }: SignedAttestation, taken: readonly number[]): number {
  let id = 4 * Number(message.data.slot) + 1
  while (taken.includes(id)) id++
  return id
}
