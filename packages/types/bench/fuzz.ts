/**
 * A million cases of random and mutated input into every SSZ decoder and the JSON reader:
 * `npm run bench -- fuzz [--cases N] [--seed N] [--json FILE]`. Fails on the first input that does what it must not.
 */
import { parseArgs } from 'node:util'
import { writeJson } from '../../../scripts/benchKit.ts'
import { Fuzzer } from '../test/support/fuzz.ts'

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
})
const [cases, seed] = [Number(values.cases), Number(values.seed)]
if (!Number.isSafeInteger(cases) || cases < 1 || !Number.isSafeInteger(seed)) {
  console.error(`fuzz: expected --cases and --seed to be integers, got ${values.cases} and ${values.seed}`)
  process.exit(2)
}

const fuzzer = new Fuzzer(seed)
const jsonCases = Math.floor(cases / 10)
const start = performance.now()
fuzzer.fuzzSsz(cases)
fuzzer.fuzzJson(jsonCases)
const seconds = (performance.now() - start) / 1000

const { report } = fuzzer
const { bytes, given } = report.largestGrowth
console.log(
  `${cases} inputs to decode and decodeToView, ${jsonCases} to fromJson and parseJson, seed ${seed}`,
)
console.log(`${report.accepted} accepted, refused: ${JSON.stringify(report.refused)}`)
console.log(`slowest call ${report.slowestMilliseconds.toFixed(2)} ms`)
console.log(`largest allocation of a call ${(bytes / 1024).toFixed(0)} KiB, given ${given} bytes`)
console.log(`${seconds.toFixed(1)} s`)
writeJson('fuzz', { inputs: cases, seed, seconds, report })
