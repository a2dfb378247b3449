/**
 * The shapes every part of this package shares. Field elements are canonical integers below P, never Montgomery
 * form; a digest is 8 elements in a row, so the i-th digest of an array is `nodes.subarray(8 * i, 8 * i + 8)`.
 */

/** Order in which Poseidon2's stored round constants are consumed: `plonky3` is what every real client computes. */
export type RoundConstantOrder = 'plonky3' | 'leanspec'

/** Bytes of SHAKE128 output behind one secret field element: 8 in the specification, 16 in leanSig from Nov 2025. */
export type PrfBytesPerElement = 8 | 16

/**
 * All parameters of one instance of the signature scheme (leanSpec xmss/constants.py). Lengths that are the same in
 * every instance (parameter 5, randomness 7, digest 8, ...) are constants in `constants.ts`.
 */
export interface Scheme {
  readonly name: string
  /** Height of the whole Merkle tree: epochs lie in [0, 2^logLifetime), a path has logLifetime siblings. */
  readonly logLifetime: number
  /**
   * Height of a bottom tree: 2^logBottomTreeLeaves epochs are prepared at a time. The specification fixes it to
   * logLifetime / 2; verification does not depend on it, so `devnet` makes it smaller.
   */
  readonly logBottomTreeLeaves: number
  /** Number of hash chains. */
  readonly dimension: number
  /** Length of a chain; digits of a codeword lie in [0, base). */
  readonly base: number
  /** Message hashes are mapped into hypercube layers 0 to finalLayer. */
  readonly finalLayer: number
  /** Sum of the digits of a valid codeword. */
  readonly targetSum: number
  /** Attempts to find a valid codeword before signing gives up. */
  readonly maxTries: number
  readonly roundConstantOrder: RoundConstantOrder
  readonly prfBytesPerElement: PrfBytesPerElement
}

export interface PublicKey {
  /** 8 elements. */
  readonly root: Uint32Array
  /** 5 elements. */
  readonly parameter: Uint32Array
}

export interface Signature {
  /** logLifetime digests: the sibling of the leaf first, the child of the root last. */
  readonly path: Uint32Array
  /** 7 elements. */
  readonly rho: Uint32Array
  /** dimension digests: chain i after codeword[i] steps. */
  readonly hashes: Uint32Array
}

/** A run of stored nodes of one tree layer. */
export interface TreeLayer {
  /** Index of the first stored node within its layer of the whole tree; even, except for a bottom tree's root. */
  readonly startIndex: number
  /** n digests. */
  readonly nodes: Uint32Array
}

/** A top tree (from layer logBottomTreeLeaves to the root) or a bottom tree (leaves to its root). */
export interface SubTree {
  /** Height of the whole tree (logLifetime), not of this part. */
  readonly depth: number
  /** Layer of the whole tree that layers[0] belongs to: 0 in bottom trees. */
  readonly lowestLayer: number
  /** From lowestLayer upwards; a bottom tree's last layer is its root alone, a top tree's starts with the root. */
  readonly layers: readonly TreeLayer[]
}

/**
 * A secret key. One-time: two messages signed for one epoch let others forge. Padding nodes of the top tree are
 * random, appear in signatures and so must be stored.
 */
export interface SecretKey {
  /** 32 bytes from which every chain start is derived. */
  readonly prfKey: Uint8Array
  /** 5 elements, as in the public key. */
  readonly parameter: Uint32Array
  /** First epoch the key can sign; a multiple of 2^logBottomTreeLeaves. */
  readonly activationEpoch: number
  /** Number of epochs it can sign; a multiple of 2^logBottomTreeLeaves, at least two of them. */
  readonly numActiveEpochs: number
  readonly topTree: SubTree
  /** Bottom tree i covers epochs [i * 2^logBottomTreeLeaves, (i + 1) * 2^logBottomTreeLeaves). */
  readonly leftBottomTreeIndex: number
  readonly leftBottomTree: SubTree
  readonly rightBottomTree: SubTree
}

export interface KeyPair {
  readonly publicKey: PublicKey
  readonly secretKey: SecretKey
}

/** Epochs `start` (included) to `end` (excluded). */
export interface EpochRange {
  readonly start: number
  readonly end: number
}
