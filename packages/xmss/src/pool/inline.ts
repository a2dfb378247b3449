import type { SignaturePool } from '../ports.ts'
import { Pool, type PoolOptions } from './pool.ts'
import type { WorkerResponse } from './protocol.ts'
import { createWorker } from './workerMain.ts'

/**
 * The same pool with its one worker in this thread: everything is done in the microtasks after a job is submitted, in
 * an order that depends on nothing else. For simulations, and where there are no threads.
 */
export function createInlinePool(options: PoolOptions): SignaturePool {
  return new Pool(options, 1, (listener) => {
    const work = createWorker(options)
    queueMicrotask(() => listener.message({ type: 'ready' }))
    return {
      post: (request) =>
        queueMicrotask(() => {
          let value: WorkerResponse
          try {
            value = work(request)
          } catch (error) {
            listener.exit(String(error))
            return
          }
          listener.message({ type: 'done', value })
        }),
      keepAlive: () => {},
      terminate: async () => {},
    }
  })
}
