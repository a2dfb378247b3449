import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInBrowser, serveFolder } from '../../../../test/support/browser.ts'
import { vectorsPath } from '../../../../test/support/vectors.ts'
import type { PageAnswer } from './page/main.ts'

const vectors = vectorsPath('xmss', 'production-plonky3', 'key_a.json')

describeInBrowser('XMSS in a browser', (session) => {
  let folder = ''
  let server: Awaited<ReturnType<typeof serveFolder>>

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'xmss-browser-'))
    await build({
      root: fileURLToPath(new URL('page', import.meta.url)),
      configFile: false,
      logLevel: 'warn',
      build: { outDir: folder, emptyOutDir: true, target: 'esnext' },
      worker: { format: 'es' },
    })
    copyFileSync(vectors, join(folder, 'key.json'))
    server = await serveFolder(folder)
  })
  afterAll(async () => {
    await server.close()
    rmSync(folder, { recursive: true })
  })

  it('production signatures are verified by the page and by its Web Workers', async () => {
    const { page, problems } = await session.open(server.url)
    const output = page.locator('#answer')
    await page.waitForFunction("document.querySelector('#answer').textContent !== 'working'")
    expect(problems).toEqual([])
    const answer = JSON.parse((await output.textContent()) ?? '') as PageAnswer
    const { signatures } = JSON.parse(readFileSync(vectors, 'utf8')) as { signatures: { valid: boolean }[] }
    const valid = signatures.map((signature) => signature.valid)
    expect(answer).toMatchObject({
      page: valid,
      workers: [...valid, ...valid.map(() => false)],
      own: true,
      afterClose: 'closed',
      hasSimd: true,
    })
    console.log(
      `Chromium: ${(1000 * answer.millisecondsPerSignature).toFixed(0)} us per signature with two Web Workers`,
    )
  })
})
