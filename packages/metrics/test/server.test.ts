import { connect } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createMetrics, type MetricsServer, serveMetrics } from '../src/index.ts'

const metrics = createMetrics({
  name: 'trine_0',
  version: '0.1.0',
  runtime: 'node 24',
  timing: { genesisTime: 0, millisecondsPerInterval: 1000, intervalsPerSlot: 4 },
  historyLimit: 2 ** 18,
  now: () => 0,
  monotonic: () => 0,
  isOfProcess: true,
})

let server: MetricsServer
let isHealthy = true

beforeEach(async () => {
  isHealthy = true
  server = await serveMetrics({ metrics, host: '127.0.0.1', port: 0, isHealthy: () => isHealthy })
})
afterEach(() => server.close())

const get = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${server.port}${path}`, { method })

it('serves metrics, those of the process included', async () => {
  const response = await get('/metrics?x=1')
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  const text = await response.text()
  expect(text).toContain('lean_node_info{name="trine_0",version="0.1.0"} 1\n')
  expect(text).toMatch(/^process_resident_memory_bytes \d+$/m)
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds \S+$/m)
  expect((await (await get('/metrics', 'HEAD')).text()).length).toBe(0)
})

it('says whether the node is well', async () => {
  const response = await get('/health')
  expect([response.status, await response.text()]).toEqual([
    200,
    '{"status":"healthy","service":"lean-rpc-api"}',
  ])
  isHealthy = false
  expect((await get('/health')).status).toBe(503)
})

it('answers nothing else', async () => {
  expect((await get('/')).status).toBe(404)
  expect((await get('/metrics', 'POST')).status).toBe(405)
})

it('takes no request with a head that never ends', async () => {
  const socket = connect(server.port, '127.0.0.1')
  const answer = new Promise<string>((resolve) => {
    let text = ''
    socket.on('data', (bytes) => {
      text += bytes
    })
    socket.on('error', () => resolve(text))
    socket.on('close', () => resolve(text))
  })
  socket.write(`GET /metrics HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`)
  expect(await answer).toMatch(/^HTTP\/1.1 431|^$/)
  expect((await get('/health')).status).toBe(200)
})

it('many scrapes at one time share one answer', async () => {
  let scrapes = 0
  metrics.addSources({
    disk: async () => {
      scrapes += 1
      return { free: 1, size: 2 }
    },
  })
  const texts = await Promise.all(Array.from({ length: 8 }, () => metrics.text()))
  expect(new Set(texts).size).toBe(1)
  expect(scrapes).toBe(1)
})

it('rejects for a port that is taken', async () => {
  await expect(serveMetrics({ metrics, host: '127.0.0.1', port: server.port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  })
})
