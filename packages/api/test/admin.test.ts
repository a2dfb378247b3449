import { once } from 'node:events'
import { connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AdminActions, type Api, createAdmin, type LogLevel } from '../src/index.ts'
import { Contract } from './support/contract.ts'
import { startTestNode, type TestNode, until } from './support/testNode.ts'

const TOKEN = 'a token of some length'
const BASE = '/lean/v0/admin'

let lean: TestNode
let admin: Api
let levels: Record<string, LogLevel>
let endBackup: (() => void) | undefined
let seconds: number[]

const actions: AdminActions = {
  logs: {
    levels: () => levels,
    set: (level, component) => {
      if (component !== undefined && !(component in levels)) return false
      for (const name of component === undefined ? Object.keys(levels) : [component]) levels[name] = level
      return true
    },
  },
  backup: () =>
    new Promise((resolve) => {
      endBackup = () => resolve({ ok: true, value: { folder: 'backup-1' } })
    }),
  heapSnapshot: async () => ({ ok: false, error: { code: 'UNAVAILABLE', message: 'the disk is full' } }),
  cpuProfile: async (given) => {
    seconds.push(given)
    return { ok: true, value: { file: 'profile-1' } }
  },
}

beforeAll(async () => {
  lean = await startTestNode()
  levels = { chain: 'info', network: 'info' }
  seconds = []
  const { scheduler, refs, onError } = lean.parts
  admin = createAdmin({ scheduler, refs, onError, version: 'trine/0.1.0', token: TOKEN, actions })
}, 60_000)

afterAll(async () => {
  await admin.close()
  await lean.stop()
  expect(lean.errors).toEqual([])
})

async function call(method: 'GET' | 'POST', path: string, payload?: object, token = `Bearer ${TOKEN}`) {
  const headers = { authorization: token }
  const response = await admin.server.inject({
    method,
    url: `${BASE}${path}`,
    headers,
    ...(payload && { payload }),
  })
  return { status: response.statusCode, body: response.json(), headers: response.headers }
}

describe('the admin API', { timeout: 90_000 }, () => {
  it('answers nobody without the token, whatever the path', async () => {
    const document = (await call('GET', '/openapi.json')).body
    const paths = Object.keys(document.paths).map((path) => path.slice(BASE.length))
    expect(paths).toHaveLength(9)
    for (const path of [...paths, '/nothing', '']) {
      for (const token of [
        '',
        'Bearer',
        'Bearer ',
        `Bearer ${TOKEN} `,
        TOKEN,
        `bearer ${TOKEN}`,
        `Bearer ${TOKEN.slice(0, -1)}`,
      ]) {
        for (const method of ['GET', 'POST'] as const) {
          const { status, body, headers } = await call(method, path, undefined, token)
          expect([path, token, status, body.code]).toEqual([path, token, 401, 'UNAUTHORIZED'])
          expect(headers['www-authenticate']).toBe('Bearer')
        }
      }
    }
    expect(seconds).toEqual([])
  })

  it('wants a token of some length', () => {
    const { scheduler, refs, onError } = lean.parts
    const parts = { scheduler, refs, onError, version: '1', actions }
    expect(() => createAdmin({ ...parts, token: 'short' })).toThrow(RangeError)
  })

  it('has a valid description', async () => {
    const { body } = await call('GET', '/openapi.json')
    await Contract.validate(body)
  })

  it('sets log levels', async () => {
    expect((await call('POST', '/log_levels', { level: 'debug', component: 'chain' })).body).toEqual({
      levels: { chain: 'debug', network: 'info' },
    })
    expect((await call('POST', '/log_levels', { level: 'warn' })).body.levels).toEqual({
      chain: 'warn',
      network: 'warn',
    })
    expect((await call('GET', '/log_levels')).body.levels.chain).toBe('warn')
    const unknown = await call('POST', '/log_levels', { level: 'warn', component: 'kitchen' })
    expect(unknown).toMatchObject({
      status: 404,
      body: { message: 'component: expected one of chain, network, got "kitchen"' },
    })
    // Fatal is no level of our logs.
    for (const level of ['loud', 'fatal']) {
      const { status, body } = await call('POST', '/log_levels', { level })
      expect(status).toBe(400)
      expect(body.message).toBe(
        `body.level: expected one of trace, debug, info, warn, error, silent, got "${level}"`,
      )
    }
  })

  it('pauses and resumes duties', async () => {
    expect((await call('POST', '/duties/pause', { reason: 'maintenance' })).body).toEqual({
      were_running: true,
    })
    const { body } = await until('a pause', async () => {
      const answer = await lean.api.server.inject('/lean/v0/duties')
      return answer.json().paused_because !== null && { body: answer.json() }
    })
    expect(body.paused_because).toContain('maintenance')
    expect((await call('POST', '/duties/pause', { reason: 'again' })).body).toEqual({ were_running: false })
    expect((await call('POST', '/duties/resume')).body).toEqual({ were_paused: true })
    expect((await call('POST', '/duties/resume')).body).toEqual({ were_paused: false })
    expect((await call('POST', '/duties/pause', { reason: '' })).status).toBe(400)
    expect((await call('POST', '/duties/pause')).body.message).toMatch(
      /^body: expected an object .*got (nothing|null)$/,
    )
  })

  it('bans and drops peers', async () => {
    const ban = await call('POST', '/peers/ban', { peer_id: 'x', milliseconds: 60_000 })
    expect(ban).toMatchObject({ status: 200, body: { was_connected: false } })
    expect((await call('POST', '/peers/drop', {})).body).toEqual({ dropped: [] })
    expect((await call('POST', '/peers/drop', { peer_ids: ['x', 'y'] })).body).toEqual({ dropped: [] })
    const wrong = [{}, { peer_id: 'x' }, { peer_id: 'x', milliseconds: 0.5 }, { peer_id: 7, milliseconds: 5 }]
    for (const payload of wrong) expect((await call('POST', '/peers/ban', payload)).status).toBe(400)
    expect((await call('POST', '/peers/drop', { peer_ids: [] })).body.message).toBe(
      'body.peer_ids: expected a list of 1 to 1000 peer ids, got []',
    )
    expect((await call('POST', '/peers/drop', { all: true })).body.message).toBe(
      'body: expected an object with no fields but peer_ids, got {"all":true}',
    )
  })

  it('does long work once at a time, and says what came of it', async () => {
    const first = call('POST', '/backup')
    await until('the backup', async () => endBackup !== undefined)
    expect((await call('POST', '/backup')).status).toBe(409)
    endBackup!()
    expect(await first).toMatchObject({ status: 200, body: { folder: 'backup-1' } })
    const failed = await call('POST', '/heap_snapshot')
    expect(failed).toMatchObject({ status: 503, body: { code: 'UNAVAILABLE', message: 'the disk is full' } })
    expect((await call('POST', '/cpu_profile', { seconds: 3 })).body).toEqual({ file: 'profile-1' })
    expect((await call('POST', '/cpu_profile', { seconds: 301 })).status).toBe(400)
    expect(seconds).toEqual([3])
    expect((await call('POST', '/doctor')).status).toBe(404)
  })

  it('keeps the connection of who waits for long work, while idle ones are closed', async () => {
    const { scheduler, refs, onError } = lean.parts
    let isAsked = false
    const longer = Promise.withResolvers<void>()
    const patient = createAdmin({
      ...{ scheduler, refs, onError, version: '1', token: TOKEN, limits: { idleTimeout: 2000 } },
      actions: {
        backup: async () => {
          isAsked = true
          await longer.promise
          return { ok: true, value: { folder: 'backup-2' } }
        },
      },
    })
    const { port } = await patient.listen({ host: '127.0.0.1', port: 0 })
    const headers = { authorization: `Bearer ${TOKEN}` }
    const answer = fetch(`http://127.0.0.1:${port}${BASE}/backup`, { method: 'POST', headers })
    await until('the question', async () => isAsked)
    // It comes later and is closed earlier.
    await once(connect(port, '127.0.0.1').resume(), 'close')
    longer.resolve()
    expect(await (await answer).json()).toEqual({ folder: 'backup-2' })
    await patient.close()
  })

  it('refuses whatever else comes', async () => {
    const paths = ['/log_levels', '/peers/ban', '/peers/drop', '/duties/pause', '/cpu_profile']
    const payload = fc.oneof(fc.json(), fc.string(), fc.constant('{"__proto__": 1}'))
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), payload, async (path, text) => {
        const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
        const response = await admin.server.inject({
          method: 'POST',
          url: `${BASE}${path}`,
          headers,
          payload: text,
        })
        const isFine = path === '/peers/drop' && response.statusCode === 200
        expect([path, text, isFine || response.statusCode === 400]).toEqual([path, text, true])
      }),
      { numRuns: 500 },
    )
  })
})
