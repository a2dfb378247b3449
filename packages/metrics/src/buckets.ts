/** Bounds of histograms in seconds, as leanMetrics has them. */

/** Single checks and signatures. */
export const SHORT = [0.005, 0.01, 0.025, 0.05, 0.1, 1]
/** Blocks in the fork choice. */
export const BLOCK = [...SHORT, 1.25, 1.5, 2, 4]
/** Whole state transitions. */
export const TRANSITION = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3, 4]
/** Blocks and votes being made. */
export const PRODUCTION = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1]
/** leanMetrics is centred on the 0.8 s of five intervals; a slot of devnet-1 has four of 1 s. */
export const TICK = [0.5, 0.75, 0.95, 0.99, 1, 1.005, 1.01, 1.015, 1.02, 1.025, 1.05, 1.1, 1.25, 1.5, 2]

/** Our own, in seconds. */
export const LATENESS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2]
export const ARRIVAL = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16]
export const EXCHANGE = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
export const IMPORT = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16]

/** Blocks. */
export const REORG_DEPTH = [1, 2, 3, 5, 7, 10, 20, 30, 50, 100]
/** Bytes. */
export const BLOCK_SIZE = [10_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_000_000, 5_000_000]
export const ATTESTATION_SIZE = [512, 1024, 2048, 4096, 8192, 16_384]
/** Signatures. */
export const BATCH = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
