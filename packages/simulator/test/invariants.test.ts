import { describe, expect, it } from 'vitest'
import { Invariants } from '../src/invariants.ts'
import { NodeMonitor } from '../src/monitor.ts'
import { fakeNode, GENESIS } from './support/nodes.ts'

const NOW = { slot: 7, interval: 2 }

/** A chain of ten blocks, 0x1 to 0xa, and a fork of two from the fifth, 0x6' and 0x7'. */
function createInvariants() {
  const invariants = new Invariants(GENESIS, () => NOW)
  const watch = invariants.watch(0, false)
  for (let slot = 1; slot <= 10; slot++) watch.onBlock({ root: `0x${slot}`, slot }, `0x${slot - 1}`)
  watch.onBlock({ root: "0x6'", slot: 6 }, '0x5')
  watch.onBlock({ root: "0x7'", slot: 7 }, "0x6'")
  return invariants
}

const block = (root: string) => ({ root, slot: Number.parseInt(root.slice(2), 10) })

describe('invariants', () => {
  it('hold while every node finalizes one block after the other of one chain', () => {
    const invariants = createInvariants()
    const [left, right] = [invariants.watch(0, false), invariants.watch(1, false)]
    left.onFinalized(block('0x3'), block('0x0'))
    left.onFinalized(block('0x7'), block('0x3'))
    right.onFinalized(block('0x5'), block('0x0'))
    invariants.check([
      fakeNode({ headSlot: 10, finalizedSlot: 7 }),
      fakeNode({ headSlot: 9, finalizedSlot: 5, lane: { lane: 'blocks', depth: 256, capacity: 256 } }),
    ])
    expect(invariants.violations).toEqual([])
    expect(invariants.finalizedSlot).toBe(7)
  })

  it('are violated by two finalized blocks on different branches, whichever comes first', () => {
    for (const [first, second] of [
      ['0x7', "0x6'"],
      ["0x6'", '0x7'],
      ["0x7'", '0x7'],
    ]) {
      const invariants = createInvariants()
      invariants.watch(0, false).onFinalized(block(first!), GENESIS)
      invariants.watch(2, false).onFinalized(block(second!), GENESIS)
      expect(invariants.violations).toMatchObject([{ kind: 'conflictingFinality', at: NOW, node: 2 }])
      expect(invariants.violations[0]!.message).toContain('two conflicting blocks are finalized: ')
    }
  })

  it('are violated by a finalized block that nobody imported', () => {
    const invariants = createInvariants()
    invariants.watch(0, false).onFinalized({ root: '0xnowhere', slot: 4 }, GENESIS)
    expect(invariants.violations).toMatchObject([{ kind: 'conflictingFinality' }])
  })

  it('are violated by finality that goes back', () => {
    const invariants = createInvariants()
    invariants.watch(1, false).onFinalized(block('0x4'), block('0x6'))
    expect(invariants.violations).toEqual([
      { kind: 'finalityWentBack', at: NOW, node: 1, message: 'finality went back from 6 (0x6) to 4 (0x4)' },
    ])
  })

  it('are violated by a head off the finalized chain', () => {
    const invariants = createInvariants()
    const node = fakeNode({ index: 3, headRoot: "0x7'", headSlot: 7, finalizedSlot: 6 })
    invariants.check([node])
    expect(invariants.violations).toEqual([
      {
        kind: 'headOffFinalized',
        at: NOW,
        node: 3,
        message: "head 7 (0x7') does not descend from finalized 6 (0x6)",
      },
    ])
  })

  it('are violated by a service that fails, and by a mailbox that holds too much', () => {
    const invariants = createInvariants()
    invariants.watch(1, false).onFailure('Error: broken')
    invariants.check([fakeNode({ lane: { lane: 'blocks', depth: 257, capacity: 256 } })])
    expect(invariants.violations.map(({ kind, message }) => [kind, message])).toEqual([
      ['serviceFailed', 'a service failed: Error: broken'],
      ['mailboxOverfull', 'node-0/chain: lane blocks holds 257 of 256'],
    ])
  })

  it('are violated by an epoch signed twice', () => {
    const invariants = createInvariants()
    const key = new Uint8Array(52)
    invariants.onSigned(2, key, 5, new Uint8Array(32).fill(1))
    invariants.onSigned(2, key, 5, new Uint8Array(32).fill(1))
    expect(invariants.violations).toEqual([])
    invariants.onSigned(2, key, 5, new Uint8Array(32).fill(2))
    expect(invariants.violations).toMatchObject([{ kind: 'epochSignedTwice', node: 2 }])
  })

  it('promise nothing for nodes that lie, or that do not run', () => {
    const invariants = createInvariants()
    invariants.watch(1, true).onFinalized(block("0x7'"), block('0x9'))
    invariants.watch(0, false).onFinalized(block('0x7'), GENESIS)
    invariants.check([
      fakeNode({ isAdversary: true, headRoot: "0x7'", headSlot: 7, finalizedSlot: 6 }),
      fakeNode({ isRunning: false, headRoot: "0x7'", headSlot: 7, finalizedSlot: 6 }),
    ])
    expect(invariants.violations).toEqual([])
  })

  it('note no more than a hundred violations', () => {
    const invariants = createInvariants()
    for (let time = 0; time < 150; time++) invariants.watch(1, false).onFailure('again')
    expect(invariants.violations).toHaveLength(100)
  })
})

describe('the monitor of a node', () => {
  it('passes on what invariants are about, and counts the rest', () => {
    const seen: unknown[] = []
    const monitor = new NodeMonitor(GENESIS, {
      onBlock: (...news) => seen.push(['block', ...news]),
      onFinalized: (...news) => seen.push(['finalized', ...news]),
      onFailure: (error) => seen.push(['failure', error.split('\n')[0]]),
    })
    const [one, two] = [block('0x1'), block('0x2')]
    const imported = {
      proposerIndex: 0,
      origin: 'own',
      attestations: 0,
      importTime: 0,
      transitionTime: 0,
      processingTime: 0,
      phases: undefined,
    } as const
    monitor.emit({ type: 'block', block: one, parentRoot: '0x0', ...imported })
    monitor.emit({ type: 'head', head: one, previous: GENESIS })
    monitor.emit({ type: 'justified', checkpoint: one })
    monitor.emit({ type: 'finalized', checkpoint: one, previous: GENESIS })
    monitor.emit({ type: 'safeTarget', safeTarget: one })
    monitor.emit({ type: 'reorg', from: two, to: one, commonAncestor: GENESIS, depth: 2 })
    monitor.emit({ type: 'reorg', from: two, to: one, commonAncestor: GENESIS, depth: 1 })
    monitor.emit({ type: 'blockRejected', root: '0x9', slot: 9, reason: 'R', message: 'm' })
    const rejected = { validatorIndex: 1, reason: 'R', message: 'm', validationTime: undefined }
    monitor.emit({ type: 'attestationRejected', ...rejected })
    monitor.emit({ type: 'finalityConflict', message: 'm', checkpoints: [] })
    const times = { dataTime: 0, reserveTime: 0, signTime: 0, reason: '', isSigned: true }
    for (const outcome of ['published', 'published', 'skipped', 'failed'] as const) {
      const result = { kind: 'block', slot: 1, validatorIndex: 0, outcome, ...times } as const
      monitor.emit({ type: 'duty', result })
    }
    const failure = { actor: 'a', phase: 'receive', message: undefined, decision: 'restart' } as const
    monitor.emit({ type: 'actorFailed', report: { ...failure, error: new Error('broken') } })
    expect(seen).toEqual([
      ['block', one, '0x0'],
      ['finalized', one, GENESIS],
      ['failure', 'Error: broken'],
    ])
    expect(monitor).toMatchObject({ head: one, justified: one, finalized: one, safeTarget: one })
    expect(monitor.counts).toEqual({
      blocksImported: 1,
      blocksRejected: 1,
      votesRejected: 1,
      reorgs: 2,
      deepestReorg: 2,
      evidence: 0,
      finalityConflicts: 1,
      dutiesPublished: 2,
      dutiesSkipped: 1,
      dutiesFailed: 1,
      failures: 1,
    })
  })
})
