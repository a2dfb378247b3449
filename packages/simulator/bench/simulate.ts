/**
 * Whole simulated networks: node-slots per second as they grow, memory per node, a thousand nodes, and a long time
 * without finality. `npm run bench -- simulate [growth|memory|thousand|endless ...] [--json FILE]`
 *
 * Speeds are per second of this process's processor time, which other load on the machine changes little; wall time
 * stands beside it.
 */
import { createHash } from 'node:crypto'
import { bytesInUse, printTable, type Row, threeDigits, writeJson } from '../../../scripts/benchKit.ts'
import { createSignatureKit, parseScenario, resolveScenario, type Scenario, simulate } from '../src/index.ts'

const MEBIBYTE = 2 ** 20

/** As `trine simulate` has it. */
const startHash = () => createHash('sha256')

function scenarioOf(yaml: string): Scenario {
  const input = parseScenario(`{ signatures: none, ${yaml} }`)
  const scenario = input.ok ? resolveScenario(input.value) : input
  if (!scenario.ok) throw new Error(`${scenario.error.field}: ${scenario.error.message}`)
  return scenario.value
}

/** Seconds of the processor, garbage collection included, and of the wall clock. */
function now(): { readonly processor: number; readonly wall: number } {
  const { user, system } = process.cpuUsage()
  return { processor: (user + system) / 1e6, wall: performance.now() / 1000 }
}

/** Runs a scenario; what its first slots took is not counted. */
async function speedOf(scenario: Scenario, uncounted: number): Promise<Row> {
  const { nodes, validators, slots } = scenario
  let began = now()
  let messagesBefore = 0
  const report = await simulate(scenario, {
    startHash,
    onInterval: ({ slot, interval }, world) => {
      if (slot !== uncounted - 1 || interval !== 3) return
      began = now()
      messagesBefore = world.trace.messages
    },
  })
  const ended = now()
  const processor = ended.processor - began.processor
  const nodeSlots = nodes * (slots - uncounted)
  const finalized = Math.min(...report.nodes.map(({ finalizedSlot }) => finalizedSlot))
  return {
    nodes,
    validators,
    slots,
    'node-slots/s': threeDigits(nodeSlots / processor),
    'messages/s': threeDigits((report.messages - messagesBefore) / processor),
    'messages per node-slot': threeDigits((report.messages - messagesBefore) / nodeSlots),
    'processor s': threeDigits(processor),
    'wall s': threeDigits(ended.wall - began.wall),
    finalized,
  }
}

async function growth(): Promise<Row[]> {
  const rows: Row[] = []
  for (const [nodes, slots, uncounted] of [
    [4, 512, 128],
    [16, 192, 32],
    [64, 64, 16],
    [256, 16, 4],
  ] as const) {
    rows.push(await speedOf(scenarioOf(`nodes: ${nodes}, validators: ${nodes}, slots: ${slots}`), uncounted))
  }
  printTable('Speed, validators = nodes, full topology, gossip over meshes', rows)
  return rows
}

async function memory(): Promise<Row[]> {
  const scenario = scenarioOf('nodes: 256, validators: 256, slots: 9')
  const kit = await createSignatureKit(scenario)
  const before = bytesInUse()
  const rows: Row[] = []
  await simulate(scenario, {
    kit,
    startHash,
    onInterval: ({ slot, interval }) => {
      if (interval !== 3 || slot % 4 !== 0) return
      const mebibytes = (bytesInUse() - before) / MEBIBYTE
      rows.push({
        'after slot': slot,
        MiB: threeDigits(mebibytes),
        'MiB per node': threeDigits(mebibytes / 256),
      })
    },
  })
  printTable('Memory, 256 nodes and 256 validators', rows)
  return rows
}

async function thousand(): Promise<Row[]> {
  const scenario = scenarioOf('nodes: 1000, validators: 64, slots: 32, topology: random, degree: 16')
  const rows = [await speedOf(scenario, 1)]
  printTable('A thousand nodes, 16 neighbours each', rows)
  return rows
}

/** Half of the validators never come: blocks are built, nothing is ever justified. */
async function endless(): Promise<Row[]> {
  const scenario = scenarioOf(
    'nodes: 4, validators: 4, slots: 10000, faults: [{ kind: crash, nodes: [2, 3] }]',
  )
  const rows: Row[] = []
  let settled = 0
  const report = await simulate(scenario, {
    startHash,
    onInterval: ({ slot, interval }) => {
      if (interval !== 3 || (slot + 1) % 1000 !== 0) return
      const heap = bytesInUse()
      if (slot + 1 === 2000) settled = heap
      const growth = slot + 1 > 2000 ? ((heap - settled) / MEBIBYTE) * (1000 / (slot + 1 - 2000)) : 0
      rows.push({
        'after slots': slot + 1,
        'heap MiB': threeDigits(heap / MEBIBYTE),
        'MiB per 1,000 slots since 2,000': threeDigits(growth),
      })
    },
  })
  const finalized = Math.max(...report.nodes.map(({ finalizedSlot }) => finalizedSlot))
  printTable(`10,000 slots, finalized: ${finalized}`, rows)
  return rows
}

const parts = { growth, memory, thousand, endless }
const asked = process.argv.slice(2).filter((name): name is keyof typeof parts => name in parts)
const figures: Record<string, Row[]> = {}
for (const name of asked.length > 0 ? asked : (Object.keys(parts) as (keyof typeof parts)[])) {
  figures[name] = await parts[name]()
}
writeJson('simulate', figures)
