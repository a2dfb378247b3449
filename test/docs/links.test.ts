import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { anchorOf, anchorsIn, linksIn } from '../../scripts/docs/markdown.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

const IGNORED = /(^|\/)(node_modules|dist|coverage|\.git|\.trine|src)$/

function pagesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return IGNORED.test(path) ? [] : pagesIn(path)
    return entry.name.endsWith('.md') ? [path] : []
  })
}

/** What is wrong with a link of a page; undefined when it leads somewhere. */
function faultOf(page: string, link: string): string | undefined {
  if (/^https:\/\//.test(link)) return undefined
  if (/^[a-z]+:/.test(link)) return 'neither https nor a file'
  const [target, anchor] = link.split('#') as [string, string | undefined]
  let file = target === '' ? page : normalize(join(dirname(page), decodeURIComponent(target)))
  if (file.startsWith('..')) return 'outside the checkout'
  if (!existsSync(join(root, file))) return 'no such file'
  if (statSync(join(root, file)).isDirectory()) file = join(file, 'README.md')
  if (!existsSync(join(root, file))) return 'a folder without README.md'
  if (anchor === undefined || !file.endsWith('.md')) return undefined
  return anchorsIn(readFileSync(join(root, file), 'utf8')).has(anchor) ? undefined : 'no such heading'
}

describe('the links of the pages', () => {
  it.each(pagesIn('.'))('%s', (page) => {
    const links = linksIn(readFileSync(join(root, page), 'utf8'))
    const dead = links.flatMap((link) => {
      const fault = faultOf(page, link)
      return fault === undefined ? [] : [`${link}: ${fault}`]
    })
    expect(dead).toEqual([])
  })

  it('would be found dead', () => {
    expect(faultOf('README.md', 'nowhere.md')).toBe('no such file')
    expect(faultOf('README.md', 'docs/keys.md#nowhere')).toBe('no such heading')
    expect(faultOf('docs/keys.md', '../scripts')).toBe('a folder without README.md')
    expect(faultOf('README.md', 'http://example.org')).toBe('neither https nor a file')
    expect(faultOf('README.md', 'docs/keys.md#making-keys')).toBeUndefined()
  })

  it('are read as they are written', () => {
    expect(linksIn('[a](b.md#c) ![d](e.png) `[f](g)`\n```ts\n[h](i)\n```\n')).toEqual(['b.md#c', 'e.png'])
    expect(anchorOf('What changed since: `--against devnet1`')).toBe('what-changed-since---against-devnet1')
    expect([...anchorsIn('# A\n## B\n## B\n```\n# no\n```\n')]).toEqual(['a', 'b', 'b-1'])
  })
})
