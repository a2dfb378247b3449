import { type BitArray, type CompositeViewDU, ContainerType, ListCompositeType } from '@chainsafe/ssz'
import { PRESET } from '../preset.ts'
import { sharedBitListType } from '../sharedBitList.ts'
import type { Uint64 } from '../uint64.ts'
import { rootType, uint64Type } from './basic.ts'
import { type BlockHeader, blockHeaderType } from './block.ts'
import { type Checkpoint, checkpointType } from './checkpoint.ts'
import { type Config, configType } from './config.ts'
import { type Validator, validatorType } from './validator.ts'

const { historicalRootsLimit, validatorRegistryLimit } = PRESET

/** A state as plain data, for JSON and tests. The house works on `State`, its tree-backed view. */
export type StateValue = {
  config: Config
  slot: Uint64
  latestBlockHeader: BlockHeader
  latestJustified: Checkpoint
  latestFinalized: Checkpoint
  historicalBlockHashes: Uint8Array[]
  justifiedSlots: BitArray
  validators: Validator[]
  justificationsRoots: Uint8Array[]
  justificationsValidators: BitArray
}

export const stateType = new ContainerType(
  {
    config: configType,
    slot: uint64Type,
    latestBlockHeader: blockHeaderType,
    latestJustified: checkpointType,
    latestFinalized: checkpointType,
    /** Root of the block at each slot before the latest block, zero where there was none. */
    historicalBlockHashes: new ListCompositeType(rootType, historicalRootsLimit),
    /** Whether each of those slots is justified. */
    justifiedSlots: sharedBitListType(historicalRootsLimit),
    validators: new ListCompositeType(validatorType, validatorRegistryLimit),
    /** Targets with votes but not yet justified, ascending by root. */
    justificationsRoots: new ListCompositeType(rootType, historicalRootsLimit),
    /** Votes for those targets: one bit per validator, target after target. */
    justificationsValidators: sharedBitListType(historicalRootsLimit * validatorRegistryLimit),
  },
  { typeName: 'State' },
)

/**
 * A state: a view over an immutable tree, so that consecutive states share what did not change.
 * Treat one that you did not make yourself as read-only; `state.clone()` is cheap.
 */
export type State = CompositeViewDU<typeof stateType>
