import type { SlotTiming } from '@trine/messages'
import { describeGenesisError, generateGenesis, genesisBlock } from '@trine/state-transition'
import type { Block, State } from '@trine/types'
import { UserError } from '../userError.ts'
import type { DutySetup } from './nodeSetup.ts'
import { timingOf } from './timingOf.ts'

/** The first state and block of a network, and when its slots are. */
export function genesisOf({ genesis, name }: Pick<DutySetup, 'genesis' | 'name'>): {
  readonly state: State
  readonly block: Block
  readonly timing: SlotTiming
} {
  const validators = genesis.publicKeys.map((pubkey, index) => ({ pubkey, index }))
  const state = generateGenesis(genesis.genesisTime, validators)
  if (!state.ok) throw new UserError(`${name}: genesis: ${describeGenesisError(state.error)}`)
  return { state: state.value, block: genesisBlock(state.value), timing: timingOf(genesis.genesisTime) }
}
