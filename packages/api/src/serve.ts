import { failure, type Result, stringifyJson, success } from '@trine/types'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { preferred } from './accept.ts'
import { type ApiFailure, apiFailure, STATUS_OF } from './failure.ts'
import type { Answer, Fields, Representation, Route } from './route.ts'

const SSZ = 'application/octet-stream'
const JSON_TYPE = 'application/json; charset=utf-8'

/** Serves a route: reads what comes, refuses with `{code, message}` what is not as it should be. */
export function serve(server: FastifyInstance, route: Route): void {
  server.route({
    method: route.method,
    url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    exposeHeadRoute: route.method === 'GET' && !route.represented.includes('stream'),
    ...(route.sszBody && { bodyLimit: route.sszBody.mostBytes }),
    ...(route.bodyBytes !== undefined && { bodyLimit: route.bodyBytes }),
    ...(route.atOnce !== undefined && limitedTo(route.atOnce)),
    handler: async (request, reply) => {
      const input = readInput(route, request)
      if (!input.ok) return sendFailure(reply, input.error)
      const answer = await waited(reply, () => route.handle({ ...input.value, request, reply }))
      if (!answer.ok) return sendFailure(reply, answer.error)
      return sendAnswer(reply, answer.value)
    },
  })
}

/** Does what a request asks for. Its connection is not closed as idle meanwhile, however long it takes. */
async function waited<T>({ raw }: FastifyReply, work: () => Promise<T>): Promise<T> {
  // A response that hears of it decides: without a listener the connection is destroyed.
  const goOn = () => {}
  raw.on('timeout', goOn)
  try {
    return await work()
  } finally {
    raw.off('timeout', goOn)
  }
}

/** Hooks that refuse a request while so many are being served, before its body is read. */
function limitedTo(most: number) {
  const served = new WeakSet<FastifyRequest>()
  let open = 0
  return {
    onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
      if (open >= most) {
        const message = `expected at most ${most} such requests at one time: try again later`
        return sendFailure(reply, { code: 'UNAVAILABLE', message })
      }
      open += 1
      served.add(request)
      // The end of the connection, whether or not an answer was sent.
      reply.raw.once('close', () => {
        if (served.delete(request)) open -= 1
      })
    },
  }
}

export function sendFailure(reply: FastifyReply, { code, message }: ApiFailure): FastifyReply {
  return reply.status(STATUS_OF[code]).type(JSON_TYPE).send(JSON.stringify({ code, message }))
}

function sendAnswer(reply: FastifyReply, answer: Answer): FastifyReply {
  switch (answer.as) {
    case 'json':
      // A uint64 from outside can be a bigint.
      return reply.type(JSON_TYPE).send(stringifyJson(answer.value))
    case 'text':
      return reply.type(JSON_TYPE).send(answer.text)
    case 'ssz':
      return reply.type(SSZ).send(answer.bytes)
    case 'nothing':
      return reply.status(204).send()
    case 'stream':
      return reply
  }
}

type Input = {
  readonly params: Record<string, unknown>
  readonly query: Record<string, unknown>
  readonly body: unknown
  readonly as: Representation
}

function readInput(route: Route, request: FastifyRequest): Result<Input, ApiFailure> {
  const as = preferred(request.headers.accept, route.represented)
  if (!as.ok) return as
  const params = readFields('path', route.params, request.params as Record<string, unknown>)
  if (!params.ok) return params
  const query = readFields('query', route.query, request.query as Record<string, unknown>)
  if (!query.ok) return query
  if (route.sszBody && !(request.body instanceof Uint8Array)) {
    return apiFailure('UNSUPPORTED_MEDIA_TYPE', `content-type: expected ${SSZ}`)
  }
  const body = route.body === undefined ? success(undefined) : readBody(route.body, request.body)
  if (!body.ok) return body
  return success({ params: params.value, query: query.value, body: body.value, as: as.value })
}

function readFields(
  place: 'path' | 'query',
  fields: Fields,
  given: Record<string, unknown>,
): Result<Record<string, unknown>, ApiFailure> {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(fields, name))
  if (unknown !== undefined) {
    const known = Object.keys(fields).join(', ')
    return refuse(place, known === '' ? 'no parameters' : `only ${known}`, unknown)
  }
  const values: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(fields)) {
    const read = schema.safeParse(given[name])
    if (!read.success) return refuse(name, read.error.issues[0]?.message ?? 'another value', given[name])
    values[name] = read.data
  }
  return success(values)
}

function readBody(schema: z.ZodType, given: unknown): Result<unknown, ApiFailure> {
  const read = schema.safeParse(given)
  if (read.success) return success(read.data)
  const { path, message } = read.error.issues[0]!
  let value: unknown = given
  for (const step of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[step]
  return refuse(['body', ...path].map(String).join('.'), message, value)
}

function refuse(field: string, expected: string, got: unknown): { ok: false; error: ApiFailure } {
  return failure({ code: 'INVALID_INPUT', message: `${field}: expected ${expected}, got ${describe(got)}` })
}

const LONGEST_SHOWN = 80

function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value) ?? typeof value
  return text.length <= LONGEST_SHOWN
    ? text
    : `${text.slice(0, LONGEST_SHOWN)}... (${text.length} characters)`
}

/** What goes wrong before or outside of a route: the shape of the request itself, and broken invariants. */
export function failureOf(error: { readonly statusCode?: number; readonly message: string }): ApiFailure {
  const status = error.statusCode ?? 500
  if (status === 413) return apiFailure('TOO_LARGE', error.message).error
  if (status === 415) return apiFailure('UNSUPPORTED_MEDIA_TYPE', error.message).error
  if (status >= 400 && status < 500) return apiFailure('INVALID_INPUT', error.message).error
  return apiFailure('FAILED', 'the node could not do this; its log says why').error
}
