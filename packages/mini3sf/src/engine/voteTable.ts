import type { BlockTable } from './blockTable.ts'

/**
 * Every distinct vote of a run, once, known to everyone by its index. Blocks are indices into the block table, -1 is
 * the zero hash.
 */
export class VoteTable {
  readonly staker: number[] = []
  readonly slot: number[] = []
  readonly head: number[] = []
  readonly target: number[] = []
  readonly source: number[] = []
  readonly #blocks: BlockTable
  readonly #texts: string[] = []

  constructor(blocks: BlockTable) {
    this.#blocks = blocks
  }

  /** Adds a vote and returns its index. The caller makes no vote twice. */
  add(staker: number, slot: number, head: number, target: number, source: number): number {
    this.staker.push(staker)
    this.slot.push(slot)
    this.head.push(head)
    this.target.push(target)
    return this.source.push(source) - 1
  }

  /** The vote's sorted JSON text as it stands in a block. */
  text(vote: number): string {
    this.#texts[vote] ??= this.#makeText(vote)
    return this.#texts[vote]
  }

  #makeText(vote: number): string {
    const blocks = this.#blocks
    const [head, target, source] = [this.head[vote]!, this.target[vote]!, this.source[vote]!]
    return (
      `{"head": "${blocks.hashOf(head)}", "head_slot": ${blocks.slotOf(head)}, "slot": ${this.slot[vote]!}, ` +
      `"source": "${blocks.hashOf(source)}", "source_slot": ${blocks.slotOf(source)}, ` +
      `"target": "${blocks.hashOf(target)}", "target_slot": ${blocks.slotOf(target)}, ` +
      `"validator_id": ${this.staker[vote]!}}`
    )
  }
}
