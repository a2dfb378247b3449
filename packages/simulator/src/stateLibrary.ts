import type { Transition } from '@trine/chain'
import { stateTransition } from '@trine/state-transition'
import type { RootHex, State } from '@trine/types'

/** Outcomes remembered: enough that every node of a network finds the block it imports. */
const OUTCOMES_KEPT = 512

type Outcome = ReturnType<Transition>

/**
 * Post-states of blocks, computed once for all nodes: states are immutable, and every node comes to the same one. The
 * adversaries read it too, for they know what everybody knows.
 */
export class StateLibrary {
  readonly #outcomes = new Map<RootHex, Outcome>()
  readonly #genesis: { readonly root: RootHex; readonly state: State }

  constructor(root: RootHex, state: State) {
    this.#genesis = { root, state }
  }

  /** The post-state of a recent block. A view of its own: what one reader caches is not kept for the others. */
  get(root: RootHex): State | undefined {
    if (root === this.#genesis.root) return this.#genesis.state.clone(true)
    const outcome = this.#outcomes.get(root)
    return outcome?.ok ? outcome.value.clone(true) : undefined
  }

  /** `stateTransition` with a memory. */
  readonly transition: Transition = (parentState, block, root, bodyRoot) => {
    const known = this.#outcomes.get(root)
    if (known !== undefined) return known.ok ? { ok: true, value: known.value.clone(true) } : known
    const outcome = stateTransition(parentState, block, bodyRoot)
    this.#keep(root, outcome)
    return outcome
  }

  /** Takes the post-state of a block that a node built: two of them would never share what they have in common. */
  readonly note = (root: RootHex, postState: State): void => {
    if (!this.#outcomes.has(root)) this.#keep(root, { ok: true, value: postState.clone(true) })
  }

  #keep(root: RootHex, outcome: Outcome): void {
    this.#outcomes.set(root, outcome)
    if (this.#outcomes.size <= OUTCOMES_KEPT) return
    const [oldest] = this.#outcomes.keys()
    this.#outcomes.delete(oldest!)
  }
}
