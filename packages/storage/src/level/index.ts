export { backUp, restoreBackup } from './backup.ts'
export type { BackupError, BackupFigures } from './backupFile.ts'
export type { Database } from './database.ts'
export { TABLES, type TableName } from './keys.ts'
export type { HeadsRecord, LevelBlockStore } from './levelBlockStore.ts'
export type { StoreIdentity, StoreOpenError, StoreOpenErrorCode } from './meta.ts'
export {
  type LevelBlockStoreOptions,
  type OpenDatabase,
  openExistingDatabase,
  openLevelBlockStore,
} from './openLevelBlockStore.ts'
export type { Retention } from './retention.ts'
export { tableSizesOf } from './tableSizes.ts'
export { type Verification, verifyDatabase } from './verifyDatabase.ts'
