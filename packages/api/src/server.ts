import type { AddressInfo, Socket } from 'node:net'
import Fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from 'fastify'
import { type ApiFailure, apiFailure } from './failure.ts'
import type { ApiLimits } from './parts.ts'
import type { Route } from './route.ts'
import { failureOf, sendFailure, serve } from './serve.ts'
import { findStaticFile, type StaticFiles, sendFile } from './staticFiles.ts'

/** Reads bodies in SSZ as bytes. */
const SSZ = 'application/octet-stream'

/** Where to listen; port 0 lets the system choose. */
export type Listen = { readonly host: string; readonly port: number }

/** Begins to listen; gives the address with the port that was chosen. */
export async function startListening(server: FastifyInstance, { host, port }: Listen): Promise<Listen> {
  await server.listen({ host, port })
  return { host, port: (server.server.address() as AddressInfo).port }
}

export type ServerParts = {
  readonly routes: readonly Route[]
  readonly limits: ApiLimits
  /** Told what breaks within. */
  readonly onError: (error: unknown) => void
  /** Looked at before everything else of a request, whatever its path. */
  readonly refuse?: (request: FastifyRequest) => ApiFailure | undefined
  /** Served where there is no route. */
  readonly files?: StaticFiles | undefined
}

/** An HTTP server with these routes. Every refusal is `{code, message}`, which says nothing of what broke within. */
export function createServer(parts: ServerParts): FastifyInstance {
  const { routes, limits, onError, refuse, files = new Map() } = parts
  const server = Fastify({
    bodyLimit: limits.bodyBytes,
    connectionTimeout: limits.idleTimeout,
    requestTimeout: limits.idleTimeout,
    keepAliveTimeout: limits.idleTimeout,
    forceCloseConnections: true,
    frameworkErrors: (error, _request, reply) => sendFailure(reply, failureOf(error)),
    clientErrorHandler: refuseConnection,
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 128 },
  })
  server.server.maxConnections = limits.connections
  server.removeContentTypeParser('text/plain')
  server.addContentTypeParser(SSZ, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  server.addHook('onRequest', async (request, reply) => {
    const refusal = refuse?.(request)
    if (refusal?.code === 'UNAUTHORIZED') reply.header('www-authenticate', 'Bearer')
    if (refusal !== undefined) return sendFailure(reply, refusal)
  })
  server.addHook('onSend', async (request, reply) => {
    // What everybody may read, pages of other nodes may read too: explorers that show several side by side.
    if (refuse === undefined && request.method === 'GET') reply.header('access-control-allow-origin', '*')
    reply.header('x-content-type-options', 'nosniff')
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  })
  server.setErrorHandler((error: FastifyError, _request, reply) => {
    const refusal = failureOf(error)
    if (refusal.code === 'FAILED') onError(error)
    return sendFailure(reply, refusal)
  })
  server.setNotFoundHandler((request, reply) => {
    const path = pathOf(request.url)
    const file =
      request.method === 'GET' || request.method === 'HEAD' ? findStaticFile(files, path) : undefined
    if (file !== undefined) return sendFile(reply, file, request.url)
    const allowed = routes.filter((route) => matches(route, path)).map(({ method }) => method)
    if (allowed.length === 0) {
      return sendFailure(reply, apiFailure('NOT_FOUND', `no such path: ${path.slice(0, 200)}`).error)
    }
    const methods = [...new Set(allowed)].join(', ')
    reply.header('allow', methods)
    const { error } = apiFailure('METHOD_NOT_ALLOWED', `method: expected ${methods}, got ${request.method}`)
    return sendFailure(reply, error)
  })
  for (const route of routes) serve(server, route)
  return server
}

/** What came is no HTTP: said once, and the connection ended. */
function refuseConnection(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const { code, message } = apiFailure('INVALID_INPUT', 'expected an HTTP request').error
  const body = JSON.stringify({ code, message })
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  )
}

function pathOf(url: string): string {
  const end = url.indexOf('?')
  return end < 0 ? url : url.slice(0, end)
}

function matches({ path }: Route, given: string): boolean {
  const [parts, givenParts] = [path.split('/'), given.split('/')]
  return (
    parts.length === givenParts.length &&
    parts.every((part, index) => part.startsWith('{') || part === givenParts[index])
  )
}
