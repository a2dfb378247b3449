import { createHash, timingSafeEqual } from 'node:crypto'
import type { Ref, Scheduler } from '@trine/actors'
import type { NetworkMessageFrom, ValidatorMessageFrom } from '@trine/messages'
import type { FastifyRequest } from 'fastify'
import { Asks } from '../asks.ts'
import type { Api } from '../createApi.ts'
import { apiFailure } from '../failure.ts'
import { withOpenApi } from '../openApi.ts'
import { type ApiLimits, DEFAULT_API_LIMITS } from '../parts.ts'
import { createServer, startListening } from '../server.ts'
import { actionRoutes } from './actionRoutes.ts'
import type { AdminActions } from './adminActions.ts'
import { serviceRoutes } from './serviceRoutes.ts'

/** Everything the admin API is put together from. */
export type AdminParts = {
  readonly scheduler: Scheduler
  readonly refs: {
    readonly network: Ref<NetworkMessageFrom<'api'>>
    readonly validator: Ref<ValidatorMessageFrom<'api'>>
  }
  /** e.g. `trine/0.1.0`. */
  readonly version: string
  /** Whoever knows it may do everything here. At least 16 characters. */
  readonly token: string
  readonly actions: AdminActions
  readonly onError: (error: unknown) => void
  readonly limits?: Partial<ApiLimits> | undefined
}

/** Fewer could be tried out. */
const SHORTEST_TOKEN = 16

/**
 * What changes the node, on a listener of its own: every request, whatever its path, must carry the token as
 * `Authorization: Bearer TOKEN`.
 *
 * @throws RangeError when the token is too short
 */
export function createAdmin(parts: AdminParts): Api {
  const { token, scheduler, refs, actions, onError, version } = parts
  if (token.length < SHORTEST_TOKEN) {
    throw new RangeError(`token: expected at least ${SHORTEST_TOKEN} characters, got ${token.length}`)
  }
  const limits: ApiLimits = { ...DEFAULT_API_LIMITS, ...parts.limits }
  const asks = new Asks(scheduler, limits.askTimeout)
  const routes = [...serviceRoutes(asks, refs), ...actionRoutes(actions)]
  const described = withOpenApi('/lean/v0/admin/openapi.json', 'Trine lean node: admin', version, routes)
  const expected = digestOf(`Bearer ${token}`)
  const refuse = ({ headers }: FastifyRequest) => {
    // Digests have one length and say nothing of how much of a wrong token was right.
    if (timingSafeEqual(digestOf(headers.authorization ?? ''), expected)) return undefined
    return apiFailure('UNAUTHORIZED', 'authorization: expected Bearer and the token of this node').error
  }
  const server = createServer({ routes: described, limits, onError, refuse })
  return {
    server,
    listen: (listen) => startListening(server, listen),
    close: () => server.close(),
  }
}

function digestOf(text: string): Uint8Array {
  return createHash('sha256').update(text).digest()
}
