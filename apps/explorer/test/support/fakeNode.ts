import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { StaticFiles } from '@trine/api'

/** A server that answers like a node's API, with the answers it is given; events are pushed by hand. */
export type FakeNode = {
  readonly url: string
  push(topic: string, data: unknown): void
  /** Tells listeners that they missed events. */
  lag(): void
  /** Holds back the answer to the next question for a path. Resolves when it is asked, with what lets the answer go. */
  hold(path: string): Promise<() => void>
  /** Ends the streams of all listeners; answers that are held stay open. */
  endStreams(): void
  close(): Promise<void>
}

/** @param answers by path under `/lean/v0`, without the query */
export async function startFakeNode(
  files: StaticFiles,
  answers: Readonly<Record<string, unknown>>,
): Promise<FakeNode> {
  const listeners = new Set<ServerResponse>()
  const held = new Map<string, (release: () => void) => void>()
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const file = files.get(pathname === '/' ? '/index.html' : pathname)
    const path = pathname.replace('/lean/v0', '')
    const answer = answers[path]
    const respond = () => {
      if (answer === undefined) response.writeHead(404).end()
      else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    }
    const hold = held.get(path)
    if (hold !== undefined) {
      held.delete(path)
      hold(respond)
    } else if (pathname === '/lean/v0/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': listening\n\n')
      listeners.add(response)
      response.on('close', () => listeners.delete(response))
    } else if (file !== undefined) response.writeHead(200, { 'content-type': file.mediaType }).end(file.bytes)
    else respond()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    push: (topic, data) => {
      for (const listener of listeners) listener.write(`event: ${topic}\ndata: ${JSON.stringify(data)}\n\n`)
    },
    lag: () => {
      for (const listener of listeners) listener.write(': lagged by 3 events\n\n')
    },
    hold: (path) => new Promise((resolve) => held.set(path, resolve)),
    endStreams: () => {
      for (const listener of listeners) listener.destroy()
    },
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

const reference = (slot: number) => ({ slot, root: `0x${slot.toString(16).padStart(64, '0')}` })

/** A chain without finality: `slots` blocks on the genesis block, all in the fork choice. */
export function unfinalizedChain(slots: number, validatorCount: number): Record<string, unknown> {
  const nodes = Array.from({ length: slots + 1 }, (_, slot) => ({
    ...reference(slot),
    parent_root: reference(Math.max(0, slot - 1)).root,
    proposer_index: slot % validatorCount,
    weight: 0,
  }))
  return {
    '/chain': {
      slot: slots,
      interval: 3,
      head: reference(slots),
      safe_target: reference(slots),
      justified: reference(0),
      finalized: reference(0),
      validator_count: validatorCount,
    },
    '/fork_choice': { nodes },
    '/clock': { genesis_time: 0, last_tick: { slot: slots, interval: 3 } },
    '/config/spec': { INTERVALS_PER_SLOT: 4, MILLISECONDS_PER_INTERVAL: 1000 },
    '/node/identity': { name: 'fake', version: 'fake/1' },
    '/genesis': { genesis_root: reference(0).root, genesis_time: 0 },
    '/attestations': { slots: [], attestations: [], total: 0 },
    '/duties': { paused_because: null, validators: [], total: 0 },
    '/evidence': { evidence: [], total: 0 },
    '/node/syncing': { state: 'synced', head_slot: slots, target_slot: slots },
    '/mailboxes': { actors: [] },
    '/node/peers': { peers: [], total: 0, banned: [] },
  }
}

/** Everything that a slot brings: ticks, a block, the votes of most validators. */
export function pushSlot(node: FakeNode, slot: number, validatorCount: number): void {
  node.push('interval', { slot, interval: 0, lateness: 1 })
  const [block, parent] = [reference(slot), reference(slot - 1)]
  const details = {
    parent_root: parent.root,
    proposer_index: slot % validatorCount,
    origin: 'gossip',
    attestations: 4,
  }
  node.push('block', { ...block, ...details })
  node.push('head', { ...block, parent_root: parent.root })
  node.push('interval', { slot, interval: 1, lateness: 1 })
  for (let index = 0; index < validatorCount / 2; index++) {
    const vote = {
      validator_index: index,
      slot,
      head: block,
      target: parent,
      source: reference(0),
      origin: 'gossip',
    }
    node.push('attestation', vote)
  }
  node.push('interval', { slot, interval: 2, lateness: 1 })
  node.push('interval', { slot, interval: 3, lateness: 1 })
}
