import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Metrics } from './createMetrics.ts'

/** As every lean client answers. */
const HEALTHY = '{"status":"healthy","service":"lean-rpc-api"}'
const UNHEALTHY = '{"status":"unhealthy","service":"lean-rpc-api"}'

const MAX_CONNECTIONS = 32
/** Longest that a request may take to come in, and that a silent connection is kept, milliseconds. */
const PATIENCE = 5000

export type MetricsServerOptions = {
  readonly metrics: Pick<Metrics, 'text' | 'contentType'>
  readonly host: string
  /** 0 for one that the system chooses. */
  readonly port: number
  /** Whether `/health` says so; always when not given: who answers, lives. */
  readonly isHealthy?: (() => boolean) | undefined
}

export interface MetricsServer {
  readonly port: number
  close(): Promise<void>
}

/** Serves `GET /metrics` and `GET /health`. Rejects with the system's error when the port cannot be had. */
export async function serveMetrics(options: MetricsServerOptions): Promise<MetricsServer> {
  const server = createServer(
    { headersTimeout: PATIENCE, requestTimeout: PATIENCE, keepAliveTimeout: PATIENCE, maxHeaderSize: 8192 },
    (request, response) => void answer(options, request, response),
  )
  server.maxConnections = MAX_CONNECTIONS
  server.timeout = 2 * PATIENCE
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  { metrics, isHealthy = () => true }: MetricsServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const send = (status: number, type: string, body: string): void => {
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) })
    response.end(request.method === 'HEAD' ? undefined : body)
  }
  const path = request.url?.split('?')[0]
  if (path !== '/metrics' && path !== '/health') {
    return send(404, 'text/plain', 'expected /metrics or /health\n')
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD')
    return send(405, 'text/plain', 'expected GET\n')
  }
  if (path === '/health') {
    const healthy = isHealthy()
    return send(healthy ? 200 : 503, 'application/json', healthy ? HEALTHY : UNHEALTHY)
  }
  try {
    send(200, metrics.contentType, await metrics.text())
  } catch (error) {
    send(500, 'text/plain', `metrics: ${(error as Error).message}\n`)
  }
}
