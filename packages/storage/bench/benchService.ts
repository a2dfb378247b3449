import { type AnswerOf, type AskKind, createSystemScheduler, type Question } from '@trine/actors'
import type { BlockStore, ChainMessage } from '@trine/messages'
import { LoneChain } from '../../chain/test/loneChain.ts'
import type { BenchBlock, BenchChain } from './benchChain.ts'

/** Blocks handed over before the next look at the chain: fewer than its mailbox holds. */
const PORTION = 64

/** A ChainService in real time, for which every signature is valid at no cost. */
export class BenchService {
  readonly #chain: LoneChain

  constructor(
    chain: Pick<BenchChain, 'genesis' | 'genesisBlock'>,
    makeStore: (scheduler: ReturnType<typeof createSystemScheduler>) => BlockStore | undefined,
  ) {
    const scheduler = createSystemScheduler()
    this.#chain = new LoneChain(scheduler, {
      anchor: { state: chain.genesis, block: chain.genesisBlock },
      blockStore: makeStore(scheduler),
    })
  }

  ask<K extends AskKind<ChainMessage>>(
    question: Question<ChainMessage, K>,
  ): Promise<AnswerOf<ChainMessage, K>> {
    return this.#chain.ask(question)
  }

  /** Moves the clock, and resolves when the tick was handled. */
  tick(slot: number): Promise<void> {
    return this.#chain.tick(slot)
  }

  /** Hands blocks over as sync does, and resolves when the last one is the head. */
  async import(blocks: readonly BenchBlock[]): Promise<void> {
    for (let at = 0; at < blocks.length; at += PORTION) {
      const portion = blocks.slice(at, at + PORTION)
      for (const { block } of portion)
        this.#chain.ref.tell({ type: 'block', block, origin: { from: 'request', peerId: 'bench' } })
      const { root } = portion.at(-1)!.block
      while ((await this.ask({ type: 'getChain' })).head.root !== root)
        await new Promise((resolve) => setImmediate(resolve))
    }
  }

  end(): void {
    this.#chain.kill()
  }
}
