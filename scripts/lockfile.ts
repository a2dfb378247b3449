/**
 * Completes package-lock.json with platform variants that the registry in use did not offer.
 *
 * npm leaves an optional dependency it cannot find out of the lockfile without a word; on the platform that needs it,
 * the binary would then be missing. Run after every change of dependencies: `npm run lockfile`.
 */
import { readFileSync, writeFileSync } from 'node:fs'

type Entry = {
  version?: string
  dev?: boolean
  optional?: boolean
  os?: string[]
  cpu?: string[]
  libc?: string[]
  optionalDependencies?: Record<string, string>
}
type Lockfile = { packages: Record<string, Entry> }

const OPERATING_SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
]
const PROCESSORS = [
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'x64',
  'wasm32',
]

/** The platform a variant's name speaks of: `@biomejs/cli-linux-arm64-musl` is linux, arm64, musl. */
function platformOf(name: string): Pick<Entry, 'os' | 'cpu' | 'libc'> {
  const words = name.split(/[-/]/)
  const os = words.filter((word) => OPERATING_SYSTEMS.includes(word))
  const cpu = words.filter((word) => PROCESSORS.includes(word))
  const musl = words.includes('musl')
  return { ...(cpu.length > 0 && { cpu }), ...(musl && { libc: ['musl'] }), ...(os.length > 0 && { os }) }
}

/** Every optional dependency that is named by a locked package and locked nowhere, as `[name, exact version, owner]`. */
export function missingVariants(lockfile: Lockfile): [name: string, version: string, owner: Entry][] {
  const locked = new Set(Object.keys(lockfile.packages).map((path) => path.replace(/^.*node_modules\//, '')))
  const missing = new Map<string, [string, string, Entry]>()
  for (const owner of Object.values(lockfile.packages)) {
    for (const [name, range] of Object.entries(owner.optionalDependencies ?? {})) {
      if (!locked.has(name)) missing.set(name, [name, range.replace(/^[~^=]/, ''), owner])
    }
  }
  return [...missing.values()]
}

if (import.meta.main) {
  const path = new URL('../package-lock.json', import.meta.url)
  const lockfile = JSON.parse(readFileSync(path, 'utf8')) as Lockfile
  const missing = missingVariants(lockfile)
  for (const [name, version, owner] of missing) {
    const { cpu, libc, os } = platformOf(name)
    // In npm's own order of keys, so that a later `npm install` changes nothing.
    lockfile.packages[`node_modules/${name}`] = {
      version,
      ...(cpu && { cpu }),
      ...(owner.dev === true && { dev: true }),
      ...(libc && { libc }),
      optional: true,
      ...(os && { os }),
    }
  }
  const sorted = Object.entries(lockfile.packages).sort(([left], [right]) => left.localeCompare(right, 'en'))
  lockfile.packages = Object.fromEntries(sorted)
  if (missing.length > 0) writeFileSync(path, `${JSON.stringify(lockfile, null, 2)}\n`)
  console.log(`package-lock.json: ${missing.length} platform variants added`)
}
