/** Milliseconds until an answer that does not come is given up; a busy node takes a few seconds. */
const PATIENCE = 30_000

/** Reads one answer of a node's API. */
export type ReadAnswer = <T>(path: string) => Promise<T>

/** Reads answers until `signal` ends it: none stays open longer than what it is read for. */
export function createReader(url: string, signal: AbortSignal): ReadAnswer {
  return async <T>(path: string): Promise<T> => {
    const response = await fetch(`${url}/lean/v0${path}`, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]),
    })
    if (!response.ok) throw new Error(`${path}: expected 200, got ${response.status}`)
    return (await response.json()) as T
  }
}

/** Lets `act` run one at a time. A call while it runs lets it run once more afterwards, for it may have come too late. */
export function oneAtATime(act: () => Promise<void>): () => Promise<void> {
  let isRunning = false
  let isWanted = false
  return async () => {
    isWanted = true
    if (isRunning) return
    isRunning = true
    try {
      while (isWanted) {
        isWanted = false
        await act()
      }
    } finally {
      isRunning = false
    }
  }
}
