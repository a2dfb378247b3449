import { failure, type Result, success } from '@trine/types'
import type { HttpError, HttpPort, HttpRequest, HttpResponse } from '@trine/validator-client'

/** HTTP by the system's fetch: bounded in time and size, and never redirected. */
export function createFetchPort(): HttpPort {
  return { send: (request, reply) => void exchange(request).then((result) => reply.answer(result)) }
}

async function exchange(request: HttpRequest): Promise<Result<HttpResponse, HttpError>> {
  const { method, url, accept, body, timeoutMilliseconds, mostBytes } = request
  const headers: Record<string, string> = { accept }
  if (body !== undefined) headers['content-type'] = 'application/octet-stream'
  const signal = AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMilliseconds)))
  try {
    const response = await fetch(url, {
      method,
      headers,
      signal,
      redirect: 'manual',
      ...(body !== undefined && { body: new Uint8Array(body) }),
    })
    const bytes = await readAtMost(response, mostBytes)
    if (bytes === undefined) {
      return failure({
        code: 'TOO_LARGE',
        message: `expected an answer of at most ${mostBytes} bytes, got more`,
      })
    }
    return success({ status: response.status, body: bytes })
  } catch (error) {
    if (signal.aborted) {
      return failure({ code: 'TIMEOUT', message: `no answer within ${Math.ceil(timeoutMilliseconds)} ms` })
    }
    return failure({ code: 'UNREACHABLE', message: reasonOf(error as Error) })
  }
}

/** The body; undefined when it is too long, which ends the connection. */
async function readAtMost({ body, headers }: Response, mostBytes: number): Promise<Uint8Array | undefined> {
  if (Number(headers.get('content-length') ?? 0) > mostBytes) {
    await body?.cancel()
    return undefined
  }
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body ?? []) {
    length += chunk.length
    // Leaving the loop cancels the stream.
    if (length > mostBytes) return undefined
    chunks.push(chunk)
  }
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
}

/** fetch hides why: `fetch failed`, and the reason in the cause. */
function reasonOf({ message, cause }: Error): string {
  const { code, message: inner } = (cause ?? {}) as { code?: string; message?: string }
  return code ?? inner ?? message
}
