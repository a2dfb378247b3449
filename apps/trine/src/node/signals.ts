/** Longest that an end in order may take, from the signal on. */
const GRACE_MILLISECONDS = 5000

export type Signals = {
  /** The first of SIGINT and SIGTERM that comes. */
  readonly first: Promise<NodeJS.Signals>
  /** Everything is closed: ends the process now, whatever timers a library left. */
  finish(): void
}

/** From the first signal on the process has so long (5 s) to end in order; a second signal ends it at once. */
export function listenForSignals(graceMilliseconds = GRACE_MILLISECONDS): Signals {
  let isSignalled = false
  const first = new Promise<NodeJS.Signals>((resolve) => {
    const onSignal = (signal: NodeJS.Signals) => {
      if (isSignalled) process.exit(1)
      isSignalled = true
      setTimeout(() => {
        console.error(`trine: expected to end within ${graceMilliseconds / 1000} s, ends out of order`)
        process.exit(1)
      }, graceMilliseconds).unref()
      resolve(signal)
    }
    process.on('SIGINT', onSignal)
    process.on('SIGTERM', onSignal)
  })
  return {
    first,
    finish: () => process.exit(),
  }
}
