/**
 * A process that signs until it is killed: `node signer.ts FOLDER START`. Asks the ledger for every epoch from START on and
 * prints those that it may sign, one a line.
 */
import { writeSync } from 'node:fs'
import { nodeLedgerFiles } from '../../src/node/index.ts'
import { opened, reserve } from './ledgers.ts'

const [folder = '', start = '0'] = process.argv.slice(2)
const ledger = await opened({ files: nodeLedgerFiles, folder })
for (let epoch = Number(start); ; epoch++) {
  if ((await reserve(ledger, epoch)).ok) writeSync(1, `${epoch}\n`)
}
