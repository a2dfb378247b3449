import type { BlockReference, SlotTiming } from '@trine/messages'
import { blockRoot, generateGenesis, genesisBlock } from '@trine/state-transition'
import { type Block, type RootHex, type State, toHex } from '@trine/types'
import { INTERVALS_PER_SLOT, MILLISECONDS_PER_INTERVAL } from './moment.ts'

/** Virtual Unix seconds of genesis: any time will do, as long as it is always the same. */
const GENESIS_SECONDS = 1_700_000_000

const NETWORK_NAME = 'simulated'

/** What all nodes of a simulated network begin with. */
export type Genesis = {
  readonly timing: SlotTiming
  readonly networkName: string
  readonly anchor: { readonly state: State; readonly block: Block }
  readonly genesisRoot: RootHex
  /** The genesis block. */
  readonly reference: BlockReference
}

/** The genesis of a network of validators with these keys, 52 bytes each. */
export function createGenesis(publicKeys: readonly Uint8Array[]): Genesis {
  const genesis = generateGenesis(
    GENESIS_SECONDS,
    publicKeys.map((pubkey, index) => ({ pubkey, index })),
  )
  if (!genesis.ok) throw new Error(`genesis: ${genesis.error.code}`)
  const block = genesisBlock(genesis.value)
  const genesisRoot = toHex(blockRoot(block))
  return {
    timing: {
      genesisTime: GENESIS_SECONDS * 1000,
      millisecondsPerInterval: MILLISECONDS_PER_INTERVAL,
      intervalsPerSlot: INTERVALS_PER_SLOT,
    },
    networkName: NETWORK_NAME,
    anchor: { state: genesis.value, block },
    genesisRoot,
    reference: { root: genesisRoot, slot: 0 },
  }
}
