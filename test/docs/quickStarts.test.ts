import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandsIn, filesIn } from '../support/pages.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const launcher = join(root, 'apps/trine/bin/trine.js')

/** A folder in which a reader works: the files of the page, and the checkout's scenarios by their names in it. */
function folderFor(page: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'trine-quick-start-'))
  symlinkSync(join(root, 'docs'), join(folder, 'docs'))
  symlinkSync(join(root, 'test'), join(folder, 'test'))
  for (const [name, text] of filesIn(page)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

describe.each(['docs/quick-start-research.md', 'docs/quick-start-ci.md'])('%s', (page) => {
  const commands = commandsIn(page).filter((command) => command.startsWith('npx trine '))
  let folder: string
  beforeAll(() => {
    folder = folderFor(page)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('has files and commands', () => {
    expect(filesIn(page).size).toBe(1)
    expect(commands.length).toBeGreaterThan(0)
  })

  it.each(commands)('%s', (command) => {
    const argv = command.replace('"$BUILD_NUMBER"', '7').split(/\s+/).slice(2)
    const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, ...argv], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    })
    // A comparison that finds a difference says so by its exit code.
    expect(status, `${stdout}${stderr}`).toBe(argv.includes('--compare') ? 1 : 0)
    for (const flag of ['--html', '--svg', '--junit']) {
      const file = argv[argv.indexOf(flag) + 1]
      if (argv.includes(flag)) expect(readFileSync(join(folder, file!), 'utf8').length).toBeGreaterThan(100)
    }
  })
})
