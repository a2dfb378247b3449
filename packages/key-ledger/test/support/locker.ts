// Asks for the lock of the path it is given, says what came of it, and ends.
import { nodeLedgerFiles } from '../../src/node/index.ts'

const lock = await nodeLedgerFiles.lock(process.argv[2]!)
console.log(lock === undefined ? 'refused' : 'given')
await lock?.release()
