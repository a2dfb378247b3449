import type { StoreStep } from '@trine/chain'
import { describeForkChoiceError, getForkchoiceStore, type Store } from '@trine/fork-choice'
import { SECONDS_PER_INTERVAL } from '@trine/types'

/** A fork-choice store that follows the one inside a ChainService, step by step: for looking into it. */
export class StoreMirror {
  #store: Store | undefined

  /** The store as it is now; undefined before the first step. */
  get store(): Store | undefined {
    return this.#store
  }

  /** Takes the same step. Throws when it is refused here: then the two stores have come apart. */
  readonly take = (step: StoreStep): void => {
    if (step.type === 'anchor') {
      this.#store = createStore(step.anchor)
      return
    }
    const store = this.#store
    if (store === undefined) throw new Error(`store mirror: expected an anchor first, got ${step.type}`)
    if (step.type === 'block') takeBlock(store, step)
    else if (step.type === 'prune') store.prune(1, step.keptSlots)
    else takeStep(store, step)
  }
}

type BlockStep = Extract<StoreStep, { type: 'block' }>

export function createStore({ state, block }: Extract<StoreStep, { type: 'anchor' }>['anchor']): Store {
  const started = getForkchoiceStore(state, block)
  if (!started.ok) throw new Error(`anchor: ${describeForkChoiceError(started.error)}`)
  return started.value
}

export function takeBlock(store: Store, { root, signedBlock }: BlockStep): void {
  const taken = store.onBlock(signedBlock)
  if (!taken.ok) throw new Error(`block ${root}: ${describeForkChoiceError(taken.error)}`)
}

export function takeStep(
  store: Store,
  step: Exclude<StoreStep, BlockStep | { type: 'anchor' | 'prune' }>,
): void {
  switch (step.type) {
    case 'tick':
      store.onTick(store.genesisTime + step.time * SECONDS_PER_INTERVAL, false)
      return
    case 'acceptance':
      store.acceptNewAttestations()
      return
    case 'votes':
      store.restore(step)
      return
    case 'settled':
      store.settle(step.root, step.slot)
      return
    case 'attestation': {
      const taken = store.onAttestation(step.signedAttestation)
      if (!taken.ok) throw new Error(`attestation: ${taken.error.code}`)
    }
  }
}
