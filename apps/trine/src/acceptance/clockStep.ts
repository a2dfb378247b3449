import { PRESET } from '@trine/types'
import type { ProcessNode } from '../devnet/processNode.ts'
import { until } from '../devnet/trineProcess.ts'
import { pass, type Scene, type Step } from './steps.ts'

/** Within which a node must notice that its clock is wrong or right again, and act. */
const SECONDS_TO_NOTICE = 120

/** The wall clock of one node is wrong for some slots: it must notice, sign nothing, and take part again when it is right. */
export function setClock(index: number, milliseconds: number, slots: number): Step {
  const way = `${Math.abs(milliseconds) / 1000} s ${milliseconds < 0 ? 'back' : 'forward'}`
  return {
    name: `the clock of node ${index} is set ${way} for ${slots} slots`,
    run: async (scene) => {
      const { devnet } = scene
      const node = devnet.nodes[index]!
      const validators = await validatorsOf(node)
      node.setClock(milliseconds)
      try {
        await untilPaused(node, true)
        const begin = devnet.slot
        await pass(devnet, slots)
        const others = devnet.nodes.filter((other) => other !== node)
        await devnet.finalize(begin, SECONDS_TO_NOTICE, others)
        checkSilence(scene, validators, begin, devnet.slot)
      } finally {
        node.setClock(0)
      }
      await untilPaused(node, false)
      await untilVoting(scene, validators)
    },
  }
}

/** Those that a node signs for. */
export async function validatorsOf(node: ProcessNode): Promise<number[]> {
  const { validators } = await node.answer(() => node.duties())
  return validators.map(({ validator_index: index }) => index)
}

async function untilPaused(node: ProcessNode, isPaused: boolean): Promise<void> {
  const what = `${node.plan.name} ${isPaused ? 'to pause duties because of its clock' : 'to resume duties'}`
  await until(what, SECONDS_TO_NOTICE, async () => {
    const duties = await node.duties()
    if (duties === undefined) return undefined
    return isPaused === /^the clock is/.test(duties.paused_because ?? '') || undefined
  })
}

/** Of a slot ahead, and of the one that the pause began in, a vote may have been under way. */
function checkSilence({ watch }: Scene, validators: readonly number[], begin: number, end: number): void {
  for (let slot = begin + 2; slot < end; slot++) {
    const voted = validators.filter((validator) => watch.hasVoted(validator, slot))
    if (voted.length > 0) throw new Error(`expected no votes of ${voted.join(', ')} at slot ${slot}`)
  }
}

/** Waits until all these validators voted for a slot that was yet to come. */
export async function untilVoting({ devnet, watch }: Scene, validators: readonly number[]): Promise<void> {
  const { slot } = devnet
  const seconds = SECONDS_TO_NOTICE + 2 * PRESET.secondsPerSlot
  await until(`votes of ${validators.join(', ')} after slot ${slot}`, seconds, () => {
    return validators.every((validator) => watch.lastVote(validator) > slot) || undefined
  })
}
