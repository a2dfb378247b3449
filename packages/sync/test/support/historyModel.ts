import type {
  BlockReference,
  HistoryStore,
  RootedBlock,
  StoredHistory,
  Verifier,
  WriteOutcome,
} from '@trine/messages'
import { generateGenesis } from '@trine/state-transition'
import { fromHex, type State, success } from '@trine/types'
import { GENESIS, referenceOf } from './bench.ts'
import { FORGED } from './modelChain.ts'

const validators = Array.from({ length: 4 }, (_, index) => ({
  pubkey: new Uint8Array(52).fill(index),
  index,
}))

/** Four validators, as the model's blocks have them. */
export const modelState: State = (() => {
  const genesis = generateGenesis(1000, validators)
  if (!genesis.ok) throw new Error(genesis.error.code)
  return genesis.value
})()

/** Takes every signature but forged ones; it counts them. */
export class ModelVerifier implements Verifier {
  verified = 0
  mostAtOnce = 0
  isBusy = false

  verify(items: Parameters<Verifier['verify']>[0], reply: Parameters<Verifier['verify']>[1]): void {
    if (this.isBusy) return void reply.refuse('refused', 'busy')
    this.verified += items.length
    this.mostAtOnce = Math.max(this.mostAtOnce, items.length)
    reply.answer(items.map(({ signature }) => signature[0] !== FORGED))
  }
}

/** A store of a node that began at a checkpoint: final blocks from a slot on, and roots of those before. */
export class ModelHistory implements HistoryStore {
  lowest: BlockReference
  readonly batches: (readonly RootedBlock[])[] = []
  isFull = false
  isKnown = true
  readonly #roots: Uint8Array

  /** @param chain by slot, with gaps perhaps; the node has it from `firstSlot` on */
  constructor(chain: readonly RootedBlock[], firstSlot: number) {
    this.lowest = referenceOf(chain.find((block) => referenceOf(block).slot >= firstSlot)!)
    this.#roots = new Uint8Array(32 * this.lowest.slot)
    this.#roots.set(fromHex(GENESIS)!)
    for (const block of chain) {
      const { root, slot } = referenceOf(block)
      if (slot < this.lowest.slot) this.#roots.set(fromHex(root)!, 32 * slot)
    }
  }

  get slots(): number[] {
    return this.batches.flat().map((block) => referenceOf(block).slot)
  }

  writeHistory(blocks: readonly RootedBlock[], reply: { answer(outcome: WriteOutcome): boolean }): void {
    if (this.isFull) {
      reply.answer({ ok: false, error: { code: 'FAILED', message: 'no space left on device' } })
      return
    }
    this.batches.push(blocks)
    this.lowest = referenceOf(blocks.at(-1)!)
    reply.answer(success('written'))
  }

  readHistory(reply: { answer(history: StoredHistory | undefined): boolean }): void {
    const { lowest } = this
    reply.answer(this.isKnown ? { lowest, roots: this.#roots.slice(0, 32 * lowest.slot) } : undefined)
  }
}
