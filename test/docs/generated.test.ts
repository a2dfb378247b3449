import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { essential } from '../../scripts/docs/graphs.ts'
import { fill, generatedFiles } from '../../scripts/docs.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

describe('what is made from the code', () => {
  it('is current (mend with: npm run docs:pages)', async () => {
    for (const [path, text] of await generatedFiles()) {
      const committed = existsSync(`${root}${path}`) ? readFileSync(`${root}${path}`, 'utf8') : ''
      expect(committed, `${path}: run npm run docs:pages`).toBe(text)
    }
  })

  it('takes the place between its comments and no other', () => {
    const page = 'a\n<!-- generated: x -->\nold\n<!-- end -->\nb\n<!-- generated: y -->\nkept\n<!-- end -->\n'
    expect(fill(page, 'x', 'new $1')).toBe(page.replace('old', '\nnew $1\n'))
    expect(() => fill(page, 'z', 'new')).toThrow('generated: z')
  })

  it('draws only the arrows that do not follow from others', () => {
    expect(essential({ a: ['b', 'c'], b: ['c'], c: [] })).toEqual([
      ['a', 'b'],
      ['b', 'c'],
    ])
  })
})
