import {
  BitArray,
  type Block,
  blockBodyType,
  failure,
  PRESET,
  type Result,
  type State,
  stateType,
  success,
  toHex,
  type Uint64,
  type Validator,
  ZERO_ROOT,
} from '@trine/types'
import { stateRoot } from './roots.ts'

/** Why a registry cannot start a chain. */
export type GenesisError =
  | {
      readonly code: 'VALIDATOR_COUNT'
      readonly minimum: 1
      readonly maximum: number
      readonly actual: number
    }
  | { readonly code: 'VALIDATOR_INDEX'; readonly expected: number; readonly actual: Uint64 }
  /** One key signs one message per epoch: two validators with the same key would break it at their first vote. */
  | {
      readonly code: 'DUPLICATE_PUBLIC_KEY'
      readonly publicKey: string
      readonly first: number
      readonly second: number
    }

const NO_CHECKPOINT = { root: ZERO_ROOT, slot: 0 }

/**
 * The state before the first block.
 *
 * @param genesisTime Unix seconds
 * @param validators the registry, in order; a validator is its position
 * Source: leanSpec `State.generate_genesis`, which accepts duplicate keys.
 */
export function generateGenesis(
  genesisTime: Uint64,
  validators: readonly Validator[],
): Result<State, GenesisError> {
  const error = checkRegistry(validators)
  if (error) return failure(error)
  return success(
    stateType.toViewDU({
      config: { genesisTime },
      slot: 0,
      latestBlockHeader: {
        slot: 0,
        proposerIndex: 0,
        parentRoot: ZERO_ROOT,
        stateRoot: ZERO_ROOT,
        bodyRoot: blockBodyType.hashTreeRoot({ attestations: [] }),
      },
      latestJustified: NO_CHECKPOINT,
      latestFinalized: NO_CHECKPOINT,
      historicalBlockHashes: [],
      justifiedSlots: BitArray.fromBitLen(0),
      validators: [...validators],
      justificationsRoots: [],
      justificationsValidators: BitArray.fromBitLen(0),
    }),
  )
}

/** The block that stands at slot 0: empty, with the root of the genesis state. */
export function genesisBlock(state: State): Block {
  return {
    slot: 0,
    proposerIndex: 0,
    parentRoot: ZERO_ROOT,
    stateRoot: stateRoot(state),
    body: { attestations: [] },
  }
}

function checkRegistry(validators: readonly Validator[]): GenesisError | undefined {
  const maximum = PRESET.validatorRegistryLimit
  if (validators.length < 1 || validators.length > maximum) {
    return { code: 'VALIDATOR_COUNT', minimum: 1, maximum, actual: validators.length }
  }
  const seen = new Map<string, number>()
  for (const [position, { pubkey, index }] of validators.entries()) {
    if (index !== position) return { code: 'VALIDATOR_INDEX', expected: position, actual: index }
    const publicKey = toHex(pubkey)
    const first = seen.get(publicKey)
    if (first !== undefined) return { code: 'DUPLICATE_PUBLIC_KEY', publicKey, first, second: position }
    seen.set(publicKey, position)
  }
  return undefined
}

/** The refusal as one line. */
export function describeGenesisError(error: GenesisError): string {
  switch (error.code) {
    case 'VALIDATOR_COUNT':
      return `${error.code}: expected ${error.minimum} to ${error.maximum} validators, got ${error.actual}`
    case 'VALIDATOR_INDEX':
      return `${error.code}: expected index ${error.expected} at position ${error.expected}, got ${error.actual}`
    case 'DUPLICATE_PUBLIC_KEY':
      return `${error.code}: validators ${error.first} and ${error.second} have the same key ${error.publicKey}; a key may sign once per slot`
  }
}
