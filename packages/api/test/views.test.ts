import type { Message, Ref } from '@trine/actors'
import type { Evidence, NetworkView } from '@trine/messages'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, type ApiRefs, createApi } from '../src/index.ts'
import { Contract } from './support/contract.ts'
import { startTestNode, type TestNode } from './support/testNode.ts'

const bytes = (byte: number, length = 32) => new Uint8Array(length).fill(byte)
const hex = (byte: number) => `0x${byte.toString(16).padStart(2, '0').repeat(32)}`

const HUGE = 2n ** 64n - 1n

const vote = (slot: number | bigint) => ({
  message: {
    validatorIndex: 3,
    data: {
      slot: 9,
      head: { root: bytes(1), slot: 8 },
      target: { root: bytes(2), slot },
      source: { root: bytes(3), slot: 0 },
    },
  },
  signature: bytes(7, 4),
})

const EVIDENCE: readonly Evidence[] = [
  { kind: 'twoVotes', validatorIndex: 3, slot: 9, first: vote(8), second: vote(HUGE) },
  { kind: 'twoBlocks', proposerIndex: 1, slot: 5, first: hex(4), second: hex(5), isProof: true },
]

const NETWORK: NetworkView = {
  localPeerId: 'me',
  peers: ['a', 'b', 'c'].map((peerId, index) => ({
    peerId,
    direction: index === 0 ? 'inbound' : 'outbound',
    address: `/ip4/127.0.0.1/udp/${index}`,
    agent: 'other/1',
    score: -1.5,
    status:
      index === 0
        ? undefined
        : { finalized: { root: bytes(1), slot: 4 }, head: { root: bytes(2), slot: index === 1 ? 6 : HUGE } },
    latency: index === 0 ? undefined : 12.5,
    connectedSince: 1000,
    gossipReceived: 1,
    gossipRejected: 2,
    requestsServed: 3,
    requestsFailed: 4,
  })),
  bannedPeers: [{ peerId: 'd', until: 5000 }],
}

/** A service that answers these questions, and is silent at others. */
function answering<M extends Message>(name: string, answers: Readonly<Record<string, unknown>>): Ref<M> {
  return {
    name,
    tell: (message) => {
      const { type, reply } = message as unknown as { type: string; reply: { answer(value: unknown): void } }
      if (type in answers) reply.answer(answers[type])
      return true
    },
  }
}

let lean: TestNode
const apis: Api[] = []

beforeAll(async () => {
  lean = await startTestNode({ hasDuties: false })
}, 60_000)

afterAll(async () => {
  for (const api of apis) await api.close()
  await lean.stop()
  expect(lean.errors).toEqual([])
})

function apiWith(refs: Partial<ApiRefs>): Api {
  const api = createApi({ ...lean.parts, refs: { ...lean.parts.refs, ...refs }, limits: { askTimeout: 50 } })
  apis.push(api)
  return api
}

describe('views', () => {
  it('of evidence, with numbers that only a bigint holds', async () => {
    const contract = await Contract.of(apiWith({ chain: answering('chain', { getEvidence: EVIDENCE }) }))
    const { evidence, total } = await contract.json('/lean/v0/evidence')
    expect(total).toBe(2)
    expect(evidence[0]).toMatchObject({ kind: 'two_votes', validator_index: 3, slot: 9 })
    expect(evidence[0].first).toMatchObject({ signature: '0x07070707', message: { validator_id: 3 } })
    expect(evidence[0].first.message.data.target).toEqual({ root: hex(2), slot: 8 })
    expect(evidence[1]).toEqual({
      kind: 'two_blocks',
      proposer_index: 1,
      slot: 5,
      first: hex(4),
      second: hex(5),
      is_proof: true,
    })
    expect((await contract.json('/lean/v0/evidence?offset=1')).evidence).toHaveLength(1)
  })

  it('of peers, page by page', async () => {
    const contract = await Contract.of(apiWith({ network: answering('network', { getNetwork: NETWORK }) }))
    const { peers, total, banned } = await contract.json('/lean/v0/node/peers')
    expect(total).toBe(3)
    expect(peers[0]).toEqual({
      peer_id: 'a',
      direction: 'inbound',
      address: '/ip4/127.0.0.1/udp/0',
      agent: 'other/1',
      score: -1.5,
      status: null,
      latency: null,
      connected_since: 1000,
      gossip_received: 1,
      gossip_rejected: 2,
      requests_served: 3,
      requests_failed: 4,
    })
    expect(peers[1].status).toEqual({ finalized: { root: hex(1), slot: 4 }, head: { root: hex(2), slot: 6 } })
    expect(peers[1].latency).toBe(12.5)
    expect(peers[2].status.head.slot).toBe(HUGE.toString())
    expect(banned).toEqual([{ peer_id: 'd', until: 5000 }])
    const page = await contract.json('/lean/v0/node/peers?limit=1&offset=1')
    expect(page.peers.map(({ peer_id }: { peer_id: string }) => peer_id)).toEqual(['b'])
    expect((await contract.json('/lean/v0/node/peer_count')).connected).toBe(3)
    expect((await contract.json('/lean/v0/node/identity')).peer_id).toBe('me')
  })
})

describe('a service that does not answer', () => {
  it.each([
    ['is silent', answering('chain', {})],
    ['is full', { name: 'chain', tell: () => false } as Ref<Message>],
  ])('because it %s is 503 for whatever needs it, and for nothing else', async (_why, chain) => {
    const { server } = apiWith({ chain: chain as ApiRefs['chain'] })
    for (const path of [
      'head',
      'chain',
      'fork_choice',
      'blocks/head',
      'states/head',
      'validators',
      'evidence',
      'genesis',
      'node/syncing',
    ]) {
      const response = await server.inject(`/lean/v0/${path}`)
      expect([path, response.statusCode, response.json().code]).toEqual([path, 503, 'UNAVAILABLE'])
      expect(response.json().message).toMatch(/^chain did not answer \((timeout|refused)\): try again later$/)
    }
    for (const path of ['health', 'clock', 'node/peers', 'mailboxes', 'duties']) {
      expect((await server.inject(`/lean/v0/${path}`)).statusCode).toBe(200)
    }
  })
})

describe('requests for the same thing at the same time', () => {
  it('are one question', async () => {
    let asked = 0
    const replies: { answer(value: unknown): void }[] = []
    const chain = {
      name: 'chain',
      tell: (message: unknown) => {
        asked += 1
        replies.push((message as { reply: { answer(value: unknown): void } }).reply)
        return true
      },
    }
    const api = createApi({ ...lean.parts, refs: { ...lean.parts.refs, chain } })
    apis.push(api)
    const requests = Array.from({ length: 50 }, () => api.server.inject('/lean/v0/evidence'))
    while (replies.length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    await new Promise((resolve) => setTimeout(resolve, 20))
    for (const reply of replies) reply.answer([])
    for (const response of await Promise.all(requests)) expect(response.statusCode).toBe(200)
    // More than one only if some came after the answer, on a very busy machine.
    expect(asked).toBeLessThan(50)
  })
})
