import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { missingVariants } from '../../scripts/lockfile.ts'

const lockfile = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'))

it('locks every platform variant of every binary (mend with: npm run lockfile)', () => {
  expect(missingVariants(lockfile).map(([name]) => name)).toEqual([])
})

it('sees a variant that is missing', () => {
  const owner = { optionalDependencies: { 'tool-linux-x64': '1.0.0', 'tool-win32-x64': '1.0.0' } }
  const packages = { 'node_modules/tool': owner, 'node_modules/tool-linux-x64': { version: '1.0.0' } }
  expect(missingVariants({ packages })).toEqual([['tool-win32-x64', '1.0.0', owner]])
})

it('names no download address', () => {
  expect(
    Object.values(lockfile.packages).filter((entry) => JSON.stringify(entry).includes('"resolved":"http')),
  ).toEqual([])
})
