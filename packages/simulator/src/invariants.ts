import type { BlockReference } from '@trine/messages'
import type { RootHex } from '@trine/types'
import { BlockTree } from './blockTree.ts'
import { EpochGuard } from './epochGuard.ts'
import type { Moment } from './moment.ts'
import type { NodeWatch } from './monitor.ts'
import type { NodeIndex } from './scenario.ts'
import type { SimulatedNode } from './simulatedNode.ts'

export type ViolationKind =
  | 'conflictingFinality'
  | 'finalityWentBack'
  | 'headOffFinalized'
  | 'epochSignedTwice'
  | 'serviceFailed'
  | 'mailboxOverfull'

/** Something that must never happen, and did. */
export type Violation = {
  readonly kind: ViolationKind
  readonly at: Moment
  readonly node: NodeIndex | undefined
  readonly message: string
}

/** Most violations noted; the first is the one that matters. */
const VIOLATIONS_KEPT = 100

/**
 * What must hold at every tick, whatever the faults: no two conflicting blocks finalized by honest nodes, finality never
 * goes back, the head descends from the finalized block, no epoch of a key is signed twice, no service fails, no
 * mailbox is fuller than it may be.
 */
export class Invariants {
  readonly violations: Violation[] = []
  readonly #tree: BlockTree
  readonly #epochs = new EpochGuard()
  readonly #now: () => Moment
  /** The highest block that an honest node finalized: every other one must be on its chain. */
  #finalized: BlockReference

  constructor(genesis: BlockReference, now: () => Moment) {
    this.#tree = new BlockTree(genesis)
    this.#finalized = genesis
    this.#now = now
  }

  /** The slot that the network as a whole finalized. */
  get finalizedSlot(): number {
    return this.#finalized.slot
  }

  /** What to tell the monitor of a node. */
  watch(node: NodeIndex, isAdversary: boolean): NodeWatch {
    return {
      onBlock: (block: BlockReference, parentRoot: RootHex) => this.#tree.add(block, parentRoot),
      onFinalized: (checkpoint, previous) => {
        if (!isAdversary) this.#checkFinalized(node, checkpoint, previous)
      },
      onFailure: (error) => this.#note('serviceFailed', node, `a service failed: ${error}`),
    }
  }

  onSigned(node: NodeIndex, publicKey: Uint8Array, epoch: number, message: Uint8Array): void {
    const violation = this.#epochs.note(publicKey, epoch, message)
    if (violation !== undefined) this.#note('epochSignedTwice', node, violation)
  }

  /** Looks at every node that runs. */
  check(nodes: readonly SimulatedNode[]): void {
    for (const { index, node, monitor, isAdversary } of nodes) {
      if (node === undefined) continue
      if (!isAdversary && !this.#tree.descendsFrom(monitor.head.root, monitor.finalized.root)) {
        const { head, finalized } = monitor
        this.#note(
          'headOffFinalized',
          index,
          `head ${named(head)} does not descend from finalized ${named(finalized)}`,
        )
      }
      const overfull = node.overfullLane()
      if (overfull === undefined) continue
      const { actor, lane, depth, capacity } = overfull
      this.#note('mailboxOverfull', index, `${actor}: lane ${lane} holds ${depth} of ${capacity}`)
    }
  }

  #checkFinalized(node: NodeIndex, checkpoint: BlockReference, previous: BlockReference): void {
    if (checkpoint.slot < previous.slot) {
      this.#note(
        'finalityWentBack',
        node,
        `finality went back from ${named(previous)} to ${named(checkpoint)}`,
      )
    }
    const [lower, higher] =
      checkpoint.slot < this.#finalized.slot ? [checkpoint, this.#finalized] : [this.#finalized, checkpoint]
    if (!this.#tree.descendsFrom(higher.root, lower.root)) {
      const message = `two conflicting blocks are finalized: ${named(lower)} and ${named(higher)}`
      this.#note('conflictingFinality', node, message)
    }
    this.#finalized = higher
  }

  #note(kind: ViolationKind, node: NodeIndex, message: string): void {
    if (this.violations.length >= VIOLATIONS_KEPT) return
    this.violations.push({ kind, at: this.#now(), node, message })
  }
}

function named({ slot, root }: BlockReference): string {
  return `${slot} (${root.slice(0, 10)})`
}
