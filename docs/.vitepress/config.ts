import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig, type MarkdownRenderer } from 'vitepress'
import { anchorOf, linksIn } from '../../scripts/docs/markdown.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The first heading of a page, for the sidebar. */
function titleOf(page: string): string {
  return /^# (.*)$/m.exec(readFileSync(join(root, page), 'utf8'))?.[1]?.replaceAll('`', '') ?? page
}

const link = (text: string, page: string) => ({ text, link: `/${page.replace(/README$/, '')}` })

/** Pages that exist: what a later release adds appears by itself, what is gone is no dead link. */
const section = (text: string, pages: [text: string, page: string][]) => ({
  text,
  items: pages
    .filter(([, page]) => existsSync(join(root, `${page}.md`)))
    .map(([name, page]) => link(name, page)),
})

const decisions = readdirSync(join(root, 'docs/decisions'))
  .filter((name) => /^\d/.test(name))
  .map((name) => link(titleOf(`docs/decisions/${name}`), `docs/decisions/${name.slice(0, -3)}`))

const packages = readdirSync(join(root, 'packages'))
  .filter((name) => existsSync(join(root, 'packages', name, 'README.md')))
  .map((name) => link(`@trine/${name}`, `packages/${name}/`))

const sections = [
  section('Quick start', [
    ['Which one is yours', 'docs/quick-start'],
    ['Devnet participant', 'docs/quick-start-devnet'],
    ['Researcher', 'docs/quick-start-research'],
    ['CI', 'docs/quick-start-ci'],
  ]),
  section('Concepts', [
    ['Overview', 'docs/concepts/README'],
    ['Slots and intervals', 'docs/concepts/slots'],
    ['LMD-GHOST, two lanes', 'docs/concepts/fork-choice'],
    ['Justification and finality', 'docs/concepts/finality'],
    ['XMSS keys', 'docs/concepts/xmss'],
    ['Actors and lanes', 'docs/concepts/actors'],
  ]),
  section('Guides', [
    ['Simulating a network', 'docs/simulate'],
    ['The 3sf-mini model', 'docs/3sf-mini'],
    ['Validator keys', 'docs/keys'],
    ['Keys for a devnet', 'docs/devnet-keys'],
    ['The ledger of one-time keys', 'docs/key-ledger'],
  ]),
  section('Running a node', [
    ['Configuration', 'docs/configuration'],
    ['Operations', 'docs/operations'],
    ['Troubleshooting', 'docs/troubleshooting'],
    ['Validators outside of a node', 'docs/validator'],
    ['Doctor and bundles', 'docs/doctor'],
    ['Logs', 'docs/logs'],
    ['The database', 'docs/database'],
    ['The explorer', 'docs/explorer'],
    ['Containers, Prometheus, Grafana', 'devnet/README'],
  ]),
  section('Reference', [
    ['Command line', 'docs/reference/cli'],
    ['HTTP API', 'docs/reference/api'],
    ['Metrics', 'docs/metrics'],
    ['Deviations', 'docs/deviations'],
    ['Architecture', 'docs/architecture'],
    ['Benchmarks', 'docs/benchmarks/README'],
  ]),
]

/** Pages that nobody gave a place yet. */
const unlisted = readdirSync(join(root, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => link(titleOf(`docs/${name}`), `docs/${name.slice(0, -3)}`))
  .filter((page) => !sections.some(({ items }) => items.some((item) => item.link === page.link)))

/** Links to files that are no pages: copied beside the pages, so that they work on the site as they do in a checkout. */
function copyLinkedFiles(pages: readonly string[], out: string): void {
  for (const page of pages) {
    for (const target of linksIn(readFileSync(join(root, page), 'utf8'))) {
      if (/^(https:|#)/.test(target)) continue
      const file = normalize(join(dirname(page), target.replace(/#.*/, '')))
      if (file.endsWith('.md') || !existsSync(join(root, file)) || !statSync(join(root, file)).isFile())
        continue
      mkdirSync(dirname(join(out, file)), { recursive: true })
      copyFileSync(join(root, file), join(out, file))
    }
  }
}

/** READMEs are the index pages of the site: links to them follow. */
function followReadmes(md: MarkdownRenderer): void {
  md.core.ruler.push('readmes', ({ tokens }) => {
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const target = token.attrGet('href')
      if (token.type !== 'link_open' || target === null || /^[a-z]+:/.test(target)) continue
      token.attrSet('href', target.replace(/(^|\/)README\.md(?=$|#)/, '$1index.md'))
    }
  })
}

export default defineConfig({
  title: 'Trine',
  description: 'A lean-consensus (3SF-mini) node in TypeScript, built of message-passing actors',
  // The checkout is the site: READMEs of the packages are pages, and links mean the same here and in the repository.
  srcDir: '..',
  srcExclude: ['**/node_modules/**', '**/src/**', '**/dist/**', '.trine/**', 'devnet/**/data/**'],
  rewrites: (page) => page.replace(/(^|\/)README\.md$/, '$1index.md'),
  outDir: 'dist',
  cacheDir: '../node_modules/.cache/vitepress',
  lastUpdated: false,
  markdown: { anchor: { slugify: anchorOf }, config: followReadmes },
  buildEnd: ({ pages, outDir }) => copyLinkedFiles(pages, outDir),
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      link('Quick start', 'docs/quick-start'),
      link('Concepts', 'docs/concepts/'),
      link('Operations', 'docs/operations'),
      link('Reference', 'docs/reference/cli'),
    ],
    sidebar: [
      ...sections,
      ...(unlisted.length > 0 ? [{ text: 'More', items: unlisted }] : []),
      { text: 'Packages', collapsed: true, items: packages },
      { text: 'Decisions', collapsed: true, items: decisions },
      section('Project', [
        ['Contributing', 'CONTRIBUTING'],
        ['Changelog', 'CHANGELOG'],
        ['Security', 'SECURITY'],
      ]),
    ],
  },
})
