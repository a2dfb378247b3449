import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { metricsPage } from '../src/index.ts'

it('docs/metrics.md is what `npm run docs:metrics` writes', () => {
  const page = new URL('../../../docs/metrics.md', import.meta.url)
  expect(readFileSync(page, 'utf8')).toBe(metricsPage())
})
