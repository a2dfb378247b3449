export type { LevelBlockStore, Retention } from './levelBlockStore.ts'
export type { StoreIdentity, StoreOpenError, StoreOpenErrorCode } from './meta.ts'
export { type LevelBlockStoreOptions, openLevelBlockStore } from './openLevelBlockStore.ts'
