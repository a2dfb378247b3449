/**
 * Writes the parts of the documentation that are made from the code: `npm run docs:pages`. They are committed, so that they
 * can be read in the repository; a test says when they are not current.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createProgram } from '../apps/trine/src/main.ts'
import { apiPage } from './docs/apiPage.ts'
import { cliPage } from './docs/cliPage.ts'
import { allowedImports, drawHouse, drawMessages, messageArrows } from './docs/graphs.ts'
import { SETTINGS_HEAD, settingsRows } from './docs/settingsTable.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The page with what stands between the comments `generated: NAME` and `end` replaced. */
export function fill(page: string, name: string, content: string): string {
  const pattern = new RegExp(`(<!-- generated: ${name} -->\n)[\\s\\S]*?(<!-- end -->)`)
  if (!pattern.test(page)) throw new Error(`no <!-- generated: ${name} --> ... <!-- end --> in the page`)
  return page.replace(pattern, (_, begin: string, end: string) => `${begin}\n${content}\n\n${end}`)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}

function packagesTable(): string {
  const rows = Object.entries(allowedImports()).map(([name, imports]) => {
    const manifest = JSON.parse(readFileSync(`${root}packages/${name}/package.json`, 'utf8'))
    return [
      `[${name}](../packages/${name}/README.md)`,
      manifest.description as string,
      imports.join(', ') || 'nothing of the house',
    ]
  })
  return table(['package', 'what', 'may import'], rows)
}

function messagesTable(): string {
  const code = (kinds: readonly string[]) => kinds.map((kind) => `\`${kind}\``).join(', ')
  const rows = messageArrows().map(({ from, to, asks, tells }) => [from, to, code(tells), code(asks)])
  return table(['from', 'to', 'tells', 'asks'], rows)
}

/** Path and text of every file that is made from the code. */
export async function generatedFiles(): Promise<Map<string, string>> {
  let architecture = readFileSync(`${root}docs/architecture.md`, 'utf8')
  architecture = fill(architecture, 'packages', packagesTable())
  architecture = fill(architecture, 'messages', messagesTable())
  const configuration = readFileSync(`${root}docs/configuration.md`, 'utf8')
  const workflow = readFileSync(`${root}docs/ci/trine.yml`, 'utf8')
  const quickStart = readFileSync(`${root}docs/quick-start-ci.md`, 'utf8')
  return new Map([
    ['docs/quick-start-ci.md', fill(quickStart, 'workflow', `\`\`\`yaml\n${workflow}\`\`\``)],
    ['docs/architecture.md', architecture],
    ['docs/configuration.md', fill(configuration, 'settings', table(SETTINGS_HEAD, settingsRows()))],
    ['docs/images/house.svg', await drawHouse()],
    ['docs/images/messages.svg', await drawMessages()],
    ['docs/reference/cli.md', cliPage(createProgram())],
    ['docs/reference/api.md', await apiPage()],
  ])
}

if (import.meta.main) {
  for (const [path, text] of await generatedFiles()) {
    mkdirSync(dirname(`${root}${path}`), { recursive: true })
    writeFileSync(`${root}${path}`, text)
    console.log(path)
  }
}
