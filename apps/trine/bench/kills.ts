/**
 * Real nodes killed at random moments while they import, prune and sign. `npm run bench -- kills [--kills 200] [--nodes 8]
 * [--validators 16] [--seed 1] [--json FILE]`
 *
 * As many nodes are down at one time as the network can miss. After each kill the database is verified; the node
 * must come back with at least the head and finality that it told of a slot before, and vote again. What is signed is
 * watched from outside, through all nodes.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createRandom, type Random } from '@trine/actors'
import { PRESET } from '@trine/types'
import { printTable, threeDigits, writeJson } from '../../../scripts/benchKit.ts'
import { ProcessDevnet } from '../src/devnet/processDevnet.ts'
import type { ProcessNode } from '../src/devnet/processNode.ts'
import { SIGNING_TOPICS, SigningWatch } from '../src/devnet/signingWatch.ts'
import { runTrine } from '../src/devnet/trineProcess.ts'

const PATIENCE = 600
const SLOT = PRESET.secondsPerSlot * 1000

function option(name: string, otherwise: number): number {
  const at = process.argv.indexOf(`--${name}`)
  return at === -1 ? otherwise : Number(process.argv[at + 1])
}

class Killing {
  kills = 0
  readonly #devnet: ProcessDevnet
  readonly #watch: SigningWatch
  readonly #random: Random
  readonly #wanted: number
  readonly restarts: number[] = []

  constructor(devnet: ProcessDevnet, watch: SigningWatch, random: Random, wanted: number) {
    this.#devnet = devnet
    this.#watch = watch
    this.#random = random
    this.#wanted = wanted
  }

  /** Kills the nodes one after another, until there were enough. */
  async lane(nodes: readonly ProcessNode[]): Promise<void> {
    for (let turn = 0; this.kills < this.#wanted; turn++) {
      this.kills += 1
      await this.#killOnce(nodes[turn % nodes.length]!)
      if (this.kills % 10 === 0) console.log(`slot ${this.#devnet.slot}: ${this.kills} kills`)
    }
  }

  async #killOnce(node: ProcessNode): Promise<void> {
    const before = await node.slots()
    await wait(SLOT * (1 + this.#random.float()))
    await node.end('SIGKILL')
    await runTrine(['db', 'verify', join(this.#devnet.folder, 'data', node.plan.name)])
    const began = performance.now()
    node.start()
    const after = await node.slots()
    this.restarts.push(performance.now() - began)
    for (const what of ['head', 'finalized'] as const) {
      if (after[what] >= before[what]) continue
      throw new Error(
        `node ${node.index}: expected ${what} at slot ${before[what]} or later, got ${after[what]}`,
      )
    }
    const slot = this.#devnet.slot
    const vote = `a vote of validator ${node.index} after slot ${slot}`
    await this.#devnet.untilEach(vote, PATIENCE, [node], async () => this.#watch.lastVote(node.index) > slot)
  }
}

async function run(devnet: ProcessDevnet, kills: number, seed: number) {
  const watch = new SigningWatch()
  const abort = new AbortController()
  await devnet.start()
  const following = devnet.nodes.map((node) =>
    node.follow(SIGNING_TOPICS, (topic, data) => watch.note(node.plan.name, topic, data), abort.signal),
  )
  try {
    await devnet.finalize(1, PATIENCE)
    const killing = new Killing(devnet, watch, createRandom(`kills ${seed}`), kills)
    const down = Math.floor((devnet.nodes.length - 1) / 3)
    const lanes = Array.from({ length: down }, (_, lane) =>
      devnet.nodes.filter(({ index }) => index % down === lane),
    )
    await Promise.all(lanes.map((nodes) => killing.lane(nodes)))
    const { slot } = await devnet.latestFinalized()
    await devnet.finalize(slot + 1, PATIENCE)
    const slots = devnet.slot
    const votes = Array.from({ length: slots }, (_, at) => watch.votesAt(at)).reduce((sum, n) => sum + n, 0)
    const restart = killing.restarts.toSorted((a, b) => a - b)[Math.floor(killing.restarts.length / 2)]!
    return { kills: killing.kills, slots, votes, offences: watch.offences, finalized: slot, restart }
  } finally {
    abort.abort()
    await Promise.all(following)
  }
}

const folder = mkdtempSync(join(tmpdir(), 'trine-kills-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
const nodes = option('nodes', 8)
const validators = option('validators', 2 * nodes)
const devnet = await ProcessDevnet.make({
  folder,
  nodes,
  validators,
  activeEpochs: 8192,
  // So that they prune too.
  args: () => ['--retain-slots', '16'],
})
try {
  const figures = await run(devnet, option('kills', 200), option('seed', 1))
  printTable(`${nodes} nodes with ${validators} validators, killed at random moments`, [
    {
      kills: figures.kills,
      slots: figures.slots,
      'finalized slot': figures.finalized,
      'votes seen': figures.votes,
      'two things signed for a slot': figures.offences.length,
      'ms until it answers again': threeDigits(figures.restart),
    },
  ])
  for (const offence of figures.offences) console.log(offence)
  writeJson('kills', figures)
  if (figures.offences.length > 0) process.exitCode = 1
} finally {
  await devnet.end()
}
