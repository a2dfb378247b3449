import { slotAt } from '@trine/messages'
import { type AttestationData, toHex } from '@trine/types'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Answer,
  createBench,
  dutyJson,
  encodeBlock,
  FakeNode,
  messageOf,
  NETWORK,
  unsignedBlock,
  VALIDATORS,
  voteData,
  withVote,
} from './support.ts'

const at = (byte: number, slot: number) => ({ root: new Uint8Array(32).fill(byte), slot })
const duty = (change: (data: AttestationData) => AttestationData) => (slot: number) => ({
  json: dutyJson(change(voteData(slot, 1))),
})
const block = (change: (signed: ReturnType<typeof unsignedBlock>) => void) => (slot: number) => {
  const signed = unsignedBlock(slot, 1)
  change(signed)
  return { bytes: encodeBlock(signed) }
}
const bytesOf = (text: string) => ({ bytes: new TextEncoder().encode(text) })

type Lie = (slot: number) => Answer

const UNTRUE_VOTES: Readonly<Record<string, readonly [Lie, RegExp]>> = {
  'of another slot': [duty((data) => ({ ...data, slot: 7 })), /data\.slot: expected 2, got 7/],
  'of the next slot': [duty((data) => ({ ...data, slot: 3 })), /data\.slot: expected 2, got 3/],
  'for a head to come': [
    duty((data) => ({ ...data, head: at(1, 3) })),
    /data\.head\.slot: expected at most 2, got 3/,
  ],
  'with a target above its head': [
    duty((data) => ({ ...data, target: at(1, 2) })),
    /data\.target\.slot: expected at most 1, the slot of the head, got 2/,
  ],
  'with a target beside its head': [
    duty((data) => ({ ...data, target: at(8, 1) })),
    /data\.target\.root: expected that/,
  ],
  'with a source above its target': [
    duty((data) => ({ ...data, head: at(1, 1), target: at(1, 0), source: at(1, 1) })),
    /data\.source\.slot: expected at most 0, the slot of the target, got 1/,
  ],
  'with a source above its head': [duty((data) => ({ ...data, source: at(1, 9) })), /data\.source\.slot/],
  'of another head than it says': [
    (slot) => ({ json: dutyJson(voteData(slot, 1), `0x${'77'.repeat(32)}`) }),
    /head_root: expected the root of data\.head/,
  ],
}

const UNTRUE_BLOCKS: Readonly<Record<string, readonly [Lie, RegExp]>> = {
  'of another slot': [() => ({ bytes: encodeBlock(unsignedBlock(6, 1)) }), /block\.slot: expected 2, got 6/],
  'of another proposer': [
    (slot) => ({
      bytes: encodeBlock(withVote({ ...unsignedBlock(slot, 1).message.block, proposerIndex: 3 }, 2)),
    }),
    /block\.proposerIndex: expected 2, got 3/,
  ],
  'with the vote of another': [
    (slot) => ({ bytes: encodeBlock(withVote(unsignedBlock(slot, 1).message.block, 3)) }),
    /proposerAttestation\.validatorIndex: expected 2, got 3/,
  ],
  'with a vote for another block': [
    block(({ message }) => {
      message.proposerAttestation.data = { ...message.proposerAttestation.data, head: at(5, 2) }
    }),
    /proposerAttestation\.data\.head\.root: expected 0x/,
  ],
  'changed after its vote was made': [
    block(({ message }) => {
      message.block = { ...message.block, stateRoot: new Uint8Array(32).fill(1) }
    }),
    /proposerAttestation\.data\.head\.root: expected 0x/,
  ],
  'with a vote of another slot': [
    block(({ message }) => {
      message.proposerAttestation.data = { ...message.proposerAttestation.data, slot: 3 }
    }),
    /data\.slot: expected 2, got 3/,
  ],
  'with votes to come': [
    (slot) => {
      const { message } = unsignedBlock(slot, 1)
      const attestations = [{ validatorIndex: 3, data: voteData(9, 1) }]
      return { bytes: encodeBlock(withVote({ ...message.block, body: { attestations } }, 2)) }
    },
    /block\.body\.attestations\.0: expected a vote of slot 2 or before/,
  ],
  'with a signature too many': [
    block(({ signature }) => void signature.push(new Uint8Array(3112))),
    /signatures: expected 2, got 3/,
  ],
}

const MALFORMED: Readonly<Record<string, Lie>> = {
  nothing: () => bytesOf(''),
  'no JSON': () => bytesOf('{"head_root":'),
  'no UTF-8': () => ({ bytes: new Uint8Array([0xff, 0xfe]) }),
  'another shape': () => ({ json: { data: [] } }),
  'a slot that is no number': (slot) => ({
    json: { ...dutyJson(voteData(slot, 1)), data: { slot: `${slot}` } },
  }),
  'a slot beyond 2^32': (slot) => ({ json: dutyJson({ ...voteData(slot, 1), slot: 2 ** 40 }) }),
  'an error page': () => ({ status: 502, ...bytesOf('<html>\n\u001b[31mBad gateway') }),
}

/** Validator 2 proposes in slot 2; validator 3 votes there. */
async function runToSlot3(part: 'attestation_data' | 'block', lie: Lie, nodes: readonly FakeNode[]) {
  nodes[0]!.script.set(part, (url) => lie(Number(url.searchParams.get('slot'))))
  const bench = createBench(nodes, { own: [part === 'block' ? 2 : 3], startSlot: 1 })
  await bench.to(3)
  const kind = part === 'block' ? 'block' : 'attestation'
  return { ...bench, duty: bench.duties().find((each) => each.slot === 2 && each.kind === kind)! }
}

describe('a vote to sign', () => {
  it.each(Object.entries(UNTRUE_VOTES))('%s is not signed', async (_, [lie, reason]) => {
    const alone = await runToSlot3('attestation_data', lie, [new FakeNode('liar')])
    expect(alone.duty).toMatchObject({ outcome: 'failed', isSigned: false })
    expect(alone.signed.filter(({ epoch }) => epoch === 2)).toEqual([])
    expect(
      alone.of('remoteRequest').find(({ outcome, reason: why }) => outcome === 'untrue' && reason.test(why)),
    ).toBeDefined()

    const helped = await runToSlot3('attestation_data', lie, [new FakeNode('liar'), new FakeNode('honest')])
    expect(helped.duty).toMatchObject({ outcome: 'published' })
    const [signed] = helped.signed.filter(({ epoch }) => epoch === 2)
    expect(toHex(signed!.message)).toBe(messageOf(3, voteData(2, 1)))
  })

  it.each(Object.entries(MALFORMED))('is not made of %s', async (_, lie) => {
    const { duty: ended, signed } = await runToSlot3('attestation_data', lie, [new FakeNode('broken')])
    expect(ended).toMatchObject({ outcome: 'failed', isSigned: false })
    expect(ended.reason).toMatch(/^\P{Cc}*$/u)
    expect(signed).toEqual([])
  })
})

describe('a block to sign', () => {
  it.each(Object.entries(UNTRUE_BLOCKS))('%s is not signed', async (_, [lie, reason]) => {
    const alone = await runToSlot3('block', lie, [new FakeNode('liar')])
    expect(alone.duty).toMatchObject({
      outcome: 'failed',
      isSigned: false,
      reason: expect.stringMatching(reason),
    })
    expect(alone.of('remoteSubmission').filter(({ kind }) => kind === 'block')).toEqual([])

    const helped = await runToSlot3('block', lie, [new FakeNode('liar'), new FakeNode('honest')])
    expect(helped.duty).toMatchObject({ outcome: 'published' })
  })

  it('is not made of other bytes', async () => {
    const { duty: ended } = await runToSlot3('block', () => bytesOf('not a block'), [new FakeNode('broken')])
    expect(ended).toMatchObject({ outcome: 'failed', isSigned: false })
  })
})

describe('a node of another network', () => {
  const honest = new FakeNode('honest')
  const answerOf = (part: string) => (honest.honest(part, new URL('http://x')) as { json: object }).json
  const OTHERS: readonly (readonly [string, object, RegExp])[] = [
    ['genesis', { genesis_time: 1 }, /genesis_time: expected 1700000000, got 1/],
    ['genesis', { validator_count: 5 }, /validator_count: expected 4, got 5/],
    ['genesis', { genesis_root: `0x${'0b'.repeat(32)}` }, /genesis_root: expected 0x0a/],
    ['spec', { MILLISECONDS_PER_INTERVAL: 500 }, /MILLISECONDS_PER_INTERVAL: expected 1000, got 500/],
    ['spec', { INTERVALS_PER_SLOT: 3 }, /INTERVALS_PER_SLOT: expected 4, got 3/],
    ['spec', { FORK_DIGEST: 'devnet9' }, /FORK_DIGEST: expected devnet0, got devnet9/],
    ['spec', { SIGNATURE_ENCODING: 'padded' }, /SIGNATURE_ENCODING: expected ssz3112, got padded/],
  ]

  it.each(OTHERS)('%s %j is never asked for duties and gets nothing', async (part, change, reason) => {
    const [other, ours] = [new FakeNode('other'), new FakeNode('ours')]
    other.script.set(part, () => ({ json: { ...answerOf(part), ...change } }))
    const { to, of, duties } = createBench([other, ours])
    await to(3)
    expect(of('remoteState')).toContainEqual({
      type: 'remoteState',
      node: 'other',
      state: 'otherNetwork',
      reason: expect.stringMatching(reason),
    })
    expect(other.requests.filter(({ route }) => !/spec|genesis/.test(route))).toEqual([])
    expect(duties().every(({ outcome }) => outcome === 'published')).toBe(true)
  })

  it('is found out when it comes back as one', async () => {
    const node = new FakeNode('a')
    const { to, of } = createBench([node])
    await to(2)
    node.isDown = true
    await to(3)
    node.isDown = false
    node.script.set('genesis', () => ({ json: { ...answerOf('genesis'), genesis_time: 2 } }))
    const votes = node.votes.length
    await to(6)
    expect(of('remoteState').at(-1)).toMatchObject({ state: 'otherNetwork' })
    expect(node.votes.length).toBe(votes)
  })
})

describe('whatever nodes do', () => {
  const lies: readonly (readonly [string, Lie])[] = [
    ...Object.values(UNTRUE_VOTES).map(([lie]) => ['attestation_data', lie] as const),
    ...Object.values(UNTRUE_BLOCKS).map(([lie]) => ['block', lie] as const),
    ...Object.values(MALFORMED).flatMap((lie) => [
      ['attestation_data', lie] as const,
      ['block', lie] as const,
    ]),
    ['head', () => ({ json: { head: `0x${'66'.repeat(32)}`, slot: 1 } })] as const,
    ['head', () => 'silence'] as const,
    ['attestation_data', () => 'silence'] as const,
    ['block', () => ({ status: 409, json: {} })] as const,
    ['attestations', () => ({ status: 503, json: {} })] as const,
    ['syncing', () => ({ json: { is_syncing: false, head_slot: 9, sync_distance: 0 } })] as const,
  ]
  type Action = typeof action extends fc.Arbitrary<infer T> ? T : never
  const action = fc.record({
    slot: fc.integer({ min: 1, max: 5 }),
    interval: fc.integer({ min: 0, max: 3 }),
    node: fc.integer({ min: 0, max: 1 }),
    lie: fc.option(fc.integer({ min: 0, max: lies.length - 1 })),
    delay: fc.constantFrom(1, 5, 300, 450, 900, 2100, 3900),
    head: fc.integer({ min: 1, max: 3 }),
    isDown: fc.boolean(),
  })

  it('no key signs twice for an epoch, nor for another slot than the clock says', async () => {
    const run = async (actions: readonly Action[]) => {
      const nodes = [new FakeNode('a'), new FakeNode('b')]
      const { to, signed, scheduler, reservedAt, client } = createBench(nodes)
      const sorted = [...actions].sort((x, y) => x.slot * 4 + x.interval - (y.slot * 4 + y.interval))
      for (const { slot, interval, node: index, lie, delay, head, isDown } of sorted) {
        await to(slot, interval)
        const node = nodes[index]!
        Object.assign(node, { delay, head, isDown })
        node.script.clear()
        if (lie === null) continue
        const [part, answer] = lies[lie]!
        node.script.set(part, (url) => answer(Number(url.searchParams.get('slot'))))
      }
      await to(7)
      client.kill()
      await scheduler.run()
      const epochs = signed.map(({ validatorIndex, epoch }) => `${validatorIndex} ${epoch}`)
      expect(new Set(epochs).size).toBe(epochs.length)
      for (const { epoch, time } of signed) expect(slotAt(time, NETWORK.timing)).toBe(epoch)
      for (const key of epochs) expect(reservedAt.has(key)).toBe(true)
      // What nodes were handed in is what they should have been asked for.
      for (const node of nodes) {
        for (const { message } of node.votes.flat()) {
          const { slot, head, target, source } = message.data
          expect(head.slot <= slot && target.slot <= head.slot && source.slot <= target.slot).toBe(true)
        }
        for (const { message } of node.blocks) {
          expect(message.block.proposerIndex).toBe(Number(message.block.slot) % VALIDATORS)
        }
      }
    }
    await fc.assert(fc.asyncProperty(fc.array(action, { maxLength: 16 }), run), { numRuns: 60 })
  })
})
