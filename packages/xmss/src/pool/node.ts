import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { SignaturePool } from '../ports.ts'
import { Pool, type PoolOptions } from './pool.ts'
import type { WorkerMessage, WorkerSettings } from './protocol.ts'
import type { WorkerListener, WorkerPort } from './workers.ts'

export interface NodePoolOptions extends PoolOptions {
  /** Worker threads; one per core unless told. */
  readonly workers?: number
}

/** A pool of worker threads. An idle pool does not keep the process alive. */
export function createPool(options: NodePoolOptions): SignaturePool {
  const { scheme, encoding } = options
  const count = options.workers ?? availableParallelism()
  return new Pool(options, count, (listener) => spawnThread({ scheme, encoding }, listener))
}

function spawnThread(workerData: WorkerSettings, listener: WorkerListener): WorkerPort {
  // Flags of this process are not meant for it: --input-type, for one, would end it at once.
  const options = { workerData, name: 'xmss', execArgv: [] }
  const worker = new Worker(new URL('./nodeWorker.ts', import.meta.url), options)
  let reason = ''
  worker.on('message', (message: WorkerMessage) => listener.message(message))
  worker.on('error', (error) => {
    reason = error instanceof Error ? error.message : String(error)
  })
  worker.on('exit', (code) => listener.exit(reason || `exit code ${code}`))
  return {
    post: (request, transfer) => worker.postMessage(request, transfer),
    keepAlive: (needed) => (needed ? worker.ref() : worker.unref()),
    terminate: async () => {
      await worker.terminate()
    },
  }
}
