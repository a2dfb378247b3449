import { attestationType, toHex } from '@trine/types'
import { describe, expect, it } from 'vitest'
import { createBench, headRootHex, proposalFor, publicKeyOf, voteData } from './support.ts'

describe('duties', () => {
  it('proposes at interval 0: one block, signed by its proposer, to chain and network', async () => {
    const bench = createBench([0, 1, 2])
    bench.tick(1, 0)
    await bench.lab.advance(100)
    const { block, root, attestationSignatures } = proposalFor(1, 1)
    const [own] = bench.chain.of('ownBlock')
    expect(own?.block.root).toBe(root)
    expect(own?.block.signedBlock.message.block).toEqual(block)
    expect(own?.block.signedBlock.message.proposerAttestation.validatorIndex).toBe(1)
    expect(toHex(own!.block.signedBlock.message.proposerAttestation.data.head.root)).toBe(root)
    expect(own?.block.signedBlock.signature).toEqual([...attestationSignatures, new Uint8Array([1, 1])])
    expect(bench.network.of('publishBlock')).toEqual([{ type: 'publishBlock', block: own!.block }])
    expect(bench.duties()).toEqual([
      expect.objectContaining({ kind: 'block', slot: 1, validatorIndex: 1, outcome: 'published' }),
    ])
    expect(bench.duties()[0]).toMatchObject({ dataTime: 10, reserveTime: 5, signTime: 20 })
  })

  it('attests at interval 1 with everybody but the proposer, with one request for data', async () => {
    const bench = createBench([0, 1, 2])
    bench.tick(1, 0)
    await bench.lab.advance(1000)
    bench.tick(1, 1)
    await bench.lab.advance(100)
    expect(bench.chain.of('getAttestationData')).toHaveLength(1)
    const votes = bench.network.of('publishAttestation').map(({ signedAttestation }) => signedAttestation)
    expect(votes.map(({ message }) => message.validatorIndex)).toEqual([0, 2])
    expect(votes.map(({ message }) => message.data)).toEqual([voteData(1, 1), voteData(1, 1)])
    expect(bench.chain.of('ownAttestation').map(({ signedAttestation }) => signedAttestation)).toEqual(votes)
    bench.tick(1, 2)
    bench.tick(1, 3)
    await bench.lab.advance(1000)
    expect(bench.network.of('publishAttestation')).toHaveLength(2)
  })

  it('reserves exactly what it signs, before it signs', async () => {
    const bench = createBench([2])
    bench.tick(1, 1)
    await bench.lab.advance(100)
    const message = toHex(attestationType.hashTreeRoot({ validatorIndex: 2, data: voteData(1, 1) }))
    expect(bench.reservations).toEqual([{ publicKey: toHex(publicKeyOf(2)), epoch: 1, message }])
    expect(bench.signRequests.map((request) => toHex(request.message))).toEqual([message])
  })

  it('does nothing in slot 0, which belongs to the genesis block', async () => {
    const bench = createBench([0, 1, 2, 3], 0)
    for (const interval of [0, 1, 2, 3]) bench.tick(0, interval)
    await bench.lab.advance(1000)
    expect(bench.chain.received).toEqual([])
  })

  it('attests at interval 2 when the tick of interval 1 was skipped, and gives up after that', async () => {
    const bench = createBench([2])
    bench.tick(1, 2, 2)
    await bench.lab.advance(4000)
    bench.tick(2, 3, 4)
    await bench.lab.advance(100)
    expect(bench.duties().map(({ slot, kind, outcome }) => [slot, kind, outcome])).toEqual([
      [1, 'attestation', 'published'],
      [2, 'block', 'skipped'],
      [2, 'attestation', 'skipped'],
    ])
  })
})

describe('too late', () => {
  const steps = [
    ['data', { dataDelay: 4500 }, 'failed', 0],
    ['the ledger', { ledgerDelay: 4500 }, 'failed', 0],
    ['the signer', { signDelay: 4500 }, 'failed', 1],
  ] as const
  it.each(steps)('%s: nothing is published after the slot', async (_, change, outcome, signed) => {
    const bench = createBench([1])
    Object.assign(bench.behaviours, change)
    bench.tick(1, 0)
    await bench.lab.advance(10_000)
    expect(bench.duties().map((duty) => duty.outcome)).toEqual([outcome])
    expect(bench.signRequests).toHaveLength(signed)
    expect(bench.network.received).toEqual([])
    expect(bench.chain.of('ownBlock')).toEqual([])
  })

  it('a tick that comes after its slot begins nothing', async () => {
    const bench = createBench([1, 2])
    await bench.lab.advance(4000)
    bench.tick(1, 0)
    bench.tick(1, 1)
    await bench.lab.advance(100)
    expect(bench.chain.received).toEqual([])
    expect(bench.duties().map(({ outcome }) => outcome)).toEqual(['skipped', 'skipped', 'skipped'])
  })
})

describe('a head that moves', () => {
  it('before the reservation: the data is fetched once more', async () => {
    const bench = createBench([2])
    bench.moveHead(1)
    await bench.lab.settle()
    bench.tick(1, 1)
    await bench.lab.advance(5)
    bench.moveHead(7)
    await bench.lab.advance(100)
    expect(bench.chain.of('getAttestationData')).toHaveLength(2)
    const [vote] = bench.network.of('publishAttestation')
    expect(toHex(vote!.signedAttestation.message.data.head.root)).toBe(headRootHex(7))
    expect(bench.reservations).toHaveLength(1)
  })

  it('again during the second fetch: the second answer is taken', async () => {
    const bench = createBench([2])
    bench.moveHead(1)
    await bench.lab.settle()
    bench.tick(1, 1)
    await bench.lab.advance(5)
    bench.moveHead(7)
    await bench.lab.advance(10)
    bench.moveHead(8)
    await bench.lab.advance(100)
    expect(bench.chain.of('getAttestationData')).toHaveLength(2)
    expect(bench.network.of('publishAttestation')).toHaveLength(1)
  })

  it('after the reservation: what was reserved is signed, and nothing else', async () => {
    const bench = createBench([2])
    bench.behaviours.ledgerDelay = 100
    bench.tick(1, 1)
    await bench.lab.advance(50)
    bench.moveHead(7)
    await bench.lab.advance(500)
    expect(bench.chain.of('getAttestationData')).toHaveLength(1)
    expect(bench.signRequests.map((request) => toHex(request.message))).toEqual([
      bench.reservations[0]?.message,
    ])
  })

  it('a block on an old head is built again, once', async () => {
    const bench = createBench([1])
    bench.moveHead(1)
    await bench.lab.settle()
    bench.tick(1, 0)
    await bench.lab.advance(5)
    bench.moveHead(7)
    await bench.lab.advance(100)
    expect(bench.chain.of('buildBlock')).toHaveLength(2)
    expect(bench.network.of('publishBlock').map(({ block }) => block.root)).toEqual([proposalFor(1, 7).root])
  })
})

describe('what is never signed', () => {
  it('a proposer vote for another block than the built one', async () => {
    const bench = createBench([1])
    bench.behaviours.twist = (proposal) => ({ ...proposal, proposerAttestationData: voteData(1, 1) })
    bench.tick(1, 0)
    await bench.lab.advance(100)
    expect(bench.reservations).toEqual([])
    expect(bench.duties()[0]).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('proposer vote'),
    })
  })

  it('a block that does not have the root it is said to have', async () => {
    const bench = createBench([1])
    bench.behaviours.twist = (proposal) => ({ ...proposal, block: { ...proposal.block, slot: 5 } })
    bench.tick(1, 0)
    await bench.lab.advance(100)
    expect(bench.reservations).toEqual([])
  })

  it('an epoch that the ledger knows as used', async () => {
    const bench = createBench([2])
    const used = { publicKey: publicKeyOf(2), epoch: 5, message: new Uint8Array(32) }
    bench.ledger.reserve(used, { answer: () => true, refuse: () => true, isOpen: true })
    bench.tick(1, 1)
    await bench.lab.advance(100)
    expect(bench.signRequests).toEqual([])
    expect(bench.duties()).toEqual([
      expect.objectContaining({
        outcome: 'skipped',
        reason: expect.stringContaining('expected an epoch above 5'),
      }),
    ])
  })

  it('a vote at interval 1 while the proposal of the slot is still on its way', async () => {
    const bench = createBench([1])
    bench.behaviours.dataDelay = 1500
    bench.tick(1, 0)
    await bench.lab.advance(1000)
    bench.tick(1, 1)
    await bench.lab.advance(2500)
    expect(bench.signRequests).toHaveLength(1)
    expect(bench.network.received.map(({ type }) => type)).toEqual(['publishBlock'])
  })

  it('but a proposer whose block came to nothing votes like the others', async () => {
    const bench = createBench([1])
    bench.chain.on('buildBlock', ({ reply }) => reply.refuse('failed', 'no store'))
    bench.tick(1, 0)
    await bench.lab.advance(1000)
    bench.tick(1, 1)
    await bench.lab.advance(100)
    expect(bench.network.received.map(({ type }) => type)).toEqual(['publishAttestation'])
  })
})

it('a refusal by the network fails the duty; the chain is told all the same', async () => {
  const bench = createBench([2])
  bench.network.refuse('publishAttestation')
  bench.tick(1, 1)
  await bench.lab.advance(100)
  expect(bench.duties()[0]).toMatchObject({ outcome: 'failed', reason: 'the network took no more messages' })
  expect(bench.chain.of('ownAttestation')).toHaveLength(1)
})

it('a chain that does not answer fails the duty at the end of the slot', async () => {
  const bench = createBench([2])
  bench.chain.refuse('getAttestationData')
  bench.tick(1, 1)
  await bench.lab.advance(100)
  expect(bench.duties()[0]).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('chain') })
})
