import { existsSync, readdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const source = fileURLToPath(new URL('./', import.meta.url))
const pageFolder = fileURLToPath(new URL('./page/', import.meta.url))

/** Where the built page lies: `index.html`, a script, a style sheet, an icon. */
export const explorerFolder = fileURLToPath(new URL('../dist/', import.meta.url))

/** Builds the page into `folder`. Takes a second or two, and no network. */
export async function buildExplorer(folder = explorerFolder): Promise<void> {
  const { build } = await import('vite')
  await build({
    root: pageFolder,
    base: './',
    configFile: false,
    logLevel: 'warn',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2023',
      modulePreload: false,
      assetsInlineLimit: 0,
      reportCompressedSize: false,
      rolldownOptions: {
        output: {
          entryFileNames: 'explorer.js',
          chunkFileNames: '[name].js',
          assetFileNames: 'explorer[extname]',
        },
      },
    },
  })
}

/**
 * The folder of the built page, built first where it is missing or older than its source. `npm install` builds it, so
 * this is for those who changed it, or installed without scripts. A published package has no source and is never stale.
 */
export async function ensureExplorer(): Promise<string> {
  if (isStale()) await buildExplorer()
  return explorerFolder
}

function isStale(): boolean {
  if (!existsSync(`${pageFolder}index.html`)) return false
  const index = `${explorerFolder}index.html`
  if (!existsSync(index)) return true
  const built = statSync(index).mtimeMs
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(tsx?|css|html|svg)$/.test(name))
    .some((name) => statSync(`${source}${name}`).mtimeMs > built)
}
