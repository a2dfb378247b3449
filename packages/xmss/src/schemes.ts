import type { Scheme } from './types.ts'

/** Lifetime 2^32, 64 chains of 8 (leanSpec PROD_CONFIG): what devnet-1 clients use. A minimal key covers 2^17 epochs. */
export const production: Scheme = {
  name: 'production',
  logLifetime: 32,
  logBottomTreeLeaves: 16,
  dimension: 64,
  base: 8,
  finalLayer: 77,
  targetSum: 375,
  maxTries: 100_000,
  roundConstantOrder: 'plonky3',
  prfBytesPerElement: 8,
}

/**
 * Keys for a local devnet in a moment: a key's life is counted in bottom trees of 2^10 epochs, not 2^16. Public keys
 * and signatures are production's in every respect (same tree height, tweaks and sizes), so every client verifies
 * them and they travel in every envelope; only the signer's trees are shaped differently. See docs/devnet-keys.md.
 */
export const devnet: Scheme = { ...production, name: 'devnet', logBottomTreeLeaves: 10 }

/** Lifetime 2^8, 4 chains of 4 (leanSpec TEST_CONFIG): fast and insecure, for tests only. */
export const test: Scheme = {
  name: 'test',
  logLifetime: 8,
  logBottomTreeLeaves: 4,
  dimension: 4,
  base: 4,
  finalLayer: 6,
  targetSum: 6,
  maxTries: 100_000,
  roundConstantOrder: 'plonky3',
  prfBytesPerElement: 8,
}

/** The presets by name. */
export const schemes: Readonly<Record<'production' | 'devnet' | 'test', Scheme>> = {
  production,
  devnet,
  test,
}

/** Throws a RangeError if a scheme's parameters contradict each other or do not fit the encodings of tweaks. */
export function checkScheme(scheme: Scheme): void {
  const { logLifetime, logBottomTreeLeaves, dimension, base, finalLayer, targetSum } = scheme
  const longest = (base - 1) * dimension
  const rules: readonly [holds: boolean, rule: string][] = [
    // Fewer digests than three are hashed in another way; indices and steps have a byte each.
    [isBetween(3, dimension, 256), `dimension: expected 3 to 256, got ${dimension}`],
    [isBetween(2, base, 256), `base: expected 2 to 256, got ${base}`],
    [isBetween(2, logLifetime, 32), `logLifetime: expected 2 to 32, got ${logLifetime}`],
    [
      isBetween(1, logBottomTreeLeaves, logLifetime - 1),
      `logBottomTreeLeaves: expected 1 to ${logLifetime - 1}, got ${logBottomTreeLeaves}`,
    ],
    [isBetween(0, finalLayer, longest), `finalLayer: expected 0 to ${longest}, got ${finalLayer}`],
    [
      isBetween(longest - finalLayer, targetSum, longest),
      `targetSum: expected ${longest - finalLayer} to ${longest}, got ${targetSum}`,
    ],
  ]
  for (const [holds, rule] of rules) if (!holds) throw new RangeError(`scheme ${scheme.name}: ${rule}`)
}

const isBetween = (least: number, value: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most
