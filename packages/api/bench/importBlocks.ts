import { blockRoot, buildBlock, proposerOf } from '@trine/state-transition'
import { type State, toHex } from '@trine/types'
import { GOOD_SIGNATURE, type TestNode, until } from '../test/support/testNode.ts'

/** Blocks handed over before the next look at the chain: fewer than its mailbox holds. */
const PORTION = 100

/** Gives the node's chain one block for each slot from 1 on, of a network in which only proposers vote: none is final. */
export async function importBlocks({ node, parts, api }: TestNode, count: number): Promise<void> {
  const validatorCount = await until('the last slot', async () => {
    const { slot, validator_count } = (await api.server.inject('/lean/v0/chain')).json()
    return slot >= count && (validator_count as number)
  })
  const genesis = { root: blockRoot(parts.identity.anchorBlock), slot: 0 }
  let parentState: State = await genesisState(node)
  let parentRoot = genesis.root
  for (let slot = 1; slot <= count; slot++) {
    const proposerIndex = proposerOf(slot, validatorCount)
    const built = buildBlock({
      parentState,
      parentRoot,
      slot,
      proposerIndex,
      attestations: [],
      isKnownBlock: () => true,
      storeJustified: genesis,
      storeFinalized: genesis,
    })
    if (!built.ok) throw new Error(JSON.stringify(built.error))
    const { block, postState } = built.value
    parentState = postState
    parentRoot = blockRoot(block)
    const data = { slot, head: { root: parentRoot, slot }, target: genesis, source: genesis }
    const message = { block, proposerAttestation: { validatorIndex: proposerIndex, data } }
    const signedBlock = { message, signature: [GOOD_SIGNATURE] }
    const isTaken = node.refs.chain.tell({
      type: 'block',
      block: { root: toHex(parentRoot), signedBlock },
      origin: { from: 'request', peerId: 'bench' },
    })
    if (!isTaken) throw new Error('the chain has no room')
    if (slot % PORTION === 0 || slot === count) {
      await until('the import', async () => (await api.server.inject('/lean/v0/head')).json().slot >= slot)
    }
  }
}

function genesisState(node: TestNode['node']): Promise<State> {
  return new Promise((resolve, reject) => {
    const reply = {
      isOpen: true,
      answer: (state: State | undefined) => {
        if (state === undefined) reject(new Error('no state'))
        else resolve(state)
        return true
      },
      refuse: (_code: string, message: string) => {
        reject(new Error(message))
        return true
      },
    }
    node.refs.chain.tell({ type: 'getState', id: { by: 'slot', slot: 0 }, reply })
  })
}
