/**
 * Runs a benchmark by name: `npm run bench -- NAME [--json FILE] [options of the benchmark]`.
 *
 * A benchmark is a file `bench/NAME.ts` of a package, NAME in lower case; without one the known ones are listed. Files with
 * a capital letter are parts of others.
 */
import { spawnSync } from 'node:child_process'
import { globSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const benchmarks = new Map<string, string>()
for (const folder of globSync('{packages,apps}/*/bench', { cwd: root })) {
  for (const file of readdirSync(join(root, folder))) {
    const match = /^([a-z0-9-]+)\.ts$/.exec(file)
    if (match?.[1]) benchmarks.set(match[1], join(root, folder, file))
  }
}

const [name = '', ...rest] = process.argv.slice(2)
const file = benchmarks.get(name)
if (file === undefined) {
  const known = [...benchmarks.keys()].sort().join(', ')
  console.error(
    `npm run bench -- NAME: expected one of ${known}; got ${name === '' ? 'no name' : `"${name}"`}`,
  )
  process.exit(2)
}
const run = spawnSync(process.execPath, ['--expose-gc', file, ...rest], { stdio: 'inherit' })
process.exit(run.status ?? 1)
