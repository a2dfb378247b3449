import type { CompositeTypeAny } from '@chainsafe/ssz'
import { attestationDataType, attestationType } from './attestation.ts'
import { blockBodyType, blockHeaderType, blockType, blockWithAttestationType } from './block.ts'
import { checkpointType } from './checkpoint.ts'
import { configType } from './config.ts'
import { stateType } from './state.ts'
import { statusType } from './status.ts'
import { validatorType } from './validator.ts'

/** The SSZ types of all containers but the signed ones, by their names in the specification. */
export const CONTAINER_TYPES = {
  Attestation: attestationType,
  AttestationData: attestationDataType,
  Block: blockType,
  BlockBody: blockBodyType,
  BlockHeader: blockHeaderType,
  BlockWithAttestation: blockWithAttestationType,
  Checkpoint: checkpointType,
  Config: configType,
  State: stateType,
  Status: statusType,
  Validator: validatorType,
} as const satisfies Record<string, CompositeTypeAny>
