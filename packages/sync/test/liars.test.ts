import { describe, expect, it } from 'vitest'
import { blockAt, chainOf, rootOf } from '../../network/test/support/blocks.ts'
import { GENESIS, referenceOf } from './support/bench.ts'
import { addLiar, forged, type LiarOptions, sends } from './support/liars.ts'
import { INVALID } from './support/modelChain.ts'
import { createModelNet, headsOf } from './support/modelNet.ts'

const START = 100
const blocks = chainOf(START, GENESIS)
const tip = () => referenceOf(blocks.at(-1)!)
/** A chain of its own that begins at a block of the real one. */
const branchFrom = (first: number, mark: number) => {
  const branch = [blocks[first - 1]!]
  for (let slot = first + 1; slot <= START; slot++) branch.push(blockAt(slot, branch.at(-1)!.root, mark))
  return branch
}
const invalid = branchFrom(40, INVALID)
const rootless = chainOf(START, rootOf(66), 9)

const LIARS: Record<string, LiarOptions> = {
  empty: { head: tip, lie: () => undefined },
  silent: { head: tip, lie: () => undefined, neverEnds: true },
  slow: { head: tip, lie: sends(blocks, 3000) },
  'out of reach': { head: () => ({ root: rootOf(77), slot: START }), lie: () => undefined },
  garbage: { head: tip, lie: () => ({ payload: new Uint8Array(500), after: 0 }) },
  unasked: { head: tip, lie: () => sends(blocks)(blocks[3]!.root) },
  forger: { head: tip, lie: sends(blocks.map(forged)) },
  'on an invalid branch': { head: () => referenceOf(invalid.at(-1)!), lie: sends([...blocks, ...invalid]) },
  'on a chain without a root': { head: () => referenceOf(rootless.at(-1)!), lie: sends(rootless, 5) },
}

/** What it costs a liar to be believed: `gone` for those that provably lie again and again. */
const GONE = ['garbage', 'unasked', 'forger', 'on an invalid branch']

async function run(names: readonly string[], seed: number, slots: number) {
  const net = createModelNet(seed)
  const honest = ['a', 'b'].map((peerId) => net.add(peerId, { blocks }))
  const late = net.add('late', { blocks: blocks.slice(0, 20) })
  for (const name of names) addLiar(net, name, LIARS[name]!)
  for (const peerId of ['a', 'b', ...names]) net.network.connect(peerId, 'late')
  net.network.connect('a', 'b')
  await net.pass(START + 1, START + slots, honest)
  const scores = new Map<string, number>()
  for (const event of late.events) if (event.type === 'peerScored') scores.set(event.peerId, event.score)
  return { net, late, scores, honest }
}

describe('a late joiner among liars', () => {
  it.each(Object.keys(LIARS))('catches up with one that is %s, at the cost of nobody else', async (name) => {
    const { net, late, scores } = await run([name], 1, 30)
    expect(headsOf(net.nodes)).toHaveLength(1)
    expect(late.chain.head.slot).toBe(START + 30)
    expect(late.states).toEqual(['syncing', 'synced'])
    expect([...scores.keys()]).toEqual(scores.size === 0 ? [] : [name])
    if (GONE.includes(name)) expect(scores.get(name)).toBeLessThan(-15)
  })

  it('catches up with all of them at once', async () => {
    const { net, late, scores } = await run(Object.keys(LIARS), 2, 60)
    expect(headsOf(net.nodes)).toHaveLength(1)
    expect(late.states.at(-1)).toBe('synced')
    expect(scores.has('a')).toBe(false)
    expect(scores.has('b')).toBe(false)
  })

  it('catches up while all of them are many against one', async () => {
    const net = createModelNet(3)
    const honest = net.add('a', { blocks })
    const late = net.add('late', { blocks: blocks.slice(0, 20) })
    for (const [name, options] of Object.entries(LIARS)) {
      for (const number of [1, 2]) {
        addLiar(net, `${name} ${number}`, options)
        net.network.connect(`${name} ${number}`, 'late')
      }
    }
    net.network.connect('a', 'late')
    await net.pass(START + 1, START + 60, [honest])
    expect(headsOf([honest, late])).toHaveLength(1)
    expect(late.events.some((event) => event.type === 'peerScored' && event.peerId === 'a')).toBe(false)
  })
})
