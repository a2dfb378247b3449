import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chainOf } from '../../network/test/support/blocks.ts'
import { GENESIS, referenceOf } from './support/bench.ts'
import { ModelHistory, ModelVerifier, modelState } from './support/historyModel.ts'
import { addLiar, forged, type Lie, sends } from './support/liars.ts'
import { createModelNet } from './support/modelNet.ts'

const blocks = chainOf(100, GENESIS)
const tip = () => referenceOf(blocks.at(-1)!)
const before = blocks.slice(0, 80).reverse()

const link = (loss: number) => ({
  latency: { minimum: 10, maximum: 200, skew: 1 },
  loss,
  duplication: loss,
  reordering: loss,
  bytesPerSecond: Number.POSITIVE_INFINITY,
})

/** A network with two nodes that have everything, and one that began at slot 81. */
function createNet(seed: number, loss = 0) {
  const net = createModelNet(seed, link(loss))
  const honest = ['a', 'b'].map((peerId) => net.add(peerId, { blocks }))
  const store = new ModelHistory(blocks, 81)
  const join = (peerId: string) => {
    const history = { store, verifier: new ModelVerifier(), state: modelState }
    return net.add(peerId, { blocks: blocks.slice(80), history })
  }
  return { net, honest, store, join }
}

describe('a node that began at a checkpoint', () => {
  it('gets the rest over links that lose, double and reorder, and again after it was killed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.double({ min: 0, max: 0.4, noNaN: true }),
        fc.integer({ min: 1, max: 12 }),
        async (seed, loss, slots) => {
          const { net, honest, store, join } = createNet(seed, loss)
          const first = join('first')
          net.network.connectAll()
          await net.pass(101, 100 + slots, honest)
          first.system.kill()
          net.network.crash('first')
          net.nodes.splice(net.nodes.indexOf(first), 1)
          join('second')
          for (const { peerId } of honest) net.network.connect('second', peerId)
          // Patience: a message that is lost is missed by its deadline, and links may lose a third of them.
          for (let slot = 101 + slots; store.slots.length < 80 && slot < 1000; slot++) {
            await net.pass(slot, slot, honest)
          }
          expect(store.batches.flat()).toEqual(before)
        },
      ),
      { numRuns: 10 },
    )
  })

  const LIES: Record<string, Lie> = {
    'that is not in the list': () => sends(blocks)(blocks[90]!.root),
    'with other signatures': sends(blocks.map(forged)),
    'that is none': () => ({ payload: new Uint8Array(500), after: 0 }),
    'that it does not have': () => undefined,
  }

  it.each(Object.keys(LIES))('gets the rest beside a peer that answers with a block %s', async (name) => {
    const { net, honest, store, join } = createNet(3)
    const late = join('late')
    addLiar(net, 'liar', { head: tip, lie: LIES[name]! })
    for (const peerId of ['a', 'b', 'liar']) net.network.connect(peerId, 'late')
    net.network.connect('a', 'b')
    for (let slot = 101; store.slots.length < 80 && slot < 400; slot++) await net.pass(slot, slot, honest)
    expect(store.batches.flat()).toEqual(before)
    const blamed = late.events.flatMap((event) => (event.type === 'peerScored' ? [event.peerId] : []))
    expect([...new Set(blamed)]).toEqual(name === 'that it does not have' ? [] : ['liar'])
  })
})
