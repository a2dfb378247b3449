/**
 * Takes pictures of every view of the explorer: `node apps/explorer/scripts/screenshots.ts FOLDER`, on a desktop, a
 * phone and in dark colours; `--docs` writes those that docs/explorer.md shows into docs/images instead. Needs a
 * Chromium (TRINE_CHROMIUM names another one).
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Browser, chromium } from 'playwright-core'
import { findChromium } from '../../../test/support/browser.ts'
import { VIEWS } from '../src/page/address.ts'

type Shot = {
  readonly name: string
  readonly run: string
  readonly hash: string
  readonly width: number
  readonly height: number
  readonly colorScheme: 'light' | 'dark'
}

const root = fileURLToPath(new URL('../../../', import.meta.url))

const DESKTOP = { width: 1240, height: 870 }
const PHONE = { width: 390, height: 844 }

const all = VIEWS.flatMap((view): Shot[] => {
  const shot = { run: 'partition', hash: `view=${view}&at=18.3` }
  return [
    { ...shot, name: `${view}-desktop`, ...DESKTOP, colorScheme: 'light' },
    { ...shot, name: `${view}-dark`, ...DESKTOP, colorScheme: 'dark' },
    { ...shot, name: `${view}-phone`, ...PHONE, colorScheme: 'light' },
  ]
})

const documented: readonly Shot[] = [
  { name: 'explorer-chain', run: 'partition', hash: 'view=chain&at=18.3', ...DESKTOP, colorScheme: 'light' },
  {
    name: 'explorer-finality',
    run: 'more-than-a-third-offline',
    hash: 'view=finality&at=27.3',
    ...DESKTOP,
    colorScheme: 'light',
  },
  {
    name: 'explorer-asynchrony-dark',
    run: 'asynchrony',
    hash: 'view=chain&at=28.3',
    ...DESKTOP,
    colorScheme: 'dark',
  },
  {
    name: 'explorer-validators',
    run: 'partition',
    hash: 'view=validators&at=18.3',
    ...DESKTOP,
    colorScheme: 'light',
  },
  {
    name: 'explorer-nodes-dark',
    run: 'partition',
    hash: 'view=nodes&at=16.3',
    ...DESKTOP,
    colorScheme: 'dark',
  },
  {
    name: 'explorer-mailboxes',
    run: 'partition',
    hash: 'view=mailboxes&at=40.3',
    ...DESKTOP,
    colorScheme: 'light',
  },
  {
    name: 'explorer-phone',
    run: 'more-than-a-third-offline',
    hash: 'view=finality&at=14.3',
    ...PHONE,
    colorScheme: 'light',
  },
  { name: 'replay-page', run: 'replay', hash: 'view=chain&node=3&at=30.9', ...DESKTOP, colorScheme: 'light' },
]

async function take(browser: Browser, shot: Shot, file: string, folder: string): Promise<void> {
  const { width, height, colorScheme } = shot
  const page = await browser.newPage({ viewport: { width, height }, colorScheme })
  await page.goto(`${pathToFileURL(file).href}#${shot.hash}`)
  await page.waitForSelector('.figures')
  // Fonts and the first layout of what measures itself.
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  )
  const path = join(folder, `${shot.name}.png`)
  await page.screenshot({ path })
  await page.close()
  console.log(`${path} ${Math.ceil(statSync(path).size / 1000)} kB`)
}

const [word] = process.argv.slice(2)
const executablePath = findChromium()
if (word === undefined || executablePath === undefined) {
  console.error(
    word === undefined
      ? 'expected a folder, or --docs'
      : 'expected a Chromium, or its path in TRINE_CHROMIUM',
  )
  process.exit(2)
}
const isForDocs = word === '--docs'
const folder = isForDocs ? join(root, 'docs', 'images') : word
const shots = isForDocs ? documented : all
mkdirSync(folder, { recursive: true })
const temporary = mkdtempSync(join(tmpdir(), 'trine-screenshots-'))
const browser = await chromium.launch({
  executablePath,
  args: ['--headless', '--no-sandbox', '--disable-gpu'],
})
try {
  for (const run of new Set(shots.map((shot) => shot.run))) {
    const file = join(temporary, `${run}.html`)
    const command =
      run === 'replay' ? ['replay'] : ['simulate', join(root, 'test', 'scenarios', `${run}.yaml`), '--quiet']
    const words = [join(root, 'apps', 'trine', 'bin', 'trine.js'), ...command, '--html', file]
    const { status } = spawnSync(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit'] })
    if (status !== 0) throw new Error(`${run}: expected a run that succeeds, got exit code ${status}`)
    for (const shot of shots.filter((wanted) => wanted.run === run)) await take(browser, shot, file, folder)
  }
} finally {
  await browser.close()
  rmSync(temporary, { recursive: true })
}
