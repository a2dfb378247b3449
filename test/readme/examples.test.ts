import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A TypeScript block of a page, and the text block right after it: what it prints. */
const EXAMPLE = /```ts\n([\s\S]*?)```(?:\s*```text\n([\s\S]*?)```)?/g

function pages(): string[] {
  const readmes = readdirSync(`${root}packages`)
    .filter((name) => existsSync(`${root}packages/${name}/package.json`))
    .map((name) => `packages/${name}/README.md`)
  const docs = readdirSync(`${root}docs`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && !file.startsWith('dist/'))
    .map((file) => `docs/${file}`)
  const concepts = docs.filter((page) => /^docs\/concepts\/(?!README)/.test(page))
  return [...new Set([...readmes, ...concepts, ...docs.filter((page) => examplesOf(page).length > 0)])]
}

function examplesOf(page: string): { code: string; printed: string | undefined }[] {
  const text = existsSync(`${root}${page}`) ? readFileSync(`${root}${page}`, 'utf8') : ''
  return [...text.matchAll(EXAMPLE)].map(([, code, printed]) => ({ code: code as string, printed }))
}

describe.each(pages())('%s', (page) => {
  const examples = examplesOf(page)

  it('has a runnable example', () => {
    expect(examples.length).toBeGreaterThan(0)
  })

  it.each(examples)('example %# runs and prints what the page says', ({ code, printed }) => {
    const argv = ['--input-type=module-typescript', '--eval', code]
    const output = execFileSync(process.execPath, argv, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    if (printed !== undefined) expect(output).toBe(printed)
  })
})
