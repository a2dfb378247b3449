import { blockHeader } from '@trine/state-transition'
import { blockHeaderType, decode, signedTypesFor, stateType, toHex } from '@trine/types'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Contract } from './support/contract.ts'
import { startTestNode, type TestNode, until } from './support/testNode.ts'

const GOOD: Readonly<Record<string, readonly string[]>> = {
  getHealth: ['/lean/v0/health'],
  getGenesis: ['/lean/v0/genesis'],
  getSpec: ['/lean/v0/config/spec'],
  getIdentity: ['/lean/v0/node/identity'],
  getVersion: ['/lean/v0/node/version'],
  getSyncing: ['/lean/v0/node/syncing'],
  getPeers: ['/lean/v0/node/peers', '/lean/v0/node/peers?limit=1&offset=5'],
  getPeerCount: ['/lean/v0/node/peer_count'],
  getHead: ['/lean/v0/head'],
  getChain: ['/lean/v0/chain'],
  getJustifiedCheckpoint: ['/lean/v0/checkpoints/justified'],
  getFinalizedCheckpoint: ['/lean/v0/checkpoints/finalized'],
  getForkChoice: ['/lean/v0/fork_choice'],
  getFinalizedBlock: ['/lean/v0/blocks/finalized'],
  getBlock: ['/lean/v0/blocks/head', '/lean/v0/blocks/justified', '/lean/v0/blocks/0'],
  getBlockHeader: ['/lean/v0/blocks/head/header', '/lean/v0/blocks/finalized/header'],
  getHeader: ['/lean/v0/headers/head', '/lean/v0/headers/finalized'],
  getFinalizedState: ['/lean/v0/states/finalized'],
  getState: ['/lean/v0/states/head', '/lean/v0/states/justified'],
  getValidators: ['/lean/v0/validators', '/lean/v0/validators?limit=2&offset=3'],
  getDuties: ['/lean/v0/duties', '/lean/v0/duties?limit=1'],
  getAttestations: [
    '/lean/v0/attestations',
    '/lean/v0/attestations?slot=1&limit=2',
    '/lean/v0/attestations?validator_index=3&offset=1',
  ],
  getEvidence: ['/lean/v0/evidence'],
  getMailboxes: ['/lean/v0/mailboxes'],
  getClock: ['/lean/v0/clock'],
  getOpenApi: ['/lean/v0/openapi.json'],
}

const ROOT_OF_NOTHING = `0x${'ab'.repeat(32)}`

/** Path, status, and what the message says. */
const BAD: readonly (readonly [string, number, RegExp])[] = [
  ['/lean/v0/blocks/abc', 400, /^block_id: expected finalized, .*, got "abc"$/],
  ['/lean/v0/blocks/-1', 400, /^block_id: .*got "-1"$/],
  ['/lean/v0/blocks/01', 400, /got "01"$/],
  ['/lean/v0/blocks/4294967296', 400, /got "4294967296"$/],
  ['/lean/v0/blocks/0x12', 400, /got "0x12"$/],
  ['/lean/v0/blocks/4294967295', 404, /^no block: slot 4294967295$/],
  [`/lean/v0/blocks/${ROOT_OF_NOTHING}`, 404, /^no block: 0xabab/],
  ['/lean/v0/blocks/nonsense/header', 400, /^block_id: /],
  [`/lean/v0/blocks/${ROOT_OF_NOTHING}/header`, 404, /^no block: /],
  ['/lean/v0/headers/x', 400, /^block_id: /],
  [`/lean/v0/headers/${ROOT_OF_NOTHING}`, 404, /^no block: /],
  ['/lean/v0/states/x', 400, /^state_id: expected finalized/],
  [`/lean/v0/states/${ROOT_OF_NOTHING}`, 404, /^no state: /],
  ['/lean/v0/states/4000000000', 404, /^no state: slot 4000000000$/],
  ['/lean/v0/node/peers?limit=0', 400, /^limit: expected an integer from 1 to 1000, got "0"$/],
  ['/lean/v0/node/peers?limit=1001', 400, /^limit: /],
  ['/lean/v0/node/peers?offset=-1', 400, /^offset: expected an integer from 0/],
  ['/lean/v0/node/peers?limit=1&limit=2', 400, /^limit: .*got \["1","2"\]$/],
  ['/lean/v0/validators?limit=five', 400, /^limit: .*got "five"$/],
  ['/lean/v0/validators?limit=1e3', 400, /^limit: /],
  ['/lean/v0/duties?page=2', 400, /^query: expected only limit, offset, got "page"$/],
  ['/lean/v0/attestations?slot=x', 400, /^slot: expected an integer from 0/],
  ['/lean/v0/attestations?validator_index=', 400, /^validator_index: .*got ""$/],
  ['/lean/v0/evidence?limit=101', 400, /^limit: /],
  ['/lean/v0/head?slot=1', 400, /^query: expected no parameters, got "slot"$/],
  ['/lean/v0/events', 400, /^topics: expected topics among head, .*got nothing$/],
  ['/lean/v0/events?topics=', 400, /^topics: /],
  ['/lean/v0/events?topics=head,heads', 400, /got "head,heads"$/],
  ['/lean/v0/nothing', 404, /^no such path: \/lean\/v0\/nothing$/],
  ['/lean/v0/blocks', 404, /^no such path/],
  ['/', 404, /^no such path/],
  ['/lean/v0/blocks/%zz', 400, /./],
  ['/lean/v0/blocks/%00', 400, /^block_id: /],
]

let lean: TestNode
let contract: Contract

beforeAll(async () => {
  lean = await startTestNode()
  contract = await Contract.of(lean.api)
  await until('three finalized slots', async () => {
    const { slot } = await contract.json('/lean/v0/checkpoints/finalized')
    return Number(slot) >= 3
  })
}, 90_000)

afterAll(async () => {
  await lean.stop()
  expect(lean.errors).toEqual([])
})

describe('good requests', () => {
  it.each(Object.entries(GOOD))('%s is answered as the document says', async (operationId, urls) => {
    for (const url of urls) {
      const { body, operation } = await contract.check(url, 'application/json')
      expect(operation).toBe(operationId)
      expect(body).not.toBeNull()
    }
  })

  it('are tried for every operation of the document', () => {
    expect([...Object.keys(GOOD), 'getEvents'].sort()).toEqual(contract.operationIds)
  })

  it('health is the body that others assert', async () => {
    const response = await lean.api.server.inject('/lean/v0/health')
    expect(response.body).toBe('{"status":"healthy","service":"lean-rpc-api"}')
    expect(response.headers['content-type']).toContain('application/json')
  })
})

describe('bad requests', () => {
  it.each(BAD)('%s is refused with %i', async (url, status, message) => {
    const response = await lean.api.server.inject(url)
    expect(response.statusCode).toBe(status)
    const failure = response.json()
    expect(Object.keys(failure)).toEqual(['code', 'message'])
    expect(failure.message).toMatch(message)
  })

  it('name the methods that there are', async () => {
    const response = await lean.api.server.inject({ method: 'DELETE', url: '/lean/v0/blocks/head' })
    expect(response.statusCode).toBe(405)
    expect(response.headers.allow).toBe('GET')
    expect(response.json().code).toBe('METHOD_NOT_ALLOWED')
  })

  it('for a representation that there is not are refused', async () => {
    for (const [url, accept] of [
      ['/lean/v0/head', 'application/octet-stream'],
      ['/lean/v0/blocks/head', 'text/html'],
      ['/lean/v0/states/finalized', 'application/json;q=0, application/octet-stream;q=0'],
      ['/lean/v0/events?topics=head', 'application/json'],
    ]) {
      const response = await lean.api.server.inject({ url: url!, headers: { accept: accept! } })
      expect([url, response.statusCode, response.json().code]).toEqual([url, 406, 'NOT_ACCEPTABLE'])
    }
  })
})

describe('blocks and states', () => {
  const ssz = async (url: string, accept = 'application/octet-stream') => {
    const response = await lean.api.server.inject({ url, headers: { accept } })
    expect(response.statusCode).toBe(200)
    expect(response.headers['content-type']).toBe('application/octet-stream')
    return new Uint8Array(response.rawPayload)
  }

  it('come as SSZ and as JSON of the same content', async () => {
    const { root, slot } = await contract.json('/lean/v0/checkpoints/finalized')
    const { signedBlockWithAttestationType } = signedTypesFor('ssz3112')
    const block = decode(signedBlockWithAttestationType, await ssz(`/lean/v0/blocks/${root}`))
    if (!block.ok) throw new Error(block.error.code)
    const header = blockHeader(block.value.message.block)
    expect(toHex(blockHeaderType.hashTreeRoot(header))).toBe(root)
    expect(Number(header.slot)).toBe(slot)
    const bySlot = await contract.json(`/lean/v0/blocks/${slot}`)
    expect(bySlot.root).toBe(root)
    const asJson = await contract.json(`/lean/v0/headers/${root}`)
    expect(asJson).toEqual({
      root,
      slot,
      proposer_index: Number(header.proposerIndex),
      parent_root: toHex(header.parentRoot),
      state_root: toHex(header.stateRoot),
      body_root: toHex(header.bodyRoot),
    })
    expect(await ssz(`/lean/v0/headers/${root}`)).toEqual(blockHeaderType.serialize(header))
  })

  it('a state hashes to the root that its block names', async () => {
    const { root } = await contract.json('/lean/v0/checkpoints/finalized')
    const header = await contract.json(`/lean/v0/headers/${root}`)
    const state = decode(
      stateType,
      await ssz(`/lean/v0/states/${root}`, '*/*;q=0.5, application/octet-stream'),
    )
    if (!state.ok) throw new Error(state.error.code)
    expect(toHex(stateType.hashTreeRoot(state.value))).toBe(header.state_root)
    expect(state.value.latestBlockHeader.stateRoot.every((byte) => byte === 0)).toBe(true)
    const asJson = await contract.json(`/lean/v0/states/${root}`)
    expect(asJson.slot).toBe(header.slot)
    expect(asJson.historical_block_hashes).toEqual(state.value.historicalBlockHashes.map(toHex))
  })

  it('the finalized ones are SSZ unless asked otherwise', async () => {
    for (const url of ['/lean/v0/states/finalized', '/lean/v0/blocks/finalized']) {
      const response = await lean.api.server.inject(url)
      expect(response.headers['content-type']).toBe('application/octet-stream')
    }
    const response = await lean.api.server.inject('/lean/v0/states/head')
    expect(response.headers['content-type']).toContain('application/json')
  })

  it('the block the node began from has empty signatures', async () => {
    const { genesis_root } = await contract.json('/lean/v0/genesis')
    expect((await contract.json('/lean/v0/blocks/0')).root).toBe(genesis_root)
    const { signedBlockWithAttestationType } = signedTypesFor('ssz3112')
    const block = decode(signedBlockWithAttestationType, await ssz('/lean/v0/blocks/0'))
    if (!block.ok) throw new Error(block.error.code)
    expect(block.value.signature).toHaveLength(1)
    expect(block.value.signature[0]!.every((byte) => byte === 0)).toBe(true)
  })
})

describe('what the routes say', () => {
  it('agrees with itself', async () => {
    const { nodes, head } = await contract.json('/lean/v0/fork_choice')
    const roots = new Set(nodes.map((node: { root: string }) => node.root))
    expect(roots.has(head)).toBe(true)
    const orphans = nodes.filter((node: { parent_root: string }) => !roots.has(node.parent_root))
    expect(orphans).toHaveLength(1)
    const seen = new Set([orphans[0].parent_root])
    for (const { root, parent_root } of nodes) {
      expect(seen.has(parent_root)).toBe(true)
      seen.add(root)
    }
  })

  it('tells who voted for what', async () => {
    // A busy machine may miss a slot.
    await until('a slot with all votes in blocks', async () => {
      const { slots } = await contract.json('/lean/v0/attestations?limit=1')
      for (const slot of slots) {
        const { attestations, total } = await contract.json(`/lean/v0/attestations?slot=${slot}`)
        expect(total).toBe(attestations.length)
        const indices = attestations.map((vote: { validator_index: number }) => vote.validator_index)
        expect(indices).toEqual([...indices].sort())
        if (total === 4 && attestations.every((vote: { in_block: boolean }) => vote.in_block)) return true
      }
      return false
    })
    const { validators } = await contract.json('/lean/v0/validators')
    for (const { latest_vote, is_own } of validators) {
      expect(is_own).toBe(true)
      expect(latest_vote.slot).toBeGreaterThan(0)
    }
  })

  it('has every service and its lanes', async () => {
    const { actors } = await contract.json('/lean/v0/mailboxes')
    const names = actors.map(({ actor }: { actor: string }) => actor).sort()
    expect(names).toEqual(['node/chain', 'node/clock', 'node/network', 'node/sync', 'node/validator'])
  })
})
