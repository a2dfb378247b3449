/** Somebody else's project, with the tarballs of this house and none of its sources. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Tarball } from '../../scripts/pack.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

type Locked = { link?: boolean; version?: string; [key: string]: unknown }

/**
 * A lockfile with the tarballs, and with everything that comes from a registry as this checkout has it locked: so npm
 * installs what its cache holds since `npm install` here, and asks no registry for newer versions.
 */
function lockfileFor(manifest: { name: string; dependencies: Record<string, string> }, tarballs: Tarball[]) {
  const ours = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')) as {
    packages: Record<string, Locked>
  }
  const names = new Map(
    Object.entries(ours.packages).flatMap(([path, entry]) =>
      /^(packages|apps)\/[^/]+$/.test(path) ? [[path, entry['name'] as string]] : [],
    ),
  )
  const packages: Record<string, Locked> = { '': { ...manifest } }
  for (const [path, entry] of Object.entries(ours.packages)) {
    if (path === '' || entry.link === true || names.has(path)) continue
    // What npm keeps in a workspace of ours lies in the installed package there.
    packages[path.replace(/^(packages|apps)\/[^/]+(?=\/)/, (folder) => `node_modules/${names.get(folder)}`)] =
      entry
  }
  for (const { name, version, file } of tarballs) {
    const published = spawnSync('tar', ['-xzOf', file, 'package/package.json'], { encoding: 'utf8' }).stdout
    const { dependencies, bin, engines } = JSON.parse(published) as Record<string, unknown>
    packages[`node_modules/${name}`] = { version, resolved: `file:${file}`, dependencies, bin, engines }
  }
  return { name: manifest.name, lockfileVersion: 3, requires: true, packages }
}

export type Consumer = {
  readonly folder: string
  /** Runs a command in the project. */
  readonly run: (
    command: string,
    ...argv: string[]
  ) => { status: number | null; stdout: string; stderr: string }
  readonly remove: () => void
}

export function createConsumer(tarballs: Tarball[]): Consumer {
  const folder = mkdtempSync(join(tmpdir(), 'trine-consumer-'))
  const dependencies = Object.fromEntries(tarballs.map(({ name, file }) => [name, `file:${file}`]))
  const manifest = { name: 'consumer', version: '1.0.0', type: 'module', dependencies }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lockfileFor(manifest, tarballs)))
  // This Node, whatever the machine has; and not the variables that npm sets for the scripts of this checkout.
  const inherited = Object.entries(process.env).filter(([name]) => !/^npm_package_/.test(name))
  const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`
  const env = { ...Object.fromEntries(inherited), PATH: path }
  return {
    folder,
    run: (command, ...argv) =>
      spawnSync(command, argv, { cwd: folder, encoding: 'utf8', env, maxBuffer: 1 << 26, timeout: 400_000 }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
