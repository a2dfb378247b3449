import { HASH_LENGTH } from '../constants.ts'
import type { Scheme } from '../types.ts'
import { LANES } from './engine.ts'

/** Bytes of SHAKE128's input block; two of them lie side by side in 64-bit words. */
export const BLOCK_BYTES = 168
/** A chain's slot: parameter 5 | tweak 2 | digest 8 | zero. */
export const SLOT_WORDS = 16
export const STATE_WORDS = 24
/** Elements absorbed per permutation of the leaf sponge. */
export const RATE = 15
/** Parents computed per call of the kernel. */
export const PARENTS_PER_CALL = 256

const DIGEST_BYTES = 4 * HASH_LENGTH

/** Where an engine keeps what it hands to the kernels: byte addresses, multiples of 16. Secrets come first. */
export function layOut(heap: number, scheme: Scheme) {
  const { dimension, base, logLifetime } = scheme
  let end = heap
  const reserve = (bytes: number): number => {
    const address = end
    end += Math.ceil(bytes / 16) * 16
    return address
  }
  /** Slots of one lane: the kernel for chain starts fills them in fours. */
  const slotsPerLane = Math.ceil(dimension / LANES) * LANES
  const messageBlocks = Math.ceil((HASH_LENGTH * dimension + 7) / RATE)
  /** A word more than the blocks, which the kernel reads, and to a multiple of 16. */
  const messageBytes = Math.ceil((messageBlocks * RATE * 4 + 4) / 16) * 16
  const chainBlocks = reserve(LANES * BLOCK_BYTES)
  const attemptBlocks = reserve(LANES * BLOCK_BYTES)
  /** One slot more than there are chains, for idle lanes. */
  const slots = reserve((LANES * slotsPerLane + 1) * SLOT_WORDS * 4)
  const secretsEnd = end
  return {
    slotsPerLane,
    messageBlocks,
    messageBytes,
    chainBlocks,
    attemptBlocks,
    slots,
    secretsEnd,
    numbers: reserve((LANES * slotsPerLane + 1) * 8),
    schedule: reserve((slotsPerLane * (base - 1) + base + 1) * LANES * 4),
    header: reserve(14 * 16),
    capacity: reserve(3 * 16),
    states: reserve(LANES * STATE_WORDS * 4),
    results: reserve(LANES * DIGEST_BYTES),
    messages: reserve(LANES * messageBytes),
    paths: reserve(LANES * logLifetime * DIGEST_BYTES),
    epochs: reserve(LANES * 4),
    /** The last one is read in two loads of 16 bytes. */
    parameters: reserve(LANES * 20 + 16),
    nodes: reserve((PARENTS_PER_CALL + 3) * 2 * DIGEST_BYTES),
    parents: reserve((PARENTS_PER_CALL + 3) * DIGEST_BYTES),
    end,
  }
}

export type MemoryLayout = ReturnType<typeof layOut>
