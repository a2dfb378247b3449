import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, describe, it } from 'vitest'

/**
 * Tests in a real browser. They need a Chromium on the machine (`apt-get install chromium`, or its path in
 * TRINE_CHROMIUM); nothing is downloaded. Without one the suite says loudly that it did not run, and where
 * CI=true it fails.
 */

const CANDIDATES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking']

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
}

/** Path of a Chromium to run, or undefined. TRINE_CHROMIUM overrides the usual places. */
export function findChromium(): string | undefined {
  const chosen = process.env['TRINE_CHROMIUM']
  return (chosen ? [chosen] : CANDIDATES).find((path) => existsSync(path))
}

/** What a browser suite works with: pages of one browser that the suite shares. */
export interface BrowserSession {
  /** Opens a new page on the URL. Errors of the page and its console are collected in `problems`. */
  open(url: string): Promise<{ readonly page: Page; readonly problems: readonly string[] }>
}

/** `describe` for tests that need a browser; the browser starts with the first `open` and ends with the suite. */
export function describeInBrowser(name: string, define: (session: BrowserSession) => void): void {
  const executablePath = findChromium()
  describe(name, () => {
    if (executablePath === undefined) {
      it('runs in Chromium', (context) => reportMissingChromium(name, context.skip))
      return
    }
    let browser: Promise<Browser> | undefined
    define({
      open: async (url) => {
        browser ??= launch(executablePath)
        return openPage(await browser, url)
      },
    })
    afterAll(async () => (await browser)?.close())
  })
}

async function launch(executablePath: string): Promise<Browser> {
  const { chromium } = await import('playwright-core')
  return chromium.launch({ executablePath, args: FLAGS })
}

async function openPage(browser: Browser, url: string): Promise<{ page: Page; problems: string[] }> {
  const page = await browser.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  await page.goto(url)
  return { page, problems }
}

function reportMissingChromium(name: string, skip: (note: string) => void): void {
  const message = `"${name}" DID NOT RUN: no Chromium found (looked for ${CANDIDATES.join(', ')}; set TRINE_CHROMIUM)`
  if (process.env['CI'] === 'true') throw new Error(message)
  console.warn(`\n${'!'.repeat(100)}\n${message}\n${'!'.repeat(100)}\n`)
  skip(message)
}

/** Serves the files of a folder on 127.0.0.1; `/` is index.html. Close it when the suite ends. */
export async function serveFolder(folder: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname)
    const file = join(folder, normalize(path === '/' ? '/index.html' : path))
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, { 'content-type': CONTENT_TYPES[extname(file)] ?? 'application/octet-stream' })
    response.end(readFileSync(file))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/`, close: () => closeServer(server) }
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())))
}
