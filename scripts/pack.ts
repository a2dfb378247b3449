/**
 * Makes the tarballs that would be published: `npm run pack` builds every workspace and packs it into `dist/tarballs/`;
 * `npm run pack -- --to FOLDER` into another folder.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from './build.ts'

export type Tarball = { readonly name: string; readonly version: string; readonly file: string }

/** Builds and packs all workspaces into a folder, with a build folder of its own that is gone afterwards. */
export async function pack(to: string): Promise<Tarball[]> {
  mkdirSync(to, { recursive: true })
  const staging = mkdtempSync(join(tmpdir(), 'trine-pack-'))
  try {
    const folders = await build(join(staging, 'build'))
    const argv = ['pack', '--json', '--pack-destination', to, ...folders]
    const { status, stdout, stderr } = spawnSync('npm', argv, {
      cwd: staging,
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    })
    if (status !== 0) throw new Error(`npm pack: ${stderr}`)
    // A list, or in some versions of npm an object by name.
    const packed = Object.values(JSON.parse(stdout)) as { name: string; version: string; filename: string }[]
    return packed.map(({ name, version, filename }) => ({ name, version, file: join(to, filename) }))
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { to: { type: 'string', default: 'dist/tarballs' } } })
  for (const { file } of await pack(resolve(values.to))) console.log(file)
}
