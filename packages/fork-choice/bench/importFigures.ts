import { blockHeader, generateGenesis, genesisBlock } from '@trine/state-transition'
import { type Block, type BlockHeader, blockType, type State, toNumber } from '@trine/types'
import { measure, type Row, threeDigits } from '../../../scripts/benchKit.ts'
import { FullChain, registry } from '../../state-transition/bench/stateTransition.ts'
import { getForkchoiceStore } from '../src/index.ts'

/** What the store adds to a transition that is done already: checking and taking every validator's vote, the new head. */
export function importFigures(validatorCounts: readonly number[]): Row[] {
  return validatorCounts.map((validators) => {
    const chain = new FullChain(validators)
    const genesis = generateGenesis(1000, registry(validators))
    if (!genesis.ok) throw new Error(genesis.error.code)
    const started = getForkchoiceStore(genesis.value, genesisBlock(genesis.value))
    if (!started.ok) throw new Error(started.error.code)
    const store = started.value
    const { latestFinalized: anchor } = store
    const imported = measure({
      prepare: () => nextBlock(chain),
      run: ({ block, header, postState }) => {
        const slot = toNumber(block.slot)
        store.onTick(store.genesisTime + 4 * slot, false)
        const data = { slot, head: anchor, target: anchor, source: anchor }
        const message = {
          block,
          proposerAttestation: { validatorIndex: toNumber(block.proposerIndex), data },
        }
        const outcome = store.onBlock({ message, signature: [] }, { header, postState })
        if (!outcome.ok) throw new Error(outcome.error.code)
      },
    })
    return {
      validators,
      'imported, ms': threeDigits(imported.median),
      'at best, ms': threeDigits(imported.minimum),
    }
  })
}

/** The block as it comes from a decoder, with what a node knows about it before the store gets it. */
function nextBlock(chain: FullChain): { block: Block; header: BlockHeader; postState: State } {
  const block = blockType.deserialize(blockType.serialize(chain.nextBlock()))
  return { block, header: blockHeader(block), postState: chain.advance(block) }
}
