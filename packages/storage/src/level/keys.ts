import { fromHex, type RootHex, type Slot } from '@trine/types'

/** One letter per table, then the key within it. */
export const META_KEY = Uint8Array.of(0x6d) // m
export const HEADS_KEY = Uint8Array.of(0x68) // h
const BLOCK = 0x62 // b
const STATE = 0x73 // s
const FINALIZED = 0x66 // f

/** `b` and the root; undefined when the text is no root. */
export const blockKey = (root: RootHex) => rootKey(BLOCK, root)

/** `s` and the root; undefined when the text is no root. */
export const stateKey = (root: RootHex) => rootKey(STATE, root)

/** `f` and the slot in 8 bytes, big-endian, so that slots are in order. */
export function finalizedKey(slot: Slot): Uint8Array {
  const key = new Uint8Array(9)
  key[0] = FINALIZED
  new DataView(key.buffer).setBigUint64(1, BigInt(slot))
  return key
}

function rootKey(table: number, root: RootHex): Uint8Array | undefined {
  const bytes = fromHex(root)
  return bytes?.length === 32 ? Uint8Array.of(table, ...bytes) : undefined
}
