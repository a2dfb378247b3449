export { defaultLimits, type SyncLimits } from './limits.ts'
export type { HistoryParts, SyncParts } from './parts.ts'
export { createSyncMachine, type Distance } from './syncMachine.ts'
export { createSync, superviseSync } from './syncService.ts'
