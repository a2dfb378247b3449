/**
 * `npm run bench -- key-ledger [--json FILE]`: what the ledger costs per signature on this disk, and 200 processes killed
 * while signing, none of whose epochs may be signed twice.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeLedgerFiles as files } from '../src/node/index.ts'
import { signAndKill } from '../test/support/killing.ts'
import { opened, reserve } from '../test/support/ledgers.ts'

const KILLS = 200
const EPOCHS = 1000
const RUNS = 5

/** Median milliseconds per epoch when each is asked for as soon as the one before is given: faster than any slot. */
async function costPerEpoch(folder: string, reservedAhead: number): Promise<number> {
  const ledger = await opened({ files, folder, reservedAhead })
  const runs: number[] = []
  for (let run = 0, epoch = 0; run < RUNS; run++) {
    const begun = performance.now()
    for (let index = 0; index < EPOCHS; index++) await reserve(ledger, epoch++)
    runs.push((performance.now() - begun) / EPOCHS)
  }
  await ledger.close()
  return runs.sort((left, right) => left - right)[RUNS >> 1]!
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'trine-ledger-bench-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const millisecondsPerSignature: Record<string, number> = {}
for (const reservedAhead of [0, 8, 64]) {
  const cost = await inFolder((folder) => costPerEpoch(folder, reservedAhead))
  millisecondsPerSignature[reservedAhead] = cost
  console.log(`${reservedAhead} epochs reserved ahead: ${cost.toFixed(3)} ms per signature`)
}
const { epochs, twice } = await inFolder((folder) =>
  signAndKill(folder, KILLS, () => 1 + Math.floor(Math.random() * 300)),
)
console.log(`${KILLS} processes killed: ${epochs.length} epochs signed, ${twice.length} of them twice`)

const jsonFlag = process.argv.indexOf('--json')
const jsonFile = process.argv[jsonFlag + 1]
if (jsonFlag > 0 && jsonFile !== undefined) {
  const machine = cpus()[0]?.model
  const kills = { kills: KILLS, signed: epochs.length, twice: twice.length }
  writeFileSync(jsonFile, `${JSON.stringify({ machine, millisecondsPerSignature, ...kills }, null, 2)}\n`)
}
if (twice.length > 0) process.exitCode = 1
