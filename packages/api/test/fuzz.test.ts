import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Contract } from './support/contract.ts'
import { startTestNode, type TestNode, until } from './support/testNode.ts'

let lean: TestNode
let paths: readonly string[]

beforeAll(async () => {
  lean = await startTestNode({ parts: { servesValidators: true } })
  const contract = await Contract.of(lean.api)
  paths = Object.keys(contract.document.paths)
  await until('two slots', async () => (await contract.json('/lean/v0/head')).slot >= 2)
}, 90_000)

afterAll(async () => {
  await lean.stop()
  expect(lean.errors).toEqual([])
})

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS'] as const
const INTEGERS = ['0', '1', '-1', '00', '1.5', '1e9', '4294967295', '4294967296', '99999999999999999999']
const WORDS = [
  'finalized',
  'justified',
  'head',
  'slot',
  'true',
  'null',
  '',
  ' ',
  '../../etc/passwd',
  '%2e%2e',
  '%zz',
  '\0',
]
const FIELDS = ['limit', 'offset', 'slot', 'validator_index', 'topics', '__proto__', 'constructor', 'a[b]']
const TYPES = [
  'application/json',
  'application/octet-stream',
  'text/plain',
  '*/*',
  'text/*;q=2',
  ';;,,',
  'a'.repeat(3000),
]

const value = fc.oneof(
  fc.constantFrom(...INTEGERS),
  fc.constantFrom(...WORDS),
  fc.stringMatching(/^0x[0-9a-fA-F]{0,70}$/),
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
)
const segment = fc.oneof({ weight: 4, arbitrary: value.map(encode) }, { weight: 1, arbitrary: value })
const query = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...FIELDS), fc.string({ maxLength: 8 })), segment), {
  maxLength: 4,
})
const body = fc.oneof(
  fc.constant(undefined),
  fc.json().map((text) => ({ text, type: 'application/json' })),
  fc.string().map((text) => ({ text, type: 'application/json' })),
  fc
    .uint8Array({ maxLength: 400 })
    .map((bytes) => ({ text: Buffer.from(bytes), type: 'application/octet-stream' })),
  fc.tuple(fc.string(), fc.constantFrom(...TYPES)).map(([text, type]) => ({ text, type })),
)

/** Lone surrogates have no encoding. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

it('nothing that comes in makes the server fail', async () => {
  const request = fc.record({
    method: fc.oneof({ weight: 3, arbitrary: fc.constant('GET' as const) }, fc.constantFrom(...METHODS)),
    path: fc.nat(1000),
    segments: fc.array(segment, { minLength: 2, maxLength: 2 }),
    query,
    accept: fc.option(fc.oneof(fc.constantFrom(...TYPES), fc.string().map(encode)), { nil: undefined }),
    body,
  })
  const statuses = new Map<number, number>()
  await fc.assert(
    fc.asyncProperty(request, async ({ method, path, segments, query, accept, body }) => {
      let used = 0
      const filled = paths[path % paths.length]!.replaceAll(/\{\w+\}/g, () => segments[used++ % 2]!)
      // An open event stream has no end: `events.test.ts` reads those.
      fc.pre(!filled.endsWith('/events'))
      const url = `${filled}?${query.map(([name, text]) => `${encode(name)}=${text}`).join('&')}`
      const response = await lean.api.server.inject({
        method: method as 'GET',
        url: encodeControls(url),
        headers: { ...(accept && { accept }), ...(body && { 'content-type': body.type }) },
        ...(body && { payload: body.text }),
      })
      statuses.set(response.statusCode, (statuses.get(response.statusCode) ?? 0) + 1)
      expect(response.statusCode).toBeLessThan(500)
      if (response.statusCode >= 400 && method !== 'HEAD') {
        expect(Object.keys(response.json())).toEqual(['code', 'message'])
      }
    }),
    { numRuns: 3000 },
  )
  // Not everything was refused, and not for one reason only.
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400]))
  expect(statuses.size).toBeGreaterThanOrEqual(4)
}, 120_000)

/** What cannot stand in a request line at all. */
function encodeControls(url: string): string {
  return url.toWellFormed().replaceAll(/[^\x21-\x7e]/g, encode)
}
