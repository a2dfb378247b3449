import { parentPort, workerData } from 'node:worker_threads'
import { movable, type WorkerMessage, type WorkerRequest, type WorkerSettings } from './protocol.ts'
import { createWorker } from './workerMain.ts'

const port = parentPort
if (!port) throw new Error('nodeWorker.ts runs in a worker thread only')
const work = createWorker(workerData as WorkerSettings)
const send = (message: WorkerMessage, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)

port.on('message', (request: WorkerRequest) => {
  const value = work(request)
  send({ type: 'done', value }, movable(value))
})
send({ type: 'ready' })
