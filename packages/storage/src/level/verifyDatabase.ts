import {
  type BlockHeader,
  blockHeaderType,
  blockType,
  decode,
  decodeToView,
  describeDecodeError,
  type RootHex,
  signedTypesFor,
  stateType,
  toHex,
} from '@trine/types'
import { BlockRows, checkpointsOf, isImport } from './blockRows.ts'
import { asBytes, type Database, describeFailure } from './database.ts'
import { blockOfKey, boundsOf, finalizedKey, HEADS_KEY, slotKey, slotOfKey, type TableName } from './keys.ts'
import { readRecord } from './levelBlockStore.ts'
import type { StoreIdentity } from './meta.ts'
import { VoteRows } from './voteRows.ts'

/** What was read, and what is wrong: the first problems, in words. */
export type Verification = {
  readonly checked: {
    readonly headers: number
    readonly blocks: number
    readonly states: number
    readonly finalized: number
  }
  readonly problems: readonly string[]
}

const MOST_PROBLEMS = 20

/**
 * Reads everything and compares it: roots of headers, blocks and states, checksums of the files on the way, the links of
 * the finalized chain, heads and latest votes. Signatures are not verified again.
 */
export async function verifyDatabase(
  database: Database,
  { signatureEncoding }: Pick<StoreIdentity, 'signatureEncoding'>,
): Promise<Verification> {
  const check = new Check(database, signatureEncoding)
  const steps = [check.headers, check.blocks, check.states, check.finalized, check.heads]
  for (const step of steps) {
    try {
      await step()
    } catch (error) {
      check.complain(describeFailure(error))
    }
  }
  return { checked: check.checked, problems: check.problems }
}

class Check {
  readonly checked = { headers: 0, blocks: 0, states: 0, finalized: 0 }
  readonly problems: string[] = []
  readonly #database: Database
  readonly #rows: BlockRows
  readonly #votes: VoteRows

  constructor(database: Database, signatureEncoding: StoreIdentity['signatureEncoding']) {
    const types = signedTypesFor(signatureEncoding)
    this.#database = database
    this.#rows = new BlockRows(database, types.signedBlockWithAttestationType)
    this.#votes = new VoteRows(database, types.signedAttestationType)
  }

  complain(problem: string): void {
    if (this.problems.length < MOST_PROBLEMS) this.problems.push(problem)
  }

  readonly headers = async () => {
    for await (const [key, row] of this.#table('headers')) {
      this.checked.headers += 1
      const { root, slot } = blockOfKey(key)
      const header = this.#headerOf(row, root)
      if (header === undefined) continue
      if (isImport(row)) checkpointsOf(row, root)
      const actual = toHex(blockHeaderType.hashTreeRoot(header))
      if (actual !== root || header.slot !== slot)
        this.complain(
          `header of block ${root}: expected that of slot ${slot}, got ${actual} of slot ${header.slot}`,
        )
      if ((await this.#database.get(slotKey(root)!)) === undefined)
        this.complain(`block ${root}: expected an entry with its slot, got none`)
    }
  }

  readonly blocks = async () => {
    for await (const key of this.#database.keys(boundsOf('signatures'))) {
      this.checked.blocks += 1
      const block = blockOfKey(key)
      const [found] = await this.#rows.read([block])
      const actual = found && toHex(blockType.hashTreeRoot(found.signedBlock.message.block))
      if (actual !== block.root)
        this.complain(`block ${block.root}: expected that root, got ${actual ?? 'no block'}`)
    }
  }

  readonly states = async () => {
    for await (const [key, row] of this.#table('states')) {
      this.checked.states += 1
      const { root, slot } = blockOfKey(key)
      const state = decodeToView(stateType, asBytes(row))
      if (!state.ok) {
        this.complain(`state of block ${root}: ${describeDecodeError(state.error)}`)
        continue
      }
      const actual = toHex(state.value.hashTreeRoot())
      const headerKey = Uint8Array.from(key)
      headerKey[0] = boundsOf('headers').gte[0]!
      const header = await this.#database.get(headerKey)
      const expected = header && toHex(this.#headerOf(header, root)?.stateRoot ?? new Uint8Array(0))
      if (expected !== actual)
        this.complain(
          `state of block ${root}, slot ${slot}: expected ${expected ?? 'a header'}, got ${actual}`,
        )
    }
  }

  readonly finalized = async () => {
    let previous: RootHex | undefined
    for await (const [key, row] of this.#table('finalized')) {
      this.checked.finalized += 1
      const root = toHex(row)
      const headerKey = Uint8Array.of(boundsOf('headers').gte[0]!, ...key.subarray(1), ...row)
      const header = await this.#database.get(headerKey)
      const parent = header && this.#headerOf(header, root)?.parentRoot
      if (parent === undefined)
        this.complain(`finalized block of slot ${slotOfKey(key)}: expected a header, got none`)
      else if (previous !== undefined && toHex(parent) !== previous)
        this.complain(
          `finalized block of slot ${slotOfKey(key)}: expected a child of ${previous}, got one of ${toHex(parent)}`,
        )
      previous = root
    }
  }

  readonly heads = async () => {
    await this.#votes.readAll()
    const record = readRecord(await this.#database.get(HEADS_KEY))
    if (record === undefined) return
    const { head, finalized } = record
    if (this.checked.headers > 0 && (await this.#rows.slotOf(head.root)) !== head.slot)
      this.complain(`head ${head.root}: expected a block of slot ${head.slot}, got none`)
    const root = await this.#database.get(finalizedKey(finalized.slot))
    if (this.checked.finalized > 0 && (root && toHex(root)) !== finalized.root)
      this.complain(
        `finalized block ${finalized.root}: expected it in the index at slot ${finalized.slot}, got ${root ? toHex(root) : 'nothing'}`,
      )
  }

  #table(name: TableName) {
    return this.#database.iterator(boundsOf(name))
  }

  #headerOf(row: Uint8Array, root: RootHex): BlockHeader | undefined {
    const decoded = decode(blockHeaderType, asBytes(row).slice(0, blockHeaderType.fixedSize!))
    if (decoded.ok) return decoded.value
    this.complain(`header of block ${root}: ${describeDecodeError(decoded.error)}`)
    return undefined
  }
}
