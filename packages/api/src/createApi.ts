import type { FastifyInstance } from 'fastify'
import { Asks } from './asks.ts'
import { EventStream } from './events/eventStream.ts'
import { withOpenApi } from './openApi.ts'
import { type ApiLimits, type ApiParts, DEFAULT_API_LIMITS } from './parts.ts'
import { Readings } from './readings.ts'
import { chainRoutes } from './routes/chainRoutes.ts'
import { eventRoutes } from './routes/eventRoutes.ts'
import { nodeRoutes } from './routes/nodeRoutes.ts'
import { serviceRoutes } from './routes/serviceRoutes.ts'
import { signingRoutes } from './routes/signingRoutes.ts'
import { stateRoutes } from './routes/stateRoutes.ts'
import { testDriverRoutes } from './routes/testDriverRoutes.ts'
import { validatorRoutes } from './routes/validatorRoutes.ts'
import { createServer, type Listen, startListening } from './server.ts'
import { VoteRecord } from './voteRecord.ts'

/** The node over HTTP. */
export interface Api {
  /** Begins to listen; gives the address, with the port that was chosen. Rejects when it cannot. */
  listen(listen: Listen): Promise<Listen>
  /** Ends every connection, open event streams included. */
  close(): Promise<void>
  /** The HTTP server's own instance, for requests without a network. */
  readonly server: FastifyInstance
}

/**
 * Puts the public API together: everything that can be read of the node and, where `servesValidators` is set, what signers outside
 * of it hand in. Nothing else changes the node.
 */
export function createApi(parts: ApiParts): Api {
  const limits: ApiLimits = { ...DEFAULT_API_LIMITS, ...parts.limits }
  const { scheduler, refs, identity, events } = parts
  const asks = new Asks(scheduler, limits.askTimeout)
  const readings = new Readings(asks, refs, identity)
  const votes = new VoteRecord(limits.votes, limits.voteSlots)
  const stopVotes = events.subscribe((event) => {
    if (event.type === 'attestation') votes.add(event, scheduler.now())
  })
  const stream = new EventStream({ scheduler, timing: parts.timing, events, limits })
  const routes = [
    ...nodeRoutes(readings, parts),
    ...chainRoutes(readings, identity),
    ...stateRoutes(readings, scheduler),
    ...validatorRoutes(readings, votes, limits, parts.keyEndOf),
    ...serviceRoutes(readings, parts.figures),
    ...eventRoutes(stream),
    ...(parts.servesValidators ? signingRoutes(asks, refs, identity, limits) : []),
    ...(parts.testDriver ? testDriverRoutes(parts.testDriver) : []),
  ]
  const server = createServer({
    routes: withOpenApi('/lean/v0/openapi.json', 'Trine lean node', identity.version, routes),
    limits,
    onError: parts.onError,
    files: parts.explorer,
  })
  return {
    server,
    listen: (listen) => startListening(server, listen),
    close: async () => {
      stopVotes()
      stream.stop()
      await server.close()
    },
  }
}
