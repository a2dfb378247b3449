export { type KeyEntry, type KeyManifest, parseKeyManifest } from './keyManifest.ts'
export { type NetworkConfig, parseNetworkConfig } from './networkConfig.ts'
export {
  type EffectiveSetting,
  type NodeConfig,
  type ResolvedNodeConfig,
  resolveNodeConfig,
  type SettingSource,
} from './nodeConfig.ts'
export { parseNodeKey } from './nodeKey.ts'
export { MAX_FILE_BYTES } from './parseFile.ts'
export { mergePeers, parseNodes, parsePeer } from './peers.ts'
export { fileSource, flagSource, variableSource, withoutSecrets } from './settingSources.ts'
export { type PlannedNode, parseValidatorConfig } from './validatorConfig.ts'
export { type AssignedValidator, parseValidators, type ValidatorAssignment } from './validators.ts'
