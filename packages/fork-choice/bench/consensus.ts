/**
 * State transition and fork choice: times, ratios and memory. `npm run bench -- consensus [--json FILE]`
 */
import { printTable, writeJson } from '../../../scripts/benchKit.ts'
import { headFigures } from './headFigures.ts'
import { importFigures } from './importFigures.ts'
import { memoryFigures, transitionFigures } from './transitionFigures.ts'

const VALIDATORS = [16, 256, 4096]

const transitions = transitionFigures(VALIDATORS)
printTable('A block with every vote', transitions)
const imports = importFigures(VALIDATORS)
printTable('Such a block taken by the store, its transition done', imports)
const heads = headFigures(VALIDATORS, [100, 1000, 10_000])
printTable('Head and safe target after all votes moved', heads)
const memory = memoryFigures(64, 10_000)
printTable('Consecutive post-states, all kept', memory)
writeJson('consensus', { transitions, imports, heads, memory })
