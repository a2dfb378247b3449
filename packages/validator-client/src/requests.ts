import type { AskResult, JobId } from '@trine/actors'
import type { RemoteOutcome, RemoteStep } from '@trine/messages'
import { failure, type Result } from '@trine/types'
import type { HttpError, HttpRequest, HttpResponse } from './http.ts'
import type { NodesContext, NodesParts, RemoteNode } from './parts.ts'

/** Why there is no good answer. */
export type RequestFailure = {
  readonly outcome: Exclude<RemoteOutcome, 'ok'>
  readonly message: string
  /** Of a refusal. */
  readonly status?: number
}

/** Takes an answer apart: the bytes of a 200. */
export type Read<T> = (body: Uint8Array) => Result<T, RequestFailure>

export type NodeRequest<T> = Pick<HttpRequest, 'timeoutMilliseconds'> & {
  readonly node: RemoteNode
  readonly step: RemoteStep
  /** Behind `/lean/v0/`. */
  readonly path: string
  /** Of a POST. */
  readonly body?: Uint8Array
  /** Whether the answer is SSZ of a block; else it is JSON. */
  readonly isBlock?: boolean
  readonly read: Read<T>
}

/** Characters of a node's refusal that are told on. */
const REASON_LENGTH = 200

/** Asks nodes; each request ends once, with an event, at the latest by its timeout. */
export class Requests {
  readonly #context: NodesContext
  readonly #parts: NodesParts
  readonly #open = new Map<JobId, (outcome: AskResult<Result<HttpResponse, HttpError>>) => void>()

  constructor(context: NodesContext, parts: NodesParts) {
    this.#context = context
    this.#parts = parts
  }

  send<T>(request: NodeRequest<T>, then: (result: Result<T, RequestFailure>) => void): void {
    const { node, step, path, body, isBlock = false, timeoutMilliseconds } = request
    const { http, limits } = this.#parts
    const begunAt = this.#context.scheduler.monotonic()
    const end = (result: Result<T, RequestFailure>) => {
      const { outcome, message: reason } = result.ok ? { outcome: 'ok' as const, message: '' } : result.error
      const time = this.#context.scheduler.monotonic() - begunAt
      this.#parts.remoteEvents.emit({ type: 'remoteRequest', node: node.name, step, outcome, reason, time })
      then(result)
    }
    const expectation = this.#context.expect<Result<HttpResponse, HttpError>>(
      { as: 'answered', timeoutMilliseconds },
      (jobId, outcome) => ({ type: 'answered', jobId, outcome }),
    )
    if (expectation === undefined) {
      return end(failure({ outcome: 'refused', message: 'too many requests are open' }))
    }
    this.#open.set(expectation.id, (outcome) => end(judge(outcome, request)))
    http.send(
      {
        method: body === undefined ? 'GET' : 'POST',
        url: `${node.url}/lean/v0/${path}`,
        accept: isBlock ? 'application/octet-stream' : 'application/json',
        body,
        timeoutMilliseconds,
        mostBytes: isBlock ? limits.mostBlockBytes : limits.mostJsonBytes,
      },
      expectation.reply,
    )
  }

  onAnswered(jobId: JobId, outcome: AskResult<Result<HttpResponse, HttpError>>): void {
    const end = this.#open.get(jobId)
    this.#open.delete(jobId)
    end?.(outcome)
  }
}

const OUTCOMES = { UNREACHABLE: 'unreachable', TIMEOUT: 'timeout', TOO_LARGE: 'malformed' } as const

function judge<T>(
  outcome: AskResult<Result<HttpResponse, HttpError>>,
  { read, timeoutMilliseconds }: NodeRequest<T>,
): Result<T, RequestFailure> {
  if (!outcome.ok) {
    const { code, message } = outcome.error
    if (code !== 'timeout') return failure({ outcome: 'unreachable', message })
    return failure({ outcome: 'timeout', message: `no answer within ${timeoutMilliseconds} ms` })
  }
  if (!outcome.value.ok) {
    const { code, message } = outcome.value.error
    return failure({ outcome: OUTCOMES[code], message })
  }
  const { status, body } = outcome.value.value
  if (status === 200) return read(body)
  return failure({
    outcome: 'refused',
    status,
    message: `expected status 200, got ${status}${detailOf(body)}`,
  })
}

/** What the node says of its refusal: other people's text, cut and kept to one line. */
function detailOf(body: Uint8Array): string {
  const text = new TextDecoder().decode(body.subarray(0, REASON_LENGTH))
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  const clean = text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, ' ').trim()
  return clean === '' ? '' : `: ${clean}`
}
