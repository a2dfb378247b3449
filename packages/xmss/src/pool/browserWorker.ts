import { movable, type WorkerMessage, type WorkerRequest, type WorkerSettings } from './protocol.ts'
import { createWorker } from './workerMain.ts'

/** Of a worker's global object, what is used here. */
interface WorkerScope {
  onmessage: ((event: MessageEvent) => void) | null
  postMessage(message: WorkerMessage, transfer: ArrayBuffer[]): void
}

const scope = globalThis as unknown as WorkerScope

// The first message brings the settings, every other one is a request.
scope.onmessage = (first: MessageEvent<WorkerSettings>) => {
  const work = createWorker(first.data)
  scope.onmessage = (event: MessageEvent<WorkerRequest>) => {
    const value = work(event.data)
    scope.postMessage({ type: 'done', value }, movable(value))
  }
  scope.postMessage({ type: 'ready' }, [])
}
