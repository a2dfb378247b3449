import type { StoreStep } from '@trine/node'
import { StoreMirror } from '@trine/simulator'
import { toHex, toNumber } from '@trine/types'

type Store = NonNullable<StoreMirror['store']>

/** A store at the end of a replay. */
export type ReplayedStore = {
  readonly store: Store
  /** Steps passed over: blocks that stand on none of the recorded ones, and votes that name such, weigh nothing there. */
  readonly besides: number
  /** Why the replay ended early: what the node took is refused here. */
  readonly refusal: string | null
}

/**
 * Makes a fork-choice store again from its steps, the first of which is an anchor; its clock is that of the ticks.
 *
 * @param until the interval since genesis that is the last
 * @param onStep told every step that was taken
 */
export function replayStore(
  steps: readonly StoreStep[],
  until: number,
  onStep: (step: StoreStep) => void,
): ReplayedStore {
  const mirror = new StoreMirror()
  let besides = 0
  let refusal: string | null = null
  for (const step of steps) {
    if (step.type === 'tick' && step.time > until) break
    if (mirror.store !== undefined && isBeside(step, mirror.store)) {
      besides += 1
      continue
    }
    try {
      mirror.take(step)
      onStep(step)
    } catch (error) {
      refusal = (error as Error).message
      break
    }
  }
  return { store: mirror.store!, besides, refusal }
}

function isBeside(step: StoreStep, store: Store): boolean {
  if (step.type === 'block') return !store.getBlock(toHex(step.signedBlock.message.block.parentRoot))
  if (step.type !== 'attestation') return false
  const valid = store.validateAttestation(step.signedAttestation)
  return !valid.ok && 'root' in valid.error
}

/** What there is to show of a store. */
export function storeView(store: Store) {
  const named = ({ root, slot }: Store['head']) => ({ root: toHex(root), slot: toNumber(slot) })
  return {
    time: store.time,
    head: named(store.head),
    safeTarget: named(store.safeTarget),
    justified: named(store.latestJustified),
    finalized: named(store.latestFinalized),
    validatorCount: store.validatorCount,
    nodes: store.weightedBlocks().map(({ block, weight }) => ({
      root: block.rootHex,
      slot: block.slot,
      parentRoot: toHex(block.parentRoot),
      proposerIndex: block.proposerIndex,
      weight,
    })),
  }
}
