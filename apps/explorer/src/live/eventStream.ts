/** What a stream of server-sent events brings. */
export type StreamHandlers = {
  readonly onEvent: (topic: string, data: unknown) => void
  /** Events were lost, because we read too slowly. */
  readonly onLag: () => void
}

/** Comments come every 15 s when nothing else does. */
const SILENCE_MILLISECONDS = 40_000

/** No line of a node's stream is that long. */
const MAX_LINE = 1_000_000

/**
 * Reads a stream of server-sent events until it ends, then returns or throws. Not an `EventSource`, which says nothing
 * of comments: `: lagged by N events` is one.
 */
export async function readEventStream(
  url: string,
  handlers: StreamHandlers,
  onOpen: () => void,
  abort: AbortController,
): Promise<void> {
  const giveUp = () => abort.abort(new Error(`nothing was heard for ${SILENCE_MILLISECONDS / 1000} s`))
  let silence = setTimeout(giveUp, SILENCE_MILLISECONDS)
  try {
    const response = await fetch(url, { signal: abort.signal, headers: { accept: 'text/event-stream' } })
    if (!response.ok || response.body === null)
      throw new Error(`events: expected 200, got ${response.status}`)
    onOpen()
    const lines = new LineReader(handlers)
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      clearTimeout(silence)
      silence = setTimeout(giveUp, SILENCE_MILLISECONDS)
      lines.add(chunk.value)
    }
  } finally {
    clearTimeout(silence)
  }
}

/** Puts lines together and lines to events. */
export class LineReader {
  readonly #handlers: StreamHandlers
  #rest = ''
  #topic = ''
  #data = ''

  constructor(handlers: StreamHandlers) {
    this.#handlers = handlers
  }

  add(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop()!
    if (this.#rest.length > MAX_LINE)
      throw new Error(`events: expected lines of at most ${MAX_LINE} characters`)
    for (const line of lines) this.#line(line.replace(/\r$/, ''))
  }

  #line(line: string): void {
    if (line === '') {
      if (this.#data !== '') this.#handlers.onEvent(this.#topic, JSON.parse(this.#data))
      this.#topic = ''
      this.#data = ''
    } else if (line.startsWith(':')) {
      if (line.includes('lagged')) this.#handlers.onLag()
    } else if (line.startsWith('event:')) this.#topic = line.slice(6).trim()
    else if (line.startsWith('data:')) this.#data += line.slice(5).trim()
  }
}
