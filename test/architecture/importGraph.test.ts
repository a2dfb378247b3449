import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const graph = JSON.parse(readFileSync(`${root}import-graph.json`, 'utf8')) as {
  packages: Record<string, string[]>
}
const folders = readdirSync(`${root}packages`).filter((name) =>
  existsSync(`${root}packages/${name}/package.json`),
)

/** The specifiers that a source file imports or re-exports, types included, dynamic imports included. */
function importsOf(source: string): string[] {
  const withoutComments = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  const pattern =
    /(?:^\s*(?:import|export)\b[^'";]*?\bfrom\s*|^\s*import\s*|\bimport\s*\(\s*)['"]([^'"]+)['"]/gm
  return [...withoutComments.matchAll(pattern)].map((match) => match[1] as string)
}

function sourcesOf(folder: string): string[] {
  const base = `${root}packages/${folder}/src`
  return readdirSync(base, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${base}/${file}`)
}

function houseImportsOf(folder: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const file of sourcesOf(folder)) {
    for (const specifier of importsOf(readFileSync(file, 'utf8'))) {
      const match = /^@trine\/([^/]+)/.exec(specifier)
      if (match?.[1]) found.set(match[1], file.slice(root.length))
    }
  }
  return found
}

/** The first cycle found, as the list of packages on it. */
function cycleIn(arrows: Record<string, string[]>): string[] | undefined {
  const done = new Set<string>()
  const visit = (node: string, path: string[]): string[] | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node]
    if (done.has(node)) return undefined
    for (const next of arrows[node] ?? []) {
      const cycle = visit(next, [...path, node])
      if (cycle) return cycle
    }
    done.add(node)
    return undefined
  }
  for (const node of Object.keys(arrows)) {
    const cycle = visit(node, [])
    if (cycle) return cycle
  }
  return undefined
}

describe('import graph', () => {
  it('names exactly the packages that exist', () => {
    expect(Object.keys(graph.packages).sort()).toEqual([...folders].sort())
  })

  it('allows no cycle', () => {
    expect(cycleIn(graph.packages)).toBeUndefined()
    expect(cycleIn({ a: ['b'], b: ['c'], c: ['a'] })).toEqual(['a', 'b', 'c', 'a'])
  })

  it.each(folders)('%s imports only what its arrows allow, and declares it', (folder) => {
    const allowed = graph.packages[folder] ?? []
    const manifest = JSON.parse(readFileSync(`${root}packages/${folder}/package.json`, 'utf8')) as {
      dependencies?: Record<string, string>
    }
    const imports = houseImportsOf(folder)
    expect([...imports.keys()], 'arrows that nothing uses').toEqual(expect.arrayContaining(allowed))
    for (const [target, file] of imports) {
      if (target === folder) continue
      expect(allowed, `${file} imports @trine/${target}`).toContain(target)
      expect(Object.keys(manifest.dependencies ?? {}), `${folder}/package.json`).toContain(`@trine/${target}`)
    }
  })

  it.each(folders)(
    '%s imports nothing undeclared from outside, and reaches into no other folder',
    (folder) => {
      const manifest = JSON.parse(readFileSync(`${root}packages/${folder}/package.json`, 'utf8')) as {
        dependencies?: Record<string, string>
      }
      const declared = Object.keys(manifest.dependencies ?? {})
      for (const file of sourcesOf(folder)) {
        for (const specifier of importsOf(readFileSync(file, 'utf8'))) {
          if (specifier.startsWith('node:') || specifier.startsWith('@trine/')) continue
          if (specifier.startsWith('.')) {
            const target = new URL(specifier, `file://${file}`).pathname
            expect(target.startsWith(`${root}packages/${folder}/`), `${file} imports ${specifier}`).toBe(true)
            continue
          }
          const name = specifier
            .split('/')
            .slice(0, specifier.startsWith('@') ? 2 : 1)
            .join('/')
          expect(declared, `${file} imports ${specifier}`).toContain(name)
        }
      }
    },
  )
})
