import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { NodeEvent } from '@trine/messages'
import { expect, it } from 'vitest'
import { startTestNode, until } from './support/testNode.ts'

const READERS = 200
const ROUNDS = 5
const EVENTS_PER_ROUND = 4096

const vote = (slot: number, validatorIndex: number): NodeEvent => {
  const at = { root: `0x${'22'.repeat(32)}`, slot }
  return {
    type: 'attestation',
    validatorIndex,
    slot,
    head: at,
    target: at,
    source: at,
    origin: 'gossip',
    validationTime: undefined,
  }
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write('GET /lean/v0/events?topics=attestation HTTP/1.1\r\nhost: node\r\n\r\n')
      resolve(socket)
    })
    socket.once('error', reject)
  })
}

it('200 readers of whom half never read cost bounded memory and no time', async () => {
  const lean = await startTestNode({ hasDuties: false, validatorCount: 4 })
  const sockets: Socket[] = []
  try {
    const { port } = await lean.api.listen({ host: '127.0.0.1', port: 0 })
    let received = 0
    for (let index = 0; index < READERS; index++) {
      const socket = await open(port)
      socket.on('error', () => {})
      sockets.push(socket)
      if (index % 2 === 0) {
        socket.on('data', (chunk) => {
          received += chunk.length
        })
      } else socket.pause()
    }
    const connections = () =>
      new Promise<number>((resolve) =>
        lean.api.server.server.getConnections((_error, count) => resolve(count)),
      )
    await until('all readers', async () => (await connections()) === READERS && received > 0)
    const usage = () => {
      const { heapUsed, external } = process.memoryUsage()
      return (heapUsed + external) / 2 ** 20
    }
    const before = usage()
    let highest = 0
    let emitting = 0
    for (let round = 0; round < ROUNDS; round++) {
      const began = performance.now()
      for (let index = 0; index < EVENTS_PER_ROUND; index++) lean.hub.emit(vote(round, index))
      emitting += performance.now() - began
      await wait(0)
      highest = Math.max(highest, usage())
    }
    // Each event is about 400 bytes: without a bound the silent half alone would be owed 800 MB.
    expect(received).toBeGreaterThan(0)
    expect(highest - before).toBeLessThan(300)
    // Emitting is writing each event once, whoever reads: far below a slot for a slot's votes.
    expect(emitting / ROUNDS).toBeLessThan(2000)
    const health = await fetch(`http://127.0.0.1:${port}/lean/v0/health`)
    expect(health.status).toBe(200)
    expect(lean.errors).toEqual([])
  } finally {
    for (const socket of sockets) socket.destroy()
    await lean.stop()
  }
}, 180_000)
