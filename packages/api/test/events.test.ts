import { request } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { NodeEvent } from '@trine/messages'
import { describe, expect, it } from 'vitest'
import { TOPICS } from '../src/index.ts'
import { startTestNode, type TestNode, until } from './support/testNode.ts'

const ROOT = `0x${'11'.repeat(32)}`

type Stream = { readonly status: number; text(): string; close(): void; pause(): void; resume(): void }

/** Opens an event stream and collects what comes. */
function listen(port: number, topics: string): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const client = request({ port, path: `/lean/v0/events?topics=${topics}`, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('error', () => {})
      resolve({
        status: response.statusCode!,
        text: () => text,
        close: () => client.destroy(),
        pause: () => void response.pause(),
        resume: () => void response.resume(),
      })
    })
    client.on('error', reject)
    client.end()
  })
}

async function withNode(
  options: Parameters<typeof startTestNode>[0],
  run: (lean: TestNode, port: number) => Promise<void>,
): Promise<void> {
  const lean = await startTestNode(options)
  try {
    const { port } = await lean.api.listen({ host: '127.0.0.1', port: 0 })
    await run(lean, port)
    expect(lean.errors).toEqual([])
  } finally {
    await lean.stop()
  }
}

const duty = (slot: number): NodeEvent => ({
  type: 'duty',
  result: {
    kind: 'attestation',
    slot,
    validatorIndex: 1,
    outcome: 'skipped',
    reason: 'x'.repeat(500),
    isSigned: false,
    dataTime: 0,
    reserveTime: 0,
    signTime: 0,
  },
})

/** Frames of a stream: topic and data. */
function framesOf(text: string): [string, Record<string, unknown>][] {
  return [...text.matchAll(/event: (\w+)\ndata: (.*)\n\n/g)].map(([, topic, data]) => [
    topic!,
    JSON.parse(data!),
  ])
}

describe('the event stream', { timeout: 120_000 }, () => {
  it('tells what happens, in the order in which it does', () =>
    withNode({}, async (_lean, port) => {
      const topics = 'head,block,justified_checkpoint,finalized_checkpoint,interval,attestation,duty'
      const stream = await listen(port, topics)
      expect(stream.status).toBe(200)
      await until('a finalized checkpoint', async () => stream.text().includes('event: finalized_checkpoint'))
      const frames = framesOf(stream.text())
      const seen = new Set(frames.map(([topic]) => topic))
      for (const topic of topics.split(',')) expect([topic, seen.has(topic)]).toEqual([topic, true])
      const blocks = frames.filter(([topic]) => topic === 'block').map(([, data]) => data)
      for (const [index, block] of blocks.entries()) {
        if (index > 0) expect(block.parent_root).toBe(blocks[index - 1]!.root)
      }
      const heads = frames.filter(([topic]) => topic === 'head').map(([, data]) => data)
      const known = new Map(blocks.map((block) => [block.root, block.parent_root]))
      const told = heads.filter(({ root }) => known.has(root))
      expect(told.length).toBeGreaterThan(0)
      for (const head of told) expect(head.parent_root).toBe(known.get(head.root))
      stream.close()
    }))

  it('has only the topics asked for', () =>
    withNode({}, async (lean, port) => {
      const stream = await listen(port, 'reorg')
      const other = await listen(port, 'duty')
      await until('duties', async () => framesOf(other.text()).length > 5)
      const at = { root: ROOT, slot: 7 }
      lean.hub.emit({ type: 'reorg', from: at, to: at, commonAncestor: at, depth: 2 })
      await until('a reorg', async () => framesOf(stream.text()).length > 0)
      const data = { from: at, to: at, common_ancestor: at, depth: 2 }
      expect(framesOf(stream.text())).toEqual([['reorg', data]])
      stream.close()
      other.close()
    }))

  it('says how many events a slow reader lost, and goes on', () =>
    withNode({ hasDuties: false, limits: { eventBacklog: 16 } }, async (lean, port) => {
      const stream = await listen(port, 'duty')
      stream.pause()
      // More than all buffers on the way can hold.
      const count = 60_000
      for (let slot = 0; slot < count; slot++) {
        lean.hub.emit(duty(slot))
        if (slot % 200 === 199) await wait(0)
      }
      stream.resume()
      await until('the last event', async () => framesOf(stream.text()).at(-1)?.[1].slot === count - 1)
      const lost = [...stream.text().matchAll(/: lagged by (\d+) events\n\n/g)].map(([, number]) =>
        Number(number),
      )
      expect(lost.length).toBeGreaterThan(0)
      const total = lost.reduce((sum, number) => sum + number, 0)
      const slots = framesOf(stream.text()).map(([, data]) => data.slot as number)
      expect(slots.length + total).toBe(count)
      expect(slots).toEqual([...slots].sort((left, right) => left - right))
      stream.close()
    }))

  it('has room for so many readers, and again when one leaves', () =>
    withNode({ hasDuties: false, limits: { eventReaders: 2 } }, async (_lean, port) => {
      const first = await listen(port, 'head')
      const second = await listen(port, 'head')
      const third = await listen(port, 'head')
      expect([first.status, second.status, third.status]).toEqual([200, 200, 503])
      await until('the reason', async () => third.text().includes('expected a free place for a reader'))
      first.close()
      const again = await until('room', async () => {
        const stream = await listen(port, 'head')
        return stream.status === 200 && stream
      })
      again.close()
      second.close()
    }))

  it('keeps a quiet stream open with comments, and ends all when the server ends', () =>
    withNode({ hasDuties: false, limits: { keepAlive: 20 } }, async (_lean, port) => {
      const stream = await listen(port, 'reorg')
      await until('comments', async () => stream.text().split('\n\n').length > 5)
      expect(framesOf(stream.text())).toEqual([])
    }))

  it('parts with a reader who never reads, and with nobody else', () =>
    withNode(
      { hasDuties: false, limits: { keepAlive: 50, idleTimeout: 4000, eventBacklog: 8192 } },
      async (lean, port) => {
        const silent = await listen(port, 'duty')
        const reader = await listen(port, 'duty')
        silent.pause()
        let slot = 0
        const connections = () =>
          new Promise<number>((resolve) =>
            lean.api.server.server.getConnections((_error, count) => resolve(count)),
          )
        expect(await connections()).toBe(2)
        await until('the end of the silent one', async () => {
          // More than the buffers between hold, again and again.
          for (let count = 0; count < 2000; count++) lean.hub.emit(duty(slot++))
          return (await connections()) === 1
        })
        await until(
          'more events',
          async () => framesOf(reader.text()).at(-1)?.[1].slot === slot - 1 || undefined,
        )
        reader.close()
      },
    ))

  it('knows a topic for every kind of event', () =>
    withNode({}, async (lean, port) => {
      const stream = await listen(port, TOPICS.join(','))
      const at = { root: ROOT, slot: 7 }
      lean.hub.emit({ type: 'blockRejected', root: ROOT, slot: 2n ** 60n, reason: 'R', message: 'm' })
      lean.hub.emit({ type: 'finalityConflict', message: 'm', checkpoints: [at] })
      await until('the alarm', async () => stream.text().includes('finality_conflict'))
      const frames = framesOf(stream.text())
      const slot = (2n ** 60n).toString()
      expect(frames).toContainEqual([
        'rejection',
        { kind: 'block', root: ROOT, slot, reason: 'R', message: 'm' },
      ])
      for (const [topic] of frames) expect(TOPICS).toContain(topic)
      stream.close()
    }))

  it('tells of a validator that stops alone as an alarm, and not as a pause of all', () =>
    withNode({ hasDuties: false }, async (lean, port) => {
      const stream = await listen(port, 'duties_state,alarm')
      lean.hub.emit({ type: 'dutiesPaused', reason: 'seen signing elsewhere', validatorIndex: 7 })
      lean.hub.emit({ type: 'dutiesPaused', reason: 'maintenance', validatorIndex: undefined })
      await until('the pause', async () => stream.text().includes('maintenance'))
      expect(framesOf(stream.text()).filter(([, { paused_because }]) => paused_because !== null)).toEqual([
        ['alarm', { kind: 'validator_stopped', validator_index: 7, message: 'seen signing elsewhere' }],
        ['duties_state', { paused_because: 'maintenance' }],
      ])
      stream.close()
    }))
})
