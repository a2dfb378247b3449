import type { RootHex } from '@trine/types'

/** Checks that name a block by a label, beside the check that gives the same block's root. */
const LABEL_CHECKS = [
  ['headRootLabel', 'headRoot'],
  ['latestJustifiedRootLabel', 'latestJustifiedRoot'],
  ['latestFinalizedRootLabel', 'latestFinalizedRoot'],
] as const

/**
 * The blocks of a fixture by the labels that its checks use. Fixtures from December 2025 on say the label beside the
 * block; those of 050fa4a1 do not, and it follows from the checks.
 */
export class BlockLabels {
  private readonly roots: Map<string, RootHex>

  constructor(anchorRoot: RootHex) {
    this.roots = new Map([['genesis', anchorRoot]])
  }

  set(label: string, root: RootHex): void {
    this.roots.set(label, root)
  }

  /**
   * Takes from the checks of a step what new labels stand for: the root that is given with one, else the block of the
   * step itself, when it is the only block they can mean.
   */
  learnFrom(checks: Readonly<Record<string, unknown>>, stepBlock: RootHex | undefined): void {
    for (const [labelCheck, rootCheck] of LABEL_CHECKS) {
      const [label, root] = [checks[labelCheck], checks[rootCheck]]
      if (typeof label === 'string' && typeof root === 'string' && !this.roots.has(label))
        this.set(label, root)
    }
    const among = checks['lexicographicHeadAmong']
    const used = [
      ...LABEL_CHECKS.map(([labelCheck]) => checks[labelCheck]),
      ...(Array.isArray(among) ? among : []),
    ]
    const unknown = new Set(used.filter((label) => typeof label === 'string' && !this.roots.has(label)))
    if (unknown.size === 1 && stepBlock !== undefined) this.set([...unknown][0], stepBlock)
  }

  /** Throws an error that lists the known labels when this one is none of them. */
  rootOf(label: unknown): RootHex {
    const root = this.roots.get(String(label))
    if (root !== undefined) return root
    throw new Error(
      `label: expected one of ${[...this.roots.keys()].join(', ')}, got ${JSON.stringify(label)}`,
    )
  }
}
