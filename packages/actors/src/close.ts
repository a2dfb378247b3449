import type { Behaviour } from './context.ts'
import type { Message } from './message.ts'
import { beginAwait, endAwait } from './promiseActivity.ts'

/** Closes a behaviour. The promise, if that takes one, never rejects: `failed` is told. */
export function close<M extends Message>(
  behaviour: Behaviour<M>,
  failed: (error: unknown) => void,
): Promise<void> | undefined {
  try {
    const closing = behaviour.close?.()
    if (closing === undefined) return undefined
    beginAwait()
    return closing.catch(failed).finally(endAwait)
  } catch (error) {
    failed(error)
    return undefined
  }
}
