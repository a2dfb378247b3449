import { setTimeout as wait } from 'node:timers/promises'

export type OnEvent = (topic: string, data: Record<string, unknown>) => void

const RETRY_MILLISECONDS = 300
/** Characters of an event that has not ended: more are of no node of ours. */
const LONGEST_EVENT = 1 << 20

/** Reads the events of a node's API as they come, again after each break, until aborted. Never throws. */
export async function followEvents(
  apiUrl: string,
  topics: readonly string[],
  onEvent: OnEvent,
  signal: AbortSignal,
): Promise<void> {
  const url = `${apiUrl}/lean/v0/events?topics=${topics.join(',')}`
  while (!signal.aborted) {
    try {
      const response = await fetch(url, { signal })
      if (response.ok && response.body !== null) await readEvents(response.body, onEvent)
    } catch {
      // Nobody listens there, for now.
    }
    await wait(RETRY_MILLISECONDS, undefined, { signal }).catch(() => {})
  }
}

async function readEvents(body: ReadableStream<Uint8Array>, onEvent: OnEvent): Promise<void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of body) {
    const parts = (rest + decoder.decode(bytes, { stream: true })).split('\n\n')
    rest = parts.pop()!
    if (rest.length > LONGEST_EVENT) throw new Error('expected the end of an event')
    for (const part of parts) {
      const [, topic, data] = /^event: (\S+)\ndata: (.*)$/m.exec(part) ?? []
      if (topic !== undefined) onEvent(topic, JSON.parse(data!))
    }
  }
}
