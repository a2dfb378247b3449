import { fromHex, type RootHex, rootBytes, type Slot, toHex, type ValidatorIndex } from '@trine/types'

export const META_KEY = Uint8Array.of(0x6d) // m
export const HEADS_KEY = Uint8Array.of(0x68) // h

/** One letter per table, then the key within it. */
export const TABLES = {
  /** Root to slot, of every block. */
  slots: 0x72, // r
  /** Header and checkpoints of every block. */
  headers: 0x6e, // n
  /** Signed blocks up to their signatures. */
  blocks: 0x62, // b
  /** The signatures of signed blocks. */
  signatures: 0x67, // g
  states: 0x73, // s
  /** Slot to root, of finalized blocks. */
  finalized: 0x66, // f
  /** By validator, which votes are its latest. */
  latestVotes: 0x77, // w
  votes: 0x76, // v
} as const

export type TableName = keyof typeof TABLES

/** Tables whose rows are found by slot, then root. */
export type BlockTable = 'headers' | 'blocks' | 'signatures' | 'states'

const ROOT_LENGTH = 32

/** The letter and a root; undefined when the text is no root. */
export function slotKey(root: RootHex): Uint8Array | undefined {
  const bytes = fromHex(root)
  return bytes?.length === ROOT_LENGTH ? Uint8Array.of(TABLES.slots, ...bytes) : undefined
}

/** The letter, the slot in 8 bytes, big-endian, so that slots are in order, and the root. */
export function blockKey(table: BlockTable, slot: Slot, root: RootHex): Uint8Array {
  const key = new Uint8Array(9 + ROOT_LENGTH)
  key.set(rangeKey(table, slot))
  key.set(rootBytes(root), 9)
  return key
}

/** Slot and root of a row of a BlockTable. */
export function blockOfKey(key: Uint8Array): { readonly slot: Slot; readonly root: RootHex } {
  return { slot: slotOfKey(key), root: toHex(key.subarray(9)) }
}

/** Where the rows of a slot begin: the letter and the slot. */
export function rangeKey(table: BlockTable | 'finalized', slot: Slot): Uint8Array {
  const key = new Uint8Array(9)
  key[0] = TABLES[table]
  new DataView(key.buffer).setBigUint64(1, BigInt(slot))
  return key
}

export const finalizedKey = (slot: Slot) => rangeKey('finalized', slot)

export function slotOfKey(key: Uint8Array): Slot {
  return Number(new DataView(key.buffer, key.byteOffset).getBigUint64(1))
}

export function latestVotesKey(validatorIndex: ValidatorIndex): Uint8Array {
  const key = new Uint8Array(5)
  key[0] = TABLES.latestVotes
  new DataView(key.buffer).setUint32(1, validatorIndex)
  return key
}

/** The letter, the validator in 4 bytes, the number of its vote in 8. */
export function voteKey(validatorIndex: ValidatorIndex, voteId: number): Uint8Array {
  const key = new Uint8Array(13)
  key[0] = TABLES.votes
  const view = new DataView(key.buffer)
  view.setUint32(1, validatorIndex)
  view.setBigUint64(5, BigInt(voteId))
  return key
}

/** First key of a table, and the first one after it. */
export function boundsOf(table: TableName): { readonly gte: Uint8Array; readonly lt: Uint8Array } {
  const letter = TABLES[table]
  return { gte: Uint8Array.of(letter), lt: Uint8Array.of(letter + 1) }
}
