import { describe, expect, it } from 'vitest'
import type { Wire } from '../../apps/trine/src/devnet/processDevnet.ts'
import { withDevnet } from '../support/devnet.ts'

/** Slots to finality that are allowed, from genesis on or from when all nodes knew each other, should that be later. */
const MOST_SLOTS = 12

const WIRES: Readonly<Record<string, (from: number, to: number) => Wire>> = {
  quic: () => 'quic',
  tcp: () => 'tcp',
  'both, mixed': (from, to) => ((from + to) % 2 === 0 ? 'tcp' : 'quic'),
}

async function finalizes(nodes: number, wire: (from: number, to: number) => Wire) {
  await withDevnet({ nodes, validators: nodes, wire }, async (devnet) => {
    await devnet.start()
    await devnet.connect(120)
    const begin = Math.max(0, devnet.slot)
    await devnet.finalize(1, 180)
    expect(devnet.slot - begin).toBeLessThanOrEqual(MOST_SLOTS)
    const codes = await Promise.all(devnet.nodes.map((node) => node.end('SIGTERM')))
    expect(codes).toEqual(devnet.nodes.map(() => 0))
  })
}

const timeout = 400_000

describe('three processes finalize within 12 slots of genesis', () => {
  it.concurrent.for(Object.entries(WIRES))('over %s', { timeout }, ([, wire]) => finalizes(3, wire))
})

describe('eight processes finalize within 12 slots of genesis', () => {
  it.for(Object.entries(WIRES))('over %s', { timeout }, ([, wire]) => finalizes(8, wire))
})
