/**
 * One ChainService: votes and blocks from gossip by number of validators, a long pending chain, and memory while nothing
 * is finalized. Signatures cost nothing here. `npm run bench -- chain [--slots N] [--json FILE]`
 */

import type { RootedBlock } from '@trine/messages'
import { createMemoryBlockStore } from '@trine/storage'
import { bytesInUse, printTable, type Row, threeDigits, writeJson } from '../../../scripts/benchKit.ts'
import { BenchNode, copyOfBlock, copyOfVotes } from './benchNode.ts'

const everyone = (count: number) => Array.from({ length: count }, (_, index) => index)

function medianOf(times: number[]): number {
  return times.sort((left, right) => left - right)[times.length >> 1]!
}

/** A node that follows another one: a slot's votes, and a block that carries them all. */
async function followFigures(validators: number): Promise<Row> {
  const [builder, follower] = [new BenchNode(validators), new BenchNode(validators)]
  const voteTimes: number[] = []
  const blockTimes: number[] = []
  for (let slot = 1; slot <= 40; slot++) {
    for (const node of [builder, follower]) await node.tick(slot, 0)
    const block = await builder.build(slot)
    builder.tellBlock(block)
    const blockCopy = copyOfBlock(block)
    let began = performance.now()
    follower.tellBlock(blockCopy)
    await follower.settle()
    if (slot > 10) blockTimes.push(performance.now() - began)
    for (const node of [builder, follower]) await node.tick(slot, 1)
    const votes = await builder.votes(slot, everyone(validators))
    builder.tellVotes(votes)
    const voteCopies = copyOfVotes(votes)
    began = performance.now()
    follower.tellVotes(voteCopies)
    await follower.settle()
    if (slot > 10) voteTimes.push((performance.now() - began) / votes.length)
    for (const interval of [2, 3]) for (const node of [builder, follower]) await node.tick(slot, interval)
  }
  const { finalized } = await follower.ask({ type: 'getChain' })
  if (finalized.slot < 35) throw new Error(`expected a finalizing chain, finalized slot ${finalized.slot}`)
  return {
    validators,
    'vote from gossip, us': threeDigits(1000 * medianOf(voteTimes)),
    'block with all votes, ms': threeDigits(medianOf(blockTimes)),
  }
}

/** A chain of blocks that waits for its first one. */
async function pendingFigures(length: number): Promise<Row> {
  const builder = new BenchNode(4)
  const blocks: RootedBlock[] = []
  for (let slot = 1; slot <= length; slot++) {
    await builder.tick(slot, 0)
    blocks.push(await builder.build(slot))
    builder.tellBlock(blocks.at(-1)!)
    await builder.settle()
  }
  const follower = new BenchNode(4)
  await follower.tick(length, 0)
  for (const block of blocks.slice(1).reverse()) {
    follower.tellBlock(block)
    await follower.settle()
  }
  const began = performance.now()
  follower.tellBlock(blocks[0]!)
  await follower.settle()
  const time = performance.now() - began
  const { head } = await follower.ask({ type: 'getChain' })
  if (head.slot !== length) throw new Error(`expected head ${length}, got ${head.slot}`)
  return { blocks: length, 'import, ms': threeDigits(time), 'per block, ms': threeDigits(time / length) }
}

/** Memory of a node in a network where 10 of 16 validators vote, which justifies nothing. */
async function memoryFigures(slots: number): Promise<Row[]> {
  const validators = 16
  const options: { blockStore?: ReturnType<typeof createMemoryBlockStore> } = {}
  const passed = new Proxy({} as ReturnType<typeof createMemoryBlockStore>, {
    get: (_target, name: 'write') => options.blockStore![name].bind(options.blockStore),
  })
  const node = new BenchNode(validators, { blockStore: passed, signatureLength: 64 })
  options.blockStore = createMemoryBlockStore({ scheduler: node.scheduler, maxBlocks: 1000, maxStates: 4 })
  const rows: Row[] = []
  for (let slot = 1; slot <= slots; slot++) {
    // A third and one more stay away, as proposers too.
    if (slot % validators < 10) await node.slot(slot, everyone(10))
    else for (let interval = 0; interval < 4; interval++) await node.tick(slot, interval)
    if (slot % (slots / 10) !== 0) continue
    const view = await node.ask({ type: 'getChain' })
    rows.push({
      slot,
      finalized: view.finalized.slot,
      blocks: view.blocksInMemory,
      states: view.statesInMemory,
      'heap, MB': threeDigits(bytesInUse() / 1e6),
    })
  }
  return rows
}

const slotsAt = process.argv.indexOf('--slots')
const slots = slotsAt === -1 ? 10_000 : Number(process.argv[slotsAt + 1])

const follow: Row[] = []
for (const validators of [4, 16, 64, 256]) follow.push(await followFigures(validators))
printTable('A node that follows', follow)
const pending = [await pendingFigures(1000)]
printTable('A pending chain, once its first block is there', pending)
const memory = await memoryFigures(slots)
printTable('Nothing finalized', memory)
writeJson('chain', { follow, pending, memory })
