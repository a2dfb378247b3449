import type { LinkConditions } from '@trine/transport-memory'
import type { Moment } from './moment.ts'

/** Number of a node, from 0; the adversary's own node, where there is one, comes after the last. */
export type NodeIndex = number

/** From a moment up to, not including, another; without an end it never ends. */
export type Span = { readonly from: Moment; readonly to: Moment | undefined }

export const SIGNATURE_MODES = ['none', 'test', 'devnet'] as const

/**
 * none: a marked dummy that only says whose and over what it is. test and devnet: XMSS with these presets of
 * `@trine/xmss`.
 */
export type SignatureMode = (typeof SIGNATURE_MODES)[number]

export const TOPOLOGIES = ['full', 'ring', 'line', 'star', 'random'] as const
export type Topology = (typeof TOPOLOGIES)[number]

export const WHAT = ['blocks', 'votes', 'both'] as const
export type What = (typeof WHAT)[number]

/** Something that goes wrong during a span. */
export type Fault = Span &
  (
    | { readonly kind: 'partition'; readonly groups: readonly (readonly NodeIndex[])[] }
    /** Other conditions on the links between two sets of nodes, in both directions. */
    | {
        readonly kind: 'link'
        readonly between: readonly NodeIndex[]
        readonly and: readonly NodeIndex[]
        readonly changes: Partial<LinkConditions>
      }
    /** The process is killed and started again at the end. From 0 on: a node that joins late. */
    | { readonly kind: 'crash'; readonly nodes: readonly NodeIndex[]; readonly wipe: boolean }
    /** The node's clock is off. */
    | { readonly kind: 'skew'; readonly nodes: readonly NodeIndex[]; readonly milliseconds: number }
    /** Validators sign, but nothing leaves the node. */
    | { readonly kind: 'silent'; readonly nodes: readonly NodeIndex[]; readonly what: What }
    /** What validators sign leaves the node later. */
    | {
        readonly kind: 'late'
        readonly nodes: readonly NodeIndex[]
        readonly what: What
        readonly milliseconds: number
      }
    /** Held back, then published all at once at the end of the span. */
    | { readonly kind: 'withhold'; readonly nodes: readonly NodeIndex[]; readonly what: What }
    /** Beside each block, or vote, a second different one of the same slot is signed and published. */
    | { readonly kind: 'equivocate'; readonly nodes: readonly NodeIndex[]; readonly what: What }
    /** A node without keys wraps a gossip vote into a block of its own in every slot. */
    | { readonly kind: 'stranger' }
    /** A node without keys keeps the votes that no block has taken, and at the end of the span puts them into a block. */
    | { readonly kind: 'archive' }
  )

/** What must be true at a moment (the end of the run without one), of the nodes that run and are not adversaries. */
export type Expectation = {
  readonly at: Moment | undefined
  /** Checked at the beginning of every slot from `at` to the end of the run. */
  readonly everAfter: boolean
  /** Most slots that the finalized checkpoint may be behind the head. */
  readonly finalizedWithin: number | undefined
  readonly finalizedAtLeast: number | undefined
  readonly finalizedAtMost: number | undefined
  readonly headAtLeast: number | undefined
  /** All nodes have the same head. */
  readonly sameHead: boolean | undefined
  readonly reorgDepthAtMost: number | undefined
  /** Pieces of evidence that every node holds at least. */
  readonly evidenceAtLeast: number | undefined
}

export type Scenario = {
  readonly name: string
  readonly description: string
  readonly seed: string
  readonly nodes: number
  /** In all; validator v belongs to node v modulo the number of nodes. */
  readonly validators: number
  readonly slots: number
  readonly signatures: SignatureMode
  readonly topology: Topology
  /** Neighbours of each node in a random topology. */
  readonly degree: number
  /** mesh: nodes forward what they accepted, as gossipsub does. direct: only the publisher sends; cheaper. */
  readonly gossip: 'mesh' | 'direct'
  readonly link: LinkConditions
  /** What a signature costs in virtual time, milliseconds. */
  readonly costs: { readonly sign: number; readonly verify: number }
  readonly faults: readonly Fault[]
  readonly expectations: readonly Expectation[]
}

export const MAX_NODES = 4096
export const MAX_SLOTS = 262_144
