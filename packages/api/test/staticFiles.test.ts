import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readStaticFiles } from '../src/index.ts'
import { startTestNode, type TestNode } from './support/testNode.ts'

const SECRET = 'nobody may see this'
const base = mkdtempSync(join(tmpdir(), 'trine-api-'))
const folder = join(base, 'site')
let lean: TestNode
let port: number

beforeAll(async () => {
  mkdirSync(join(folder, 'assets'), { recursive: true })
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  write('index.html', '<p>explorer</p>')
  write('assets/app.js', 'export {}')
  write('assets/style.css', 'p {}')
  write('assets/data.bin', '\u0001')
  write('assets/a :*b.svg', '<svg/>')
  writeFileSync(join(base, 'secret.txt'), SECRET)
  symlinkSync(join(base, 'secret.txt'), join(folder, 'link.txt'))
  lean = await startTestNode({ hasDuties: false, parts: { explorer: readStaticFiles(folder) } })
  port = (await lean.api.listen({ host: '127.0.0.1', port: 0 })).port
}, 60_000)

afterAll(async () => {
  await lean.stop()
  rmSync(base, { recursive: true })
})

/** A request with exactly this path, which `fetch` would tidy up. */
function get(path: string, method = 'GET') {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      const client = request({ port, path, method, agent: false }, (response) => {
        let text = ''
        response.on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }))
      })
      client.on('error', reject)
      client.end()
    },
  )
}

describe('files', () => {
  it.each([
    ['/', 'text/html; charset=utf-8', '<p>explorer</p>'],
    ['/index.html', 'text/html; charset=utf-8', '<p>explorer</p>'],
    ['/?view=tree', 'text/html; charset=utf-8', '<p>explorer</p>'],
    ['/assets/app.js', 'text/javascript; charset=utf-8', 'export {}'],
    ['/assets/style.css', 'text/css; charset=utf-8', 'p {}'],
    ['/assets/data.bin', 'application/octet-stream', '\u0001'],
    ['/assets/a%20:*b.svg', 'image/svg+xml', '<svg/>'],
  ])('%s is served as what it is', async (path, type, text) => {
    const response = await get(path)
    expect([response.status, response.headers['content-type'], response.text]).toEqual([200, type, text])
    expect(response.headers['content-security-policy']).toMatch(/^default-src 'self';/)
    expect(response.headers['x-content-type-options']).toBe('nosniff')
  })

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
    '/assets/..%5c..%5csecret.txt',
    '//secret.txt',
    '/link.txt',
    '/assets',
    '/assets/',
    '/index.html/',
    '/INDEX.HTML',
    '/index.html%00.js',
    '/%',
    `/${base}/secret.txt`,
  ])('%s is not', async (path) => {
    const response = await get(path)
    expect([400, 404]).toContain(response.status)
    expect(response.text).not.toContain(SECRET)
    expect(Object.keys(JSON.parse(response.text))).toEqual(['code', 'message'])
  })

  it.each([
    ['', "'self'"],
    [
      '?nodes=http://127.0.0.1:5052/x,https://node.example',
      "'self' http://127.0.0.1:5052 https://node.example",
    ],
    ['?nodes=http://[::1]:5052,http://[::1]:5052/', "'self' http://[::1]:5052"],
    ['?nodes=javascript:alert(1),//x,,*,http://a;script-src%20*,http://a;b,data:x', "'self'"],
  ])('%s: the page may ask only whom its address names', async (query, sources) => {
    const policy = (await get(`/${query}`)).headers['content-security-policy']
    expect(policy).toBe(
      `default-src 'self'; connect-src ${sources}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
    )
  })

  it('what everybody may read, pages of other nodes may read', async () => {
    expect((await get('/lean/v0/health')).headers['access-control-allow-origin']).toBe('*')
    expect((await get('/lean/v0/head', 'POST')).headers['access-control-allow-origin']).toBeUndefined()
  })

  it('stand beside the API, and are only read', async () => {
    expect((await get('/lean/v0/health')).text).toContain('healthy')
    expect((await get('/index.html', 'POST')).status).toBe(404)
    const head = await get('/index.html', 'HEAD')
    expect([head.status, head.text]).toEqual([200, ''])
  })
})
