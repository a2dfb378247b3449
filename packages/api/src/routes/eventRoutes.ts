import { success } from '@trine/types'
import { z } from 'zod'
import { type TopicSet, topicSet } from '../events/eventRing.ts'
import type { EventStream } from '../events/eventStream.ts'
import { TOPICS, type Topic } from '../events/topics.ts'
import { apiFailure } from '../failure.ts'
import { defineRoute, type Route } from '../route.ts'

const EXPECTED = `topics among ${TOPICS.join(', ')}, separated by commas`

const topics = z
  .union([z.string(), z.array(z.string())], EXPECTED)
  .transform((given, context): TopicSet => {
    const names = [given].flat().flatMap((text) => text.split(','))
    if (names.length <= TOPICS.length && names.every(isTopic)) return topicSet(names)
    context.addIssue(EXPECTED)
    return z.NEVER
  })
  .meta({ override: { type: 'array', minItems: 1, items: { type: 'string', enum: TOPICS } } })

function isTopic(name: string): name is Topic {
  return (TOPICS as readonly string[]).includes(name)
}

/** Server-sent events of what happens in the node. */
export function eventRoutes(stream: EventStream): Route[] {
  return [eventsRoute(stream)]
}

function eventsRoute(stream: EventStream): Route {
  return defineRoute({
    path: '/lean/v0/events',
    operationId: 'getEvents',
    summary: 'Server-sent events; whoever reads too slowly is told by a comment how many events it lost',
    tag: 'events',
    query: { topics },
    represented: ['stream'],
    handle: async ({ query, reply }) => {
      if (stream.isFull) {
        return apiFailure('UNAVAILABLE', `expected a free place for a reader, got ${stream.readers} readers`)
      }
      reply.hijack()
      const response = reply.raw
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
        'access-control-allow-origin': '*',
      })
      response.write(': listening\n\n')
      const subscription = stream.open(query.topics, response)
      response.on('drain', () => subscription.drained())
      response.on('close', () => subscription.close())
      response.on('error', () => subscription.close())
      if (response.closed) subscription.close()
      return success({ as: 'stream' })
    },
  })
}
