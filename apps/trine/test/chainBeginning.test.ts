import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { createSystemScheduler, VirtualScheduler } from '@trine/actors'
import { createEventHub } from '@trine/api'
import type { NodeEvent } from '@trine/messages'
import { expect, it, vi } from 'vitest'
import { ChainBeginning } from '../src/node/chainBeginning.ts'
import { readNodeConfig } from '../src/node/readNodeConfig.ts'
import { startNode } from '../src/node/startNode.ts'
import { makeNetwork, temporaryFolder } from './support/network.ts'

const head = { root: '0x', slot: 9 }
const begun: NodeEvent = {
  type: 'chainStarted',
  head,
  safeTarget: head,
  justified: head,
  finalized: head,
  validatorCount: 1,
}
const failed = (actor: string, decision: 'restart' | 'stop'): NodeEvent => ({
  type: 'actorFailed',
  report: { actor, phase: 'start', error: new Error('no'), decision, message: undefined },
})

it.each<[string, NodeEvent[], number | undefined, number]>([
  ['is known when the chain has begun', [begun], 9, 0],
  ['is known when it begins at the second attempt', [failed('a/chain', 'restart'), begun], 9, 0],
  ['is not waited for when the chain is stopped', [failed('a/chain', 'stop'), begun], undefined, 0],
  ['is not waited for long', [failed('a/sync', 'stop')], undefined, 2000],
])('what the chain begins from %s', async (_, told, expected, milliseconds) => {
  const scheduler = new VirtualScheduler()
  const hub = createEventHub((error) => {
    throw error
  })
  const beginning = new ChainBeginning(hub)
  for (const event of told) hub.emit(event)
  expect(await scheduler.settle(beginning.headSlot(scheduler))).toBe(expected)
  expect(scheduler.now()).toBe(milliseconds)
  expect(scheduler.pendingTimers).toBe(0)
})

it('a node says that it begins from genesis, and after a restart from which slot on disk', {
  timeout: 180_000,
}, async () => {
  const folder = temporaryFolder()
  const net = join(folder, 'net')
  await makeNetwork(net, { nodes: '1', genesisTime: '+1s' })
  const flags = { genesis: net, nodeId: 'trine_0', dataDir: join(folder, 'data'), socketAddress: '127.0.0.1' }
  const { config } = await readNodeConfig(
    { ...flags, quicPort: '0', bootnodes: 'none', api: false, metrics: false, logLevel: ['silent'] },
    {},
  )
  const surroundings = { scheduler: createSystemScheduler(), ownsProcess: false }
  const first = await startNode(config, surroundings)
  expect(first.beginsFrom).toBe('genesis')
  await vi.waitUntil(() => (first.status.head?.slot ?? 0) > 0, { timeout: 120_000 })
  await first.stop()
  const second = await startNode(config, surroundings)
  expect(second.beginsFrom).toMatch(/^slot [1-9]\d* on disk$/)
  await second.stop()
  rmSync(folder, { recursive: true, force: true })
})
