/** The constants of a protocol version; everything that a later version may change is chosen by its preset. */
export type Preset = {
  readonly name: string
  /** Intervals of one slot: propose, attest, safe target, accept. */
  readonly intervalsPerSlot: number
  readonly secondsPerSlot: number
  /** How many blocks the attestation target may walk back from the head towards the safe target. */
  readonly justificationLookbackSlots: number
  /** Longest history of a state, in slots; a block beyond it is invalid. */
  readonly historicalRootsLimit: number
  readonly validatorRegistryLimit: number
  /** Most roots in one blocks-by-root request. */
  readonly maxRequestBlocks: number
  /** Bytes of a signature in the specification's containers. */
  readonly signatureLength: number
  /** Bytes of a public key: root 8 x u32, parameter 5 x u32. */
  readonly publicKeyLength: number
}

/** devnet-1 (leanSpec 050fa4a1, `subspecs/chain/config.py`). */
export const DEVNET_1: Preset = {
  name: 'devnet-1',
  intervalsPerSlot: 4,
  secondsPerSlot: 4,
  justificationLookbackSlots: 3,
  historicalRootsLimit: 2 ** 18,
  validatorRegistryLimit: 2 ** 12,
  maxRequestBlocks: 2 ** 10,
  signatureLength: 3116,
  publicKeyLength: 52,
}

/** The preset in force in this package's containers. */
export const PRESET: Preset = DEVNET_1

/** Seconds of one interval. */
export const SECONDS_PER_INTERVAL = PRESET.secondsPerSlot / PRESET.intervalsPerSlot
