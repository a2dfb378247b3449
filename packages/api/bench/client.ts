/** The asking side of the benchmark `api`, in a thread of its own. */
import { Agent, get } from 'node:http'
import { parentPort } from 'node:worker_threads'

export type Load = {
  readonly port: number
  readonly path: string
  readonly accept: string
  readonly connections: number
  readonly milliseconds: number
}

export type LoadFigures = {
  readonly requests: number
  readonly failures: number
  readonly milliseconds: number
  readonly median: number
  readonly p99: number
  /** Of the body of one answer. */
  readonly bytes: number
}

parentPort?.on('message', async (load: Load) => parentPort!.postMessage(await apply(load)))

async function apply(load: Load): Promise<LoadFigures> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections })
  const times: number[] = []
  const counts = { failures: 0, bytes: 0 }
  const began = performance.now()
  const end = began + load.milliseconds
  const connection = async () => {
    while (performance.now() < end) {
      const asked = performance.now()
      const { status, length } = await ask(load, agent, end)
      times.push(performance.now() - asked)
      if (status !== 200) counts.failures += 1
      counts.bytes = length
    }
  }
  await Promise.all(Array.from({ length: load.connections }, connection))
  agent.destroy()
  times.sort((left, right) => left - right)
  return {
    ...counts,
    requests: times.length,
    milliseconds: performance.now() - began,
    median: times[Math.floor(times.length / 2)] ?? 0,
    p99: times[Math.floor(times.length * 0.99)] ?? 0,
  }
}

/** One request; an answer without end is read until the load's end. */
function ask(load: Load, agent: Agent, end: number): Promise<{ status: number; length: number }> {
  const { port, path, accept } = load
  return new Promise((resolve) => {
    const request = get({ port, path, agent, headers: { accept } }, (response) => {
      let length = 0
      response.on('data', (chunk: Uint8Array) => {
        length += chunk.length
        if (path.includes('/events') && performance.now() >= end) request.destroy()
      })
      response.on('close', () => resolve({ status: response.statusCode ?? 0, length }))
      response.on('error', () => {})
    })
    if (path.includes('/events')) setTimeout(() => request.destroy(), end - performance.now())
    request.on('error', () => resolve({ status: 0, length: 0 }))
  })
}
