import type { Result } from '@trine/types'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { ApiFailure } from './failure.ts'

/** What a request is answered with. A `text` is JSON that is written already. */
export type Answer =
  | { readonly as: 'json'; readonly value: unknown }
  | { readonly as: 'text'; readonly text: string | Uint8Array }
  | { readonly as: 'ssz'; readonly bytes: Uint8Array }
  | { readonly as: 'nothing' }
  /** The handler has taken the connection over. */
  | { readonly as: 'stream' }

export type Representation = 'json' | 'ssz' | 'stream'

/** Fields of a path or a query by name; each reads text. */
export type Fields = Readonly<Record<string, z.ZodType>>

export type Values<F extends Fields> = { readonly [K in keyof F]: z.output<F[K]> }

/** A request whose fields have been read. */
export type RouteInput<Params extends Fields, Query extends Fields, Body extends z.ZodType> = {
  readonly params: Values<Params>
  readonly query: Values<Query>
  readonly body: z.output<Body>
  /** Of those that the route has, the one that the request prefers. */
  readonly as: Representation
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

export type SszBody = { readonly description: string; readonly mostBytes: number }

/** One operation: what it takes, what it gives, and how. The OpenAPI document is made from the same. */
export type Route<
  Params extends Fields = Fields,
  Query extends Fields = Fields,
  Body extends z.ZodType = z.ZodType,
> = {
  readonly method: 'GET' | 'POST'
  /** With parameters as in OpenAPI: `/lean/v0/blocks/{block_id}`. */
  readonly path: string
  readonly operationId: string
  readonly summary: string
  readonly tag: string
  readonly params: Params
  readonly query: Query
  /** Undefined when there is none. */
  readonly body: Body | undefined
  /** The shape of a JSON answer; undefined when there is none. */
  readonly json: z.ZodType | undefined
  /** Ways to answer, the preferred one first; none where there is nothing to say but that it is done. */
  readonly represented: readonly Representation[]
  /** Statuses besides 200 that mean something here, beyond those that every route can give. */
  readonly statuses: Readonly<Record<number, string>>
  /** A body of SSZ instead of JSON: its bytes are in `request.body`. */
  readonly sszBody?: SszBody
  /** Longest body, where it is not what the server allows. */
  readonly bodyBytes?: number
  /** How many such requests are served at one time; the next is refused. */
  readonly atOnce?: number
  handle(input: RouteInput<Params, Query, Body>): Promise<Result<Answer, ApiFailure>>
}

type Optional = 'params' | 'query' | 'body' | 'represented' | 'statuses' | 'method' | 'json'

/** A route, with what is left out filled in: a GET without fields that answers with JSON. */
export function defineRoute<
  Params extends Fields = Record<never, never>,
  Query extends Fields = Record<never, never>,
  Body extends z.ZodType = z.ZodUndefined,
>(
  route: Omit<Route<Params, Query, Body>, Optional> & Partial<Pick<Route<Params, Query, Body>, Optional>>,
): Route {
  const full = {
    method: 'GET',
    params: {},
    query: {},
    body: undefined,
    json: undefined,
    represented: ['json'],
    statuses: {},
    ...route,
  }
  return full as unknown as Route
}

/** A JSON answer. */
export function json(value: unknown): Result<Answer, ApiFailure> {
  return { ok: true, value: { as: 'json', value } }
}
