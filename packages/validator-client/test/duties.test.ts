import { startOfInterval } from '@trine/messages'
import { toHex } from '@trine/types'
import { describe, expect, it } from 'vitest'
import { createBench, FakeNode, messageOf, NETWORK, VALIDATORS, voteData } from './support.ts'

const slots = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

describe('duties with one node', () => {
  it('asks for data and hands in once per slot and kind, everything in time', async () => {
    const node = new FakeNode('a')
    const { to, duties } = createBench([node])
    await to(4)
    expect(duties().map(({ outcome }) => outcome)).toEqual(Array(3 * VALIDATORS).fill('published'))
    expect(node.count('GET attestation_data')).toBe(3)
    expect(node.count('POST attestations')).toBe(3)
    expect(node.count('GET block')).toBe(3)
    expect(node.count('POST block')).toBe(3)
    expect(node.count('GET genesis')).toBe(1)
    // At the start, then once in each slot.
    expect(node.count('GET syncing')).toBe(5)
  })

  it('hands in the votes of all but the proposer together, and its block before', async () => {
    const node = new FakeNode('a')
    const { to } = createBench([node])
    await to(4)
    expect(node.blocks.map(({ message }) => [message.block.slot, message.block.proposerIndex])).toEqual(
      slots(1, 3).map((slot) => [slot, slot % VALIDATORS]),
    )
    for (const [index, votes] of node.votes.entries()) {
      const slot = index + 1
      expect(votes.map(({ message }) => message.validatorIndex)).toEqual(
        [0, 1, 2, 3].filter((validator) => validator !== slot % VALIDATORS),
      )
      for (const { message } of votes) expect(message.data).toEqual(voteData(slot, 1))
    }
    const at = (route: string) => node.requests.find((request) => request.route === route)!.time
    expect(at('POST attestations')).toBeLessThan(startOfInterval(1, 2, NETWORK.timing))
    expect(at('POST block')).toBeLessThan(startOfInterval(1, 1, NETWORK.timing))
  })

  it('has a proposer vote together with the others when its block came to nothing', async () => {
    const node = new FakeNode('a')
    node.script.set('block', () => ({ status: 500, json: {} }))
    const { to, duties } = createBench([node])
    await to(3)
    expect(node.votes.map((votes) => votes.length)).toEqual([VALIDATORS, VALIDATORS])
    expect(duties().filter(({ kind }) => kind === 'block')).toMatchObject([
      { outcome: 'failed', reason: expect.stringContaining('a: expected status 200, got 500') },
      { outcome: 'failed' },
    ])
  })

  it('does not let slow signatures keep the others from being counted', async () => {
    const node = new FakeNode('a')
    const bench = createBench([node])
    let begun = 0
    // The first of each slot takes two intervals.
    Object.defineProperty(bench.behaviours, 'signDelay', {
      get: () => (begun++ % VALIDATORS === 1 ? 2000 : 20),
    })
    await bench.to(2)
    const times = node.requests.filter(({ route }) => route === 'POST attestations').map(({ time }) => time)
    expect(node.votes.map((votes) => votes.length)).toEqual([2, 1])
    expect(times[0]).toBeLessThan(startOfInterval(1, 2, NETWORK.timing))
    expect(times[1]).toBeGreaterThan(startOfInterval(1, 2, NETWORK.timing))
  })

  it('asks again a node whose clock is a little behind', async () => {
    const node = new FakeNode('a')
    node.script.set('block', (url, times) =>
      times % 3 === 0
        ? node.honest('block', url)
        : { status: 409, json: { code: 'CONFLICT', message: 'WRONG_SLOT' } },
    )
    const { to, duties } = createBench([node])
    await to(2)
    expect(node.count('GET block')).toBeGreaterThanOrEqual(3)
    expect(duties().every(({ outcome }) => outcome === 'published')).toBe(true)
  })

  it('begins when a node comes up late, and before genesis', async () => {
    const node = new FakeNode('a')
    node.isDown = true
    const { to, duties } = createBench([node], { startSlot: 1 })
    await to(1, 2)
    expect(duties().map(({ outcome, isSigned }) => [outcome, isSigned])).toEqual(
      Array(VALIDATORS + 1).fill(['failed', false]),
    )
    expect(duties()[0]!.reason).toContain('no node is ready: a is failing (connection refused)')
    node.isDown = false
    await to(3)
    expect(duties().filter(({ slot, outcome }) => slot === 2 && outcome === 'published')).toHaveLength(
      VALIDATORS,
    )
  })
})

describe('a second look at the head', () => {
  it('fetches data anew once when the head has moved, and nothing after the reservation', async () => {
    const node = new FakeNode('a')
    node.script.set('attestation_data', (url, times) => {
      const answer = node.honest('attestation_data', url)
      if (times === 1) node.head = 2
      return answer
    })
    const { to, signed, of, reservedAt } = createBench([node], { own: [2] })
    await to(1, 3)
    expect(node.count('GET attestation_data')).toBe(2)
    expect(signed.map(({ message }) => toHex(message))).toEqual([messageOf(2, voteData(1, 2))])
    expect(of('remoteData')).toMatchObject([{ kind: 'attestation', requests: 2, wasOutdated: true }])
    const last = node.requests.findLast(({ route }) => /GET (attestation_data|head)/.test(route))!
    expect(last.time).toBeLessThanOrEqual(reservedAt.get('2 1')!)
  })

  it('is not waited for when nobody answers', async () => {
    const node = new FakeNode('a')
    node.script.set('head', () => 'silence')
    const { to, duties } = createBench([node], { own: [2] })
    await to(1, 2)
    expect(duties()).toMatchObject([{ outcome: 'published' }])
  })
})

describe('the end in order', () => {
  it('hands in what is being signed, and waits for the verdicts', async () => {
    const node = new FakeNode('a')
    node.delay = 300
    const { client, scheduler, to, of } = createBench([node], { own: [2], signDelay: 200 })
    await to(1, 1)
    await scheduler.advance(700)
    expect(node.votes).toEqual([])
    const reports = await scheduler.settle(client.stop(3000))
    expect(reports.every(({ drained }) => drained)).toBe(true)
    expect(node.votes.map((votes) => votes.length)).toEqual([1])
    expect(of('remoteSubmission')).toMatchObject([{ kind: 'attestation', slot: 1, taken: 1, failures: [] }])
  })
})
