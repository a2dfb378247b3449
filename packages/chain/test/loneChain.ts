import {
  type AnswerOf,
  type AskKind,
  ask,
  createActorSystem,
  type Question,
  type Ref,
  type Scheduler,
} from '@trine/actors'
import { type ChainMessage, chainLanes } from '@trine/messages'
import { type ChainParts, createChain } from '../src/index.ts'

const deaf = { name: 'deaf', tell: () => true }

/** A ChainService with neighbours that take everything and do nothing, for which every signature is valid at no cost. */
export class LoneChain {
  readonly ref: Ref<ChainMessage>
  readonly #scheduler: Scheduler
  readonly #system

  /** @param parts what is to be otherwise */
  constructor(scheduler: Scheduler, parts: Pick<ChainParts, 'anchor'> & Partial<ChainParts>) {
    this.#scheduler = scheduler
    this.#system = createActorSystem({
      name: 'lone',
      scheduler,
      onFailure: ({ error }) => {
        throw error
      },
    })
    const start = createChain({
      ownValidators: [],
      verifier: { verify: (items, reply) => void reply.answer(items.map(() => true)) },
      events: { emit: () => {} },
      network: deaf,
      sync: deaf,
      validator: deaf,
      ...parts,
    })
    this.ref = this.#system.spawn('chain', chainLanes, start)
  }

  async ask<K extends AskKind<ChainMessage>>(
    question: Question<ChainMessage, K>,
  ): Promise<AnswerOf<ChainMessage, K>> {
    const options = { scheduler: this.#scheduler, timeoutMilliseconds: 600_000 }
    const answer = await ask(this.ref, question, options)
    if (!answer.ok) throw new Error(answer.error.message)
    return answer.value
  }

  /** Tells something, and waits until it was handled: questions come after it only when nothing else is left to do. */
  async tell(message: ChainMessage): Promise<void> {
    this.ref.tell(message)
    await this.ask({ type: 'getChain' })
  }

  tick(slot: number, interval = 0): Promise<void> {
    return this.tell({ type: 'tick', slot, interval, skipped: 0 })
  }

  kill(): void {
    this.#system.kill()
  }
}
