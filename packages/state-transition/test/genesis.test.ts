import { PRESET, toHex } from '@trine/types'
import { expect, it } from 'vitest'
import {
  blockRoot,
  describeGenesisError,
  generateGenesis,
  genesisBlock,
  processSlots,
  stateRoot,
} from '../src/index.ts'
import { unwrap, validators } from './support.ts'

it('stands at slot 0 with nothing justified, and its block completes the header', () => {
  const state = unwrap(generateGenesis(1763712794, validators(3)))
  expect(state.slot).toBe(0)
  expect(state.config.genesisTime).toBe(1763712794)
  expect(state.validators.length).toBe(3)
  const advanced = unwrap(processSlots(state, 1))
  expect(toHex(advanced.latestBlockHeader.stateRoot)).toBe(toHex(stateRoot(state)))
  expect(toHex(advanced.latestBlockHeader.hashTreeRoot())).toBe(toHex(blockRoot(genesisBlock(state))))
})

it('depends on time and keys', () => {
  const roots = [
    generateGenesis(1, validators(3)),
    generateGenesis(2, validators(3)),
    generateGenesis(1, validators(4)),
  ].map((result) => toHex(stateRoot(unwrap(result))))
  expect(new Set(roots).size).toBe(3)
})

it.each([
  [[], 'VALIDATOR_COUNT: expected 1 to 4096 validators, got 0'],
  [validators(PRESET.validatorRegistryLimit + 1), 'VALIDATOR_COUNT: expected 1 to 4096 validators, got 4097'],
  [validators(3).reverse(), 'VALIDATOR_INDEX: expected index 0 at position 0, got 2'],
  [
    validators(3).map((validator) => ({ ...validator, pubkey: new Uint8Array(52) })),
    `DUPLICATE_PUBLIC_KEY: validators 0 and 1 have the same key 0x${'00'.repeat(52)}; a key may sign once per slot`,
  ],
])('refuses a registry that cannot start a chain (%#)', (registry, message) => {
  const outcome = generateGenesis(1000, registry)
  expect(outcome.ok ? 'accepted' : describeGenesisError(outcome.error)).toBe(message)
})
