/**
 * 1,000 stakers for 1,000 steps: time and peak memory. `npm run bench -- replay-large [--stakers N] [--json FILE]`
 */
import { parseArgs } from 'node:util'
import { printTable, threeDigits, writeJson } from '../../../scripts/benchKit.ts'
import { createRun, DEFAULT_SCENARIO } from '../src/index.ts'
import { nodeSha256 } from './nodeSha256.ts'

const { values } = parseArgs({
  options: { stakers: { type: 'string', default: '1000' }, json: { type: 'string' } },
})
const stakers = Number(values.stakers)
if (!Number.isInteger(stakers) || stakers < 1 || stakers > 4096) {
  console.error(`--stakers: expected a whole number from 1 to 4096, got "${values.stakers}"`)
  process.exit(2)
}

const began = performance.now()
const run = createRun({ ...DEFAULT_SCENARIO, stakers }, nodeSha256)
while (run.step());
const figures = {
  stakers,
  steps: run.stepsDone,
  seconds: threeDigits((performance.now() - began) / 1000),
  'peak MiB': Math.round(process.resourceUsage().maxRSS / 1024),
  'last finalized slot': run.status(0).finalizedSlot,
}
printTable('One large run', [figures])
writeJson('replay-large', figures)
