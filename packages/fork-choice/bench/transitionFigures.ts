import { processBlock, processSlots, stateRoot, stateTransition } from '@trine/state-transition'
import { type State, toNumber } from '@trine/types'
import { bytesInUse, measure, type Row, threeDigits } from '../../../scripts/benchKit.ts'
import { FullChain } from '../../state-transition/bench/stateTransition.ts'

/** A block that carries every validator's vote: applied as a whole, root included, and the root of its post-state alone. */
export function transitionFigures(validatorCounts: readonly number[]): Row[] {
  return validatorCounts.map((validators) => {
    const chain = new FullChain(validators)
    for (let slot = 1; slot <= 4; slot++) chain.advance(chain.nextBlock())
    const block = chain.nextBlock()
    const applied = measure({
      prepare: () => chain.state.clone(true),
      run: (state) => {
        if (!stateTransition(state, block).ok) throw new Error('expected a valid block')
      },
    })
    const rootAlone = measure({
      prepare: () => postStateUnhashed(chain.state.clone(true), block),
      run: (state) => stateRoot(state),
    })
    return {
      validators,
      attestations: block.body.attestations.length,
      'block applied, ms': threeDigits(applied.median),
      'at best, ms': threeDigits(applied.minimum),
      'state root alone, ms': threeDigits(rootAlone.median),
    }
  })
}

/** Memory that the post-states of a chain of full blocks take when all of them are kept. */
export function memoryFigures(validators: number, stateCount: number): Row[] {
  const chain = new FullChain(validators)
  const before = bytesInUse()
  const states: State[] = []
  while (states.length < stateCount) states.push(chain.advance(chain.nextBlock()).clone(true))
  const bytes = bytesInUse() - before
  const finalizedSlot = toNumber(states.at(-1)!.latestFinalized.slot)
  if (finalizedSlot < stateCount - 3) throw new Error(`expected a finalizing chain, got ${finalizedSlot}`)
  return [
    {
      validators,
      'states kept': states.length,
      'MB in all': threeDigits(bytes / 1e6),
      'bytes per state': Math.round(bytes / states.length),
    },
  ]
}

function postStateUnhashed(pre: State, block: Parameters<typeof processBlock>[1]): State {
  const advanced = processSlots(pre, toNumber(block.slot))
  if (!advanced.ok) throw new Error(advanced.error.code)
  const post = processBlock(advanced.value, block)
  if (!post.ok) throw new Error(post.error.code)
  return post.value
}
