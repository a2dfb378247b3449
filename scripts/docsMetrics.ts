/** Writes docs/metrics.md out of the definitions in packages/metrics: `npm run docs:metrics`. */
import { writeFileSync } from 'node:fs'
import { metricsPage } from '../packages/metrics/src/index.ts'

writeFileSync(new URL('../docs/metrics.md', import.meta.url), metricsPage())
