/**
 * Runs a benchmark by name: `npm run bench -- NAME [--json FILE] [options of the benchmark]`.
 *
 * A benchmark is a file `bench/NAME.ts` of a package; without a name the known ones are listed.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const benchmarks = new Map<string, string>()
for (const folder of ['packages', 'apps']) {
  for (const file of readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })) {
    const match = /^[^/\\]+[/\\]bench[/\\]([a-z0-9-]+)\.ts$/.exec(file)
    if (match?.[1]) benchmarks.set(match[1], `${root}${folder}/${file}`)
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
