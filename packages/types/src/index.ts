import './hashing.ts'

export { BitArray } from '@chainsafe/ssz'
export { CONTAINER_TYPES } from './containers/all.ts'
export {
  type Attestation,
  type AttestationData,
  attestationDataType,
  attestationType,
  sameAttestationData,
} from './containers/attestation.ts'
export { publicKeyType, rootType, uint64Type } from './containers/basic.ts'
export {
  type Block,
  type BlockBody,
  type BlockHeader,
  type BlockWithAttestation,
  blockBodyType,
  blockHeaderType,
  blockType,
  blockWithAttestationType,
} from './containers/block.ts'
export { type Checkpoint, checkpointType, sameCheckpoint } from './containers/checkpoint.ts'
export { type Config, configType } from './containers/config.ts'
export {
  SIGNATURE_ENCODINGS,
  type SignatureEncoding,
  type SignedAttestation,
  type SignedBlockWithAttestation,
  type SignedTypes,
  signedTypesFor,
} from './containers/signed.ts'
export { type State, type StateValue, stateType } from './containers/state.ts'
export { blockRootsType, type Status, statusType } from './containers/status.ts'
export { type Validator, validatorType } from './containers/validator.ts'
export { type DecodeError, decode, decodeToView, describeDecodeError } from './decode.ts'
export { gossipMessageId, INVALID_SNAPPY, type Sha256 } from './gossipMessageId.ts'
export { bytesEqual, fromHex, type RootHex, rootBytes, toHex, ZERO_ROOT, ZERO_ROOT_HEX } from './hex.ts'
export { describeJson, describeJsonError, type JsonError, type JsonErrorCode } from './json/error.ts'
export { type BlockWithJsonSignatures, fromJson, signedBlockFromJson } from './json/fromJson.ts'
export { parseJson, stringifyJson } from './json/text.ts'
export { type JsonValue, toJson } from './json/toJson.ts'
export { DEVNET_1, PRESET, type Preset, SECONDS_PER_INTERVAL } from './preset.ts'
export { failure, type Result, success } from './result.ts'
export { type SharedBitListType, SharedBitListView } from './sharedBitList.ts'
export { isUint64, type Slot, toNumber, toUint64, type Uint64, type ValidatorIndex } from './uint64.ts'
