import type { ModelRun } from '../modelRun.ts'

/**
 * What the Python program prints after the latest step: nothing, or once per slot duration a line for every staker.
 * Line ends included.
 */
export function printoutAfterStep(run: ModelRun): string {
  const step = run.stepsDone - 1
  if (step % run.scenario.slotDuration !== 0) return ''
  let text = `\n=== Time ${step} ===\n`
  for (let staker = 0; staker < run.scenario.stakers; staker++) {
    const { head, headSlot, justified, justifiedSlot, finalized, finalizedSlot } = run.status(staker)
    text +=
      `Staker ${staker}: Head=${shortHash(head)} (${headSlot}) | ` +
      `Justified=${shortHash(justified)} (${justifiedSlot}) | Finalized=${shortHash(finalized)} (${finalizedSlot})\n`
  }
  return text
}

/** The first eight hex digits, by which the model names a block. */
export function shortHash(hash: string): string {
  return hash.slice(0, 8)
}
