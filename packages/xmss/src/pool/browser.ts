import type { SignaturePool } from '../ports.ts'
import { Pool, type PoolOptions } from './pool.ts'
import type { WorkerMessage, WorkerSettings } from './protocol.ts'
import type { WorkerListener, WorkerPort } from './workers.ts'

export interface BrowserPoolOptions extends PoolOptions {
  /** Web Workers; one per core unless told. */
  readonly workers?: number
}

/** A pool of Web Workers. A bundler (vite, webpack, ...) makes the worker's file from the URL below. */
export function createPool(options: BrowserPoolOptions): SignaturePool {
  const { scheme, encoding } = options
  const count = options.workers ?? navigator.hardwareConcurrency
  return new Pool(options, count, (listener) => spawnWebWorker({ scheme, encoding }, listener))
}

function spawnWebWorker(settings: WorkerSettings, listener: WorkerListener): WorkerPort {
  const worker = new Worker(new URL('./browserWorker.ts', import.meta.url), { type: 'module', name: 'xmss' })
  const die = (reason: string) => {
    worker.terminate()
    listener.exit(reason)
  }
  worker.onmessage = (event: MessageEvent<WorkerMessage>) => listener.message(event.data)
  worker.onerror = (event) => die(event.message || 'it could not be loaded')
  worker.onmessageerror = () => die('a message could not be read')
  worker.postMessage(settings)
  return {
    post: (request, transfer) => worker.postMessage(request, transfer),
    keepAlive: () => {},
    terminate: async () => worker.terminate(),
  }
}
