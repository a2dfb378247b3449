import { z } from 'zod'
import { STATUS_OF } from './failure.ts'
import { defineRoute, json, type Route, type SszBody } from './route.ts'

type Schema = Record<string, unknown>

const SSZ_CONTENT = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }
const STREAM_CONTENT = { 'text/event-stream': { schema: { type: 'string' } } }

/** The routes and one more, which describes them all. */
export function withOpenApi(
  path: string,
  title: string,
  version: string,
  routes: readonly Route[],
): readonly Route[] {
  const own = defineRoute({
    path,
    operationId: 'getOpenApi',
    summary: 'This description',
    tag: 'node',
    handle: async () => json(document),
  })
  const all = [...routes, own]
  const document = openApiDocument(title, version, all)
  return all
}

/** The OpenAPI 3.1 document of these routes. */
function openApiDocument(title: string, version: string, routes: readonly Route[]): Schema {
  const paths: Record<string, Schema> = {}
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) }
  }
  return {
    openapi: '3.1.0',
    info: { title, version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: {
      schemas: {
        Failure: {
          type: 'object',
          required: ['code', 'message'],
          properties: {
            code: { type: 'string', enum: Object.keys(STATUS_OF) },
            message: { type: 'string' },
          },
        },
      },
    },
  }
}

function operationOf(route: Route): Schema {
  const parameters = [
    ...Object.entries(route.params).map(([name, schema]) => parameter('path', name, schema)),
    ...Object.entries(route.query).map(([name, schema]) => parameter('query', name, schema)),
  ]
  const json = route.json && { 'application/json': { schema: schemaOf(route.json, 'output') } }
  const content = {
    ...json,
    ...(route.represented.includes('ssz') && SSZ_CONTENT),
    ...(route.represented.includes('stream') && STREAM_CONTENT),
  }
  return {
    operationId: route.operationId,
    summary: route.summary,
    tags: [route.tag],
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && { requestBody: requestBody(route.body) }),
    ...(route.sszBody && { requestBody: sszRequestBody(route.sszBody) }),
    responses: {
      [route.represented.length === 0 ? 204 : 200]: {
        description: 'as asked for',
        ...(Object.keys(content).length > 0 && { content }),
      },
      ...failures({
        400: 'something given is not as it should be',
        406: 'no such representation',
        ...route.statuses,
      }),
      ...failures({ 503: 'a service does not answer now, or there is no room: try again later' }),
    },
  }
}

function parameter(place: 'path' | 'query', name: string, schema: z.ZodType): Schema {
  const isRequired = !schema.safeParse(undefined).success
  return {
    in: place,
    name,
    required: place === 'path' || isRequired,
    // Several topics are one text with commas.
    ...(place === 'query' && { style: 'form', explode: false }),
    schema: schemaOf(schema, 'input'),
  }
}

function requestBody(schema: z.ZodType): Schema {
  return { required: true, content: { 'application/json': { schema: schemaOf(schema, 'input') } } }
}

function sszRequestBody({ description }: SszBody): Schema {
  return { required: true, description, content: SSZ_CONTENT }
}

function failures(statuses: Readonly<Record<number, string>>): Schema {
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } }
  return Object.fromEntries(
    Object.entries(statuses).map(([status, description]) => [status, { description, content }]),
  )
}

/** The JSON schema of a shape. What a field's text is read into cannot be seen from outside: it says so itself. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema: _, ...written } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      const { override } = jsonSchema as { override?: Schema }
      if (override === undefined) return
      for (const key of Object.keys(jsonSchema)) delete (jsonSchema as Schema)[key]
      Object.assign(jsonSchema, override)
    },
  })
  return written
}
