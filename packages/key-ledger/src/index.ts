export type { LedgerError, LedgerErrorCode } from './errors.ts'
export type { LedgerFile, LedgerFiles, LedgerLock } from './files.ts'
export {
  decodeHandover,
  encodeHandover,
  type HandedKey,
  type HandoverOptions,
  handOver,
  takeOver,
} from './handover.ts'
export { type DurableKeyLedger, type KeyLedgerOptions, openKeyLedger } from './keyLedger.ts'
export { type KeyPaths, type LedgerPlace, pathsOf } from './openKey.ts'
export { decodeRecord, encodeRecord, type LedgerRecord, RECORD_LENGTH } from './record.ts'
export { readSlotFile, SLOT_FILE_LENGTH, type SlotContent, type SlotFileContent } from './slotFile.ts'
