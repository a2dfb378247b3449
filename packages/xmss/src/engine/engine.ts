import type { Scheme } from '../types.ts'

/** What a verifier recomputes a root from. */
export interface Opening {
  readonly parameter: Uint32Array
  readonly epoch: number
  /** dimension digits. */
  readonly codeword: Uint8Array
  /** dimension digests: chain i after codeword[i] steps. */
  readonly hashes: Uint32Array
  /** logLifetime digests. */
  readonly path: Uint32Array
}

export interface SecretParts {
  readonly prfKey: Uint8Array
  readonly parameter: Uint32Array
}

/** How many messages, or openings, an engine takes at once. */
export const LANES = 4

/**
 * The hashing of one scheme, in WebAssembly or plain TypeScript. Elements go in and out in canonical form. Inputs
 * are trusted: shapes and ranges are checked before.
 */
export interface Engine {
  readonly kind: 'simd' | 'plain'
  readonly scheme: Scheme
  /** Message hashes (15 elements each) of 1 to 4 complete inputs of 24 elements. */
  hashMessages(inputs: Uint32Array): Uint32Array
  /**
   * Draws signing randomness (7 elements each) of attempts `counter` to `counter + 3`. What it gives is for use before
   * anything else secret is done, and `forget` ends its use.
   */
  randomness(prfKey: Uint8Array, epoch: number, message: Uint8Array): (counter: number) => Uint32Array[]
  /** Leaves of the epochs from `firstEpoch` on. `leaves` receives count digests; count is a multiple of 4. */
  leaves(secret: SecretParts, firstEpoch: number, leaves: Uint32Array): void
  /** Parents of pairs of neighbouring nodes; the first parent has the given level and index. */
  parents(parameter: Uint32Array, level: number, firstIndex: number, nodes: Uint32Array): Uint32Array
  /** All chains of an epoch, each walked from its secret start as many steps as its digit says. */
  revealChains(secret: SecretParts, epoch: number, codeword: Uint8Array): Uint32Array
  /** The Merkle roots (8 elements each) that 1 to 4 openings lead to. */
  roots(openings: readonly Opening[]): Uint32Array[]
  /** Overwrites what a secret could be read from. `leaves` and `revealChains` do so themselves. */
  forget(): void
}
