import type { StoredVotes } from '@trine/messages'
import { signedTypesFor } from '@trine/types'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Database, newDatabase, type Operations } from '../src/level/database.ts'
import { VoteRows } from '../src/level/voteRows.ts'
import { makeChain, voteOf } from './support/chain.ts'
import { identity } from './support/database.ts'
import { folder } from './support/levelFolder.ts'

const { signedAttestationType } = signedTypesFor(identity.signatureEncoding)
const [early, late] = makeChain(2).map((block) => voteOf(block).new)

let database: ReturnType<typeof newDatabase>
beforeEach(async () => {
  database = newDatabase(folder)
  await database.open()
})
afterEach(() => database.close())

const votesOf = (vote: StoredVotes['new']): StoredVotes[] =>
  [0, 1, 2].map((validatorIndex) => ({ validatorIndex, known: undefined, new: vote }))

async function put(rows: VoteRows, votes: readonly StoredVotes[]): Promise<void> {
  const operations: Operations = []
  const written = await rows.putInto(operations, votes)
  await database.batch(operations)
  written()
}

/** The database, with something that happens before each row that an iterator gives. */
function interrupted(happens: () => Promise<void>): Pick<Database, 'get' | 'iterator' | 'snapshot'> {
  const iterator = async function* (...parameters: Parameters<Database['iterator']>) {
    for await (const row of database.iterator(...parameters)) {
      await happens()
      yield row
    }
  }
  return {
    get: database.get.bind(database),
    iterator: iterator as unknown as Database['iterator'],
    snapshot: database.snapshot.bind(database),
  }
}

it('are read as of one moment, whatever is written meanwhile', async () => {
  const writer = new VoteRows(database, signedAttestationType)
  await put(writer, votesOf(early))
  const reader = new VoteRows(
    interrupted(() => put(writer, votesOf(late))),
    signedAttestationType,
  )
  expect(await reader.readAll()).toEqual(votesOf(early))
  expect(await writer.readAll()).toEqual(votesOf(late))
})
