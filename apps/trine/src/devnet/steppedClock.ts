import { subscribe } from 'node:diagnostics_channel'
import { readFileSync, watchFile } from 'node:fs'
import type { ServerResponse } from 'node:http'

/**
 * Loaded before a program (`node --import`), for tests: sets the wall clock of this process as an operator sets that of a
 * machine. It is off by the milliseconds that the file named by TRINE_CLOCK_OFFSET_FILE holds at the time; monotonic time
 * and timers go on as they do when a clock is set. Everything written in JavaScript sees it; native code does not.
 */
const LOOK_MILLISECONDS = 50

const file = process.env.TRINE_CLOCK_OFFSET_FILE
if (file !== undefined) stepClock(file)

function stepClock(path: string): void {
  const readClock = Date.now
  let offset = 0
  const look = () => {
    offset = readOffset(path) ?? offset
  }
  look()
  watchFile(path, { interval: LOOK_MILLISECONDS, persistent: false }, look)
  const now = () => readClock() + offset
  const Stepped = new Proxy(Date, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: (target) => new target(now()).toString(),
  })
  Date.now = now
  Date.prototype.constructor = Stepped
  globalThis.Date = Stepped
  // Node's own servers kept the first Date.
  subscribe('http.server.request.start', (message) => {
    const { response } = message as { readonly response: ServerResponse }
    response.setHeader('Date', new Stepped().toUTCString())
  })
}

/** Undefined when it cannot be read: it may be about to be written. */
function readOffset(path: string): number | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim()
    return /^-?\d+$/.test(text) ? Number(text) : undefined
  } catch {
    return undefined
  }
}
