export { nodeLedgerFiles } from './nodeFiles.ts'
