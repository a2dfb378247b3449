/**
 * Compiles every workspace for publishing: `npm run build` makes `dist/<folder>/<name>`, each a complete package of
 * JavaScript, type declarations, README and LICENSE that `npm pack` takes as it is. Development never needs it.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildExplorer } from '../apps/explorer/src/build.ts'

/** A file, or one per condition (`browser`, `default`). */
type Entry = string | { [condition: string]: Entry }
type Manifest = {
  exports?: Record<string, Entry>
  bin?: Record<string, string>
  [key: string]: unknown
}

const root = fileURLToPath(new URL('..', import.meta.url))

/** What a published package has no use for. */
const DEVELOPMENT_FIELDS = ['private', 'scripts', 'devDependencies']

function compile(out: string): void {
  const tsc = `${root}node_modules/typescript/bin/tsc`
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', out], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('the compiler refused')
  for (const file of readdirSync(out, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.js')) renameUrls(`${out}/${file}`)
  }
}

/** Workers are named by URL, which tsc leaves alone: `new URL('./worker.ts', import.meta.url)`. */
function renameUrls(file: string): void {
  const text = readFileSync(file, 'utf8')
  const renamed = text.replace(/(new URL\('\.[^']*)\.ts(', import\.meta\.url\))/g, '$1.js$2')
  if (renamed !== text) writeFileSync(file, renamed)
}

/** `./src/index.ts` as the published package names it. */
function publishedEntry(path: Entry): Entry {
  if (typeof path !== 'string') {
    return Object.fromEntries(Object.entries(path).map(([name, entry]) => [name, publishedEntry(entry)]))
  }
  if (!path.endsWith('.ts')) return path
  return { types: path.replace(/\.ts$/, '.d.ts'), default: path.replace(/\.ts$/, '.js') }
}

function stage(folder: string, out: string): void {
  const [from, to] = [`${root}${folder}`, `${out}/${folder}`]
  const manifest = JSON.parse(readFileSync(`${from}/package.json`, 'utf8')) as Manifest
  const entries = Object.entries(manifest.exports ?? {}).map(([name, path]) => [name, publishedEntry(path)])
  mkdirSync(to, { recursive: true })
  const kept = Object.entries(manifest).filter(([field]) => !DEVELOPMENT_FIELDS.includes(field))
  const published = {
    ...Object.fromEntries(kept),
    exports: Object.fromEntries(entries),
    engines: { node: '>=22.18' },
  }
  writeFileSync(`${to}/package.json`, `${JSON.stringify(published, null, 2)}\n`)
  cpSync(`${root}LICENSE`, `${to}/LICENSE`)
  if (existsSync(`${from}/README.md`)) cpSync(`${from}/README.md`, `${to}/README.md`)
  for (const path of Object.values(manifest.bin ?? {})) {
    const launcher = readFileSync(`${from}/${path}`, 'utf8').replace(/(import\('[^']+)\.ts'\)/, "$1.js')")
    mkdirSync(`${to}/bin`, { recursive: true })
    writeFileSync(`${to}/${path}`, launcher, { mode: 0o755 })
  }
}

/** The explorer's page goes out bundled, without the modules that it is made of and the library that they import. */
async function bundleExplorer(out: string): Promise<void> {
  rmSync(`${out}/src/page`, { recursive: true })
  await buildExplorer(`${out}/dist/`)
}

/** Builds all packages into a folder, which is emptied before; returns their folders in it. */
export async function build(out: string): Promise<string[]> {
  rmSync(out, { recursive: true, force: true })
  compile(out)
  await bundleExplorer(`${out}/apps/explorer`)
  const folders = ['packages', 'apps'].flatMap((group) =>
    readdirSync(`${root}${group}`).map((name) => `${group}/${name}`),
  )
  const staged = folders.filter((folder) => existsSync(`${root}${folder}/package.json`))
  for (const folder of staged) stage(folder, out)
  return staged.map((folder) => `${out}/${folder}`)
}

if (import.meta.main) {
  try {
    const built = await build(`${root}dist`)
    console.log(`built ${built.length} packages into dist/`)
  } catch (error) {
    console.error((error as Error).message)
    process.exitCode = 1
  }
}
