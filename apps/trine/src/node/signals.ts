/** Longest that an end in order may take, from the signal on. */
const GRACE_MILLISECONDS = 5000

export type Signals = {
  /** The first of SIGINT and SIGTERM that comes. */
  readonly first: Promise<NodeJS.Signals>
  /** Everything is closed: ends the process now, whatever timers a library left. */
  finish(): void
}

/**
 * From now on the process ends in order: from the first signal on it has so long (5 s); a second signal ends it at once.
 * Output that nobody reads any more, or that a full disk does not take, is lost and ends nothing.
 */
export function listenForSignals(graceMilliseconds = GRACE_MILLISECONDS): Signals {
  // Both streams go on by themselves once there is room again.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {})
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
