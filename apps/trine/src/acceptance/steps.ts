import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PRESET } from '@trine/types'
import type { ProcessDevnet } from '../devnet/processDevnet.ts'
import type { ProcessNode } from '../devnet/processNode.ts'
import type { SigningWatch } from '../devnet/signingWatch.ts'
import { runTrine, until } from '../devnet/trineProcess.ts'
import type { PacketFate } from '../devnet/udpProxy.ts'

/** What an operator's hands are on. */
export type Scene = {
  readonly devnet: ProcessDevnet
  /** Of the packets between the two halves of the network. */
  readonly between: PacketFate
  /** Of everything that is signed. */
  readonly watch: SigningWatch
}

/** Something that happens to a network, after which all its nodes must finalize again. */
export type Step = {
  readonly name: string
  readonly run: (scene: Scene) => Promise<void>
  /** Why this machine cannot do it; undefined when it can. */
  readonly impossible?: () => Promise<string | undefined>
}

/** Against hangs. */
const SECONDS_TO_BACK_UP = 120

export function quiet(slots: number): Step {
  return { name: `nothing happens for ${slots} slots`, run: ({ devnet }) => pass(devnet, slots) }
}

export function restart(index: number): Step {
  return {
    name: `node ${index} ends in order and starts again`,
    run: async ({ devnet }) => {
      const node = devnet.nodes[index]!
      const code = await node.end('SIGTERM')
      if (code !== 0) throw new Error(`expected exit code 0, got ${code}`)
      await pass(devnet, 2)
      node.start()
    },
  }
}

export function kill(index: number): Step {
  return {
    name: `node ${index} is killed and starts again`,
    run: async ({ devnet }) => {
      const node = devnet.nodes[index]!
      const finalized = await node.finalized()
      // What it just said may not be on disk yet.
      await pass(devnet, 1)
      await node.end('SIGKILL')
      await pass(devnet, 2)
      node.start()
      const after = await node.answer(() => node.finalized())
      if (finalized && after.slot < finalized.slot) {
        throw new Error(`expected slot ${finalized.slot} to be final still, got ${after.slot}`)
      }
    },
  }
}

/** Its chain is lost; its ledger of keys is not, or it could not sign again. */
export function wipe(index: number, by: 'sync' | 'checkpoint'): Step {
  return {
    name: `node ${index} loses its blocks and joins by ${by}`,
    run: async ({ devnet }) => {
      const node = devnet.nodes[index]!
      await node.end('SIGKILL')
      removeBlocks(devnet, node)
      const { plan } = devnet.nodes[(index + 1) % devnet.nodes.length]!
      node.start(...(by === 'checkpoint' ? ['--checkpoint-sync-url', plan.apiUrl] : []))
      await node.answer(() => node.head())
    },
  }
}

export function partition(slots: number): Step {
  return {
    name: `the network is cut in half for ${slots} slots`,
    run: async ({ devnet, between }) => {
      between.loss = 1
      await pass(devnet, slots)
      between.loss = 0
    },
  }
}

export function suspend(index: number, slots: number): Step {
  return {
    name: `node ${index} stands still for ${slots} slots`,
    run: async ({ devnet }) => {
      const node = devnet.nodes[index]!
      node.suspend()
      await pass(devnet, slots)
      node.resume()
    },
  }
}

export function restore(index: number): Step {
  return {
    name: `node ${index} is restored from a backup made while it ran`,
    run: async ({ devnet }) => {
      const node = devnet.nodes[index]!
      const file = await backUp(devnet, node)
      await pass(devnet, 2)
      await node.end('SIGTERM')
      removeBlocks(devnet, node)
      await runTrine(['db', 'import', file, dataOf(devnet, node)])
      rmSync(file)
      node.start()
      await node.answer(() => node.head())
    },
  }
}

async function backUp({ folder }: ProcessDevnet, { plan }: ProcessNode): Promise<string> {
  const token = readFileSync(join(folder, 'admin-token'), 'utf8').trim()
  const response = await fetch(`${plan.adminUrl}/lean/v0/admin/backup`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(SECONDS_TO_BACK_UP * 1000),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`backup of ${plan.name}: ${response.status} ${text}`)
  return (JSON.parse(text) as { file: string }).file
}

function removeBlocks(devnet: ProcessDevnet, node: ProcessNode): void {
  rmSync(join(dataOf(devnet, node), 'blocks'), { recursive: true, force: true, maxRetries: 5 })
}

export function dataOf({ folder }: ProcessDevnet, { plan }: ProcessNode): string {
  return join(folder, 'data', plan.name)
}

/** Waits for the clock. */
export async function pass(devnet: ProcessDevnet, slots: number): Promise<void> {
  const end = devnet.slot + slots
  await until(`slot ${end}`, (slots + 2) * PRESET.secondsPerSlot, () => devnet.slot >= end || undefined)
}
