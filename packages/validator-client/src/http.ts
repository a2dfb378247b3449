import type { Reply } from '@trine/actors'
import type { Result } from '@trine/types'

export type HttpRequest = {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly accept: 'application/json' | 'application/octet-stream'
  /** Sent as `application/octet-stream`. */
  readonly body?: Uint8Array | undefined
  /** After so long nobody waits for the answer any more. */
  readonly timeoutMilliseconds: number
  /** A longer answer is TOO_LARGE, found out without reading it to its end. */
  readonly mostBytes: number
}

export type HttpResponse = { readonly status: number; readonly body: Uint8Array }

export type HttpError = {
  readonly code: 'UNREACHABLE' | 'TIMEOUT' | 'TOO_LARGE'
  readonly message: string
}

/** Speaks HTTP. What a server answers, whatever its status, is a response; redirections are not followed. */
export interface HttpPort {
  send(request: HttpRequest, reply: Reply<Result<HttpResponse, HttpError>>): void
}
