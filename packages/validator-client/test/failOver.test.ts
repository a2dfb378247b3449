import { startOfInterval } from '@trine/messages'
import { describe, expect, it } from 'vitest'
import { createBench, FakeNode, NETWORK, VALIDATORS } from './support.ts'

const two = () => [new FakeNode('a'), new FakeNode('b')] as const

describe('several nodes', () => {
  it('reads from the first that is well, hands in to all', async () => {
    const [a, b] = two()
    const { to } = createBench([a, b])
    await to(3)
    expect([a.count('GET attestation_data'), b.count('GET attestation_data')]).toEqual([2, 0])
    expect([a.votes.length, b.votes.length, a.blocks.length, b.blocks.length]).toEqual([2, 2, 2, 2])
  })

  it('goes on with the next in the same slot when one is gone, and comes back to it', async () => {
    const [a, b] = two()
    const { to, duties, of } = createBench([a, b])
    await to(2)
    a.isDown = true
    await to(5)
    expect(duties().filter(({ outcome }) => outcome !== 'published')).toEqual([])
    expect(b.votes.map((votes) => votes.length)).toEqual(Array(4).fill(VALIDATORS - 1))
    const asked = a.count('GET attestation_data') + a.count('GET block')
    a.isDown = false
    await to(7)
    expect(a.count('GET attestation_data') + a.count('GET block')).toBeGreaterThan(asked)
    const states = of('remoteState').filter(({ node }) => node === 'a')
    expect(states.map(({ state }) => state)).toEqual(['ready', 'failing', 'ready'])
  })

  it('does not wait for one that is silent', async () => {
    const [a, b] = two()
    for (const part of ['attestation_data', 'block']) a.script.set(part, () => 'silence')
    const { to, duties, of } = createBench([a, b])
    await to(5)
    expect(duties().filter(({ outcome }) => outcome !== 'published')).toEqual([])
    expect(of('remoteData').map(({ node }) => node)).toEqual(Array(of('remoteData').length).fill('b'))
    // It is well by its status, but asked last from the slot on in which it was silent.
    expect(a.count('GET attestation_data') + a.count('GET block')).toBe(2)
    const voted = b.requests.find(({ route }) => route === 'POST attestations')!.time
    expect(voted).toBeLessThan(startOfInterval(1, 2, NETWORK.timing))
  })

  it('takes the first good answer, also when it is of the node that was asked first', async () => {
    const [a, b] = two()
    const { to, of, duties } = createBench([a, b], { own: [2] })
    await to(1)
    a.delay = 450
    b.delay = 2500
    await to(2)
    expect(b.count('GET attestation_data')).toBe(1)
    expect(of('remoteData')).toMatchObject([{ node: 'a' }])
    expect(duties()).toMatchObject([{ outcome: 'published' }])
  })

  it('prefers the one nearer to the head, and never asks one that is syncing', async () => {
    const [a, b] = two()
    const c = new FakeNode('c')
    a.isSyncing = true
    b.syncDistance = 3
    const { to } = createBench([a, b, c])
    await to(3)
    expect([a, b, c].map((node) => node.count('GET attestation_data'))).toEqual([0, 0, 2])
  })
})

describe('late answers', () => {
  it('of all nodes: nothing is reserved or signed', async () => {
    const [a, b] = two()
    const { to, signed, duties, reservedAt } = createBench([a, b], { own: [2] })
    await to(1)
    a.delay = 3500
    b.delay = 3500
    await to(2, 3)
    expect([signed, reservedAt.size]).toEqual([[], 0])
    const reason = 'chain: a: no answer within 2000 ms; b: no answer within 2000 ms'
    const ended = { outcome: 'failed', isSigned: false, reason }
    expect(duties()).toMatchObject([
      { slot: 1, ...ended },
      { slot: 2, ...ended },
    ])
  })

  it('what was signed too late is not handed in', async () => {
    const node = new FakeNode('a')
    const { to, duties } = createBench([node], { own: [2], signDelay: 3500 })
    await to(2, 1)
    expect(node.votes).toEqual([])
    expect(duties()).toMatchObject([{ slot: 1, outcome: 'failed' }])
  })
})

describe('what nodes say to what is handed in', () => {
  it('is told by validator; a vote that one node took is not lost', async () => {
    const [a, b] = two()
    a.script.set('attestations', () => ({
      json: { accepted: 1, failures: [{ index: 1, verdict: 'reject', reason: 'INVALID_SIGNATURE' }] },
    }))
    b.script.set('attestations', () => ({
      json: {
        accepted: 0,
        failures: [0, 1, 2].map((index) => ({ index, verdict: 'ignore', reason: 'DUPLICATE' })),
      },
    }))
    const { to, of } = createBench([a, b])
    await to(2)
    const votes = of('remoteSubmission').filter(({ kind }) => kind === 'attestation')
    expect(votes).toMatchObject([
      {
        node: 'a',
        taken: 2,
        failures: [{ validatorIndex: 2, verdict: 'reject', reason: 'INVALID_SIGNATURE' }],
      },
      { node: 'b', taken: 3, failures: [] },
    ])
    expect(of('remoteLost')).toEqual([])
  })

  it('is lost when no node takes it', async () => {
    const node = new FakeNode('a')
    node.script.set('attestations', () => ({
      json: { accepted: 2, failures: [{ index: 0, verdict: 'ignore', reason: 'UNKNOWN_BLOCK' }] },
    }))
    const { to, of } = createBench([node])
    await to(2)
    expect(of('remoteLost')).toMatchObject([
      { kind: 'attestation', slot: 1, validators: [0], reason: 'a: ignore, UNKNOWN_BLOCK' },
    ])
    expect(node.count('POST attestations')).toBe(1)
  })

  it('is asked once more of all nodes when there is no answer, and then given up', async () => {
    const [a, b] = two()
    a.script.set('attestations', () => ({ status: 503, json: { code: 'UNAVAILABLE' } }))
    b.isDown = true
    const first = createBench([a, b], { own: [2] })
    await first.to(2)
    expect(a.count('POST attestations')).toBe(2)
    expect(first.of('remoteLost')).toMatchObject([
      { validators: [2], reason: expect.stringContaining('503') },
    ])

    const c = new FakeNode('c')
    c.script.set('attestations', (_, times) => (times === 1 ? 'unreachable' : { json: { failures: [] } }))
    const second = createBench([c], { own: [2] })
    await second.to(2)
    expect(second.of('remoteLost')).toEqual([])
    expect(second.of('remoteSubmission')).toMatchObject([{ taken: 1 }])
  })

  it('must be about what was handed in', async () => {
    const node = new FakeNode('a')
    node.script.set('attestations', () => ({
      json: { failures: [{ index: 3, verdict: 'ignore', reason: 'LATER' }] },
    }))
    const { to, of } = createBench([node])
    await to(2)
    expect(of('remoteRequest').find(({ step }) => step === 'submitVotes')).toMatchObject({
      outcome: 'malformed',
      reason: 'failures: expected an index below 3, got 3',
    })
  })
})
