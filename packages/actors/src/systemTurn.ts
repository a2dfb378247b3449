/** Resolves in a later turn of the event loop, when every promise reaction that was possible has run. */
export function systemTurn(): Promise<void> {
  return new Promise((resolve) => runInNextTurn(resolve))
}

/** Calls the function in a later turn of the event loop. */
export const runInNextTurn: (task: () => void) => void =
  typeof setImmediate === 'function' ? (task) => void setImmediate(task) : viaMessageChannel()

/** Browsers have no setImmediate; a message to oneself comes without the delay of setTimeout. */
function viaMessageChannel(): (task: () => void) => void {
  const tasks: (() => void)[] = []
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => tasks.shift()?.()
  return (task) => {
    tasks.push(task)
    port2.postMessage(undefined)
  }
}
