import type { ProcessNode } from '../devnet/processNode.ts'
import { until } from '../devnet/trineProcess.ts'
import { untilVoting, validatorsOf } from './clockStep.ts'
import { sizeOf } from './observer.ts'
import { SmallDisk, whyNoSmallDisk } from './smallDisk.ts'
import { dataOf, pass, type Scene, type Step } from './steps.ts'

/** Of a disk, beyond what the node has already, bytes: for what it writes until the disk is filled. */
const ROOM = 128 * 2 ** 20
const SECONDS_TO_NOTICE = 120
const SECONDS_TO_FINALIZE = 240

/**
 * The disk of one node is full for some slots. It must say so, go on following and signing (the ledger has its room
 * already), write what it kept when there is room, and find all of it after a restart.
 */
export function fillDisk(index: number, slots: number): Step {
  return {
    name: `the disk of node ${index} is full for ${slots} slots`,
    impossible: whyNoSmallDisk,
    run: async (scene) => {
      const { devnet } = scene
      const node = devnet.nodes[index]!
      await node.end('SIGTERM')
      const folder = dataOf(devnet, node)
      const disk = await SmallDisk.mount(folder, (await sizeOf(folder)) + ROOM)
      let finalized: number
      try {
        node.launcher = disk.launcher
        node.start()
        finalized = await runFull(scene, node, disk, slots)
      } finally {
        await moveBack(node, disk)
      }
      const after = await node.answer(() => node.finalized())
      if (after.slot < finalized)
        throw new Error(`expected slot ${finalized} to be final still, got ${after.slot}`)
    },
  }
}

/** The ledger of its keys is on the small disk: it must not begin again with the one from before. */
async function moveBack(node: ProcessNode, disk: SmallDisk): Promise<void> {
  try {
    await node.end('SIGTERM')
    disk.keep()
  } finally {
    await disk.unmount()
  }
  node.launcher = []
  node.start()
}

/** Gives the slot that was final for it when it had room again. */
async function runFull(scene: Scene, node: ProcessNode, disk: SmallDisk, slots: number): Promise<number> {
  const { devnet } = scene
  await devnet.finalize(devnet.slot + 1, SECONDS_TO_FINALIZE)
  const validators = await validatorsOf(node)
  const failures = await storeFailures(node)
  disk.fill()
  await until(`${node.plan.name} to miss its disk`, SECONDS_TO_NOTICE, async () => {
    disk.fill()
    return (await storeFailures(node)) > failures || undefined
  })
  const begin = devnet.slot
  for (let slot = 0; slot < slots; slot++) {
    await pass(devnet, 1)
    disk.fill()
  }
  await devnet.finalize(begin, SECONDS_TO_FINALIZE)
  await untilVoting(scene, validators)
  disk.free()
  await until(`${node.plan.name} to write what it kept`, SECONDS_TO_NOTICE, async () => {
    return (await node.metric('trine_store_unwritten_blocks')) === 0 || undefined
  })
  return (await node.answer(() => node.finalized())).slot
}

function storeFailures(node: ProcessNode): Promise<number> {
  return node.answer(() => node.metric('trine_store_failures_total'))
}
