import {
  type AnswerOf,
  type AskKind,
  ask,
  createActorSystem,
  createSystemScheduler,
  type Question,
} from '@trine/actors'
import { createChain } from '@trine/chain'
import { type BlockStore, type ChainMessage, chainLanes } from '@trine/messages'
import type { BenchBlock, BenchChain } from './benchChain.ts'

/** Blocks handed over before the next look at the chain: fewer than its mailbox holds. */
const PORTION = 64

/** A ChainService in real time, for which every signature is valid at no cost. */
export class BenchService {
  readonly #scheduler = createSystemScheduler()
  readonly #system
  readonly #chain

  constructor(
    chain: Pick<BenchChain, 'genesis' | 'genesisBlock'>,
    makeStore: (scheduler: ReturnType<typeof createSystemScheduler>) => BlockStore | undefined,
  ) {
    this.#system = createActorSystem({
      name: 'bench',
      scheduler: this.#scheduler,
      onFailure: ({ error }) => {
        throw error
      },
    })
    const deaf = { name: 'deaf', tell: () => true }
    const start = createChain({
      anchor: { state: chain.genesis, block: chain.genesisBlock },
      ownValidators: [],
      verifier: { verify: (items, reply) => void reply.answer(items.map(() => true)) },
      blockStore: makeStore(this.#scheduler),
      events: { emit: () => {} },
      network: deaf,
      sync: deaf,
      validator: deaf,
    })
    this.#chain = this.#system.spawn('chain', chainLanes, start)
  }

  async ask<K extends AskKind<ChainMessage>>(
    question: Question<ChainMessage, K>,
  ): Promise<AnswerOf<ChainMessage, K>> {
    const options = { scheduler: this.#scheduler, timeoutMilliseconds: 600_000 }
    const answer = await ask(this.#chain, question, options)
    if (!answer.ok) throw new Error(answer.error.message)
    return answer.value
  }

  /** Moves the clock, and resolves when the tick was handled. */
  async tick(slot: number): Promise<void> {
    this.#chain.tell({ type: 'tick', slot, interval: 0, skipped: 0 })
    await this.ask({ type: 'getChain' })
  }

  /** Hands blocks over as sync does, and resolves when the last one is the head. */
  async import(blocks: readonly BenchBlock[]): Promise<void> {
    for (let at = 0; at < blocks.length; at += PORTION) {
      const portion = blocks.slice(at, at + PORTION)
      for (const { block } of portion)
        this.#chain.tell({ type: 'block', block, origin: { from: 'request', peerId: 'bench' } })
      const { root } = portion.at(-1)!.block
      while ((await this.ask({ type: 'getChain' })).head.root !== root)
        await new Promise((resolve) => setImmediate(resolve))
    }
  }

  end(): void {
    this.#system.kill()
  }
}
