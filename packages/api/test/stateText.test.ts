import { generateGenesis } from '@trine/state-transition'
import { type State, stateType } from '@trine/types'
import { expect, it } from 'vitest'
import { sszToJson } from '../src/sszJson.ts'
import { stateText } from '../src/stateText.ts'

function stateOf(validatorCount: number, historyLength: number): State {
  const validators = Array.from({ length: validatorCount }, (_, index) => {
    const pubkey = new Uint8Array(52)
    new DataView(pubkey.buffer).setUint32(0, index + 1)
    return { pubkey, index }
  })
  const genesis = generateGenesis(1000, validators)
  if (!genesis.ok) throw new Error(genesis.error.code)
  const value = genesis.value.toValue()
  const root = (index: number) => new Uint8Array(32).fill(index % 251)
  value.historicalBlockHashes = Array.from({ length: historyLength }, (_, index) => root(index))
  value.justificationsRoots = [root(3), root(4)]
  return stateType.toViewDU(value)
}

it.each([
  [1, 0, 0],
  [3, 1024, 0],
  [1500, 5000, 1 + 4],
])('writes a state of %i validators and %i slots with %i pauses', async (validators, history, pauses) => {
  const state = stateOf(validators, history)
  let count = 0
  const text = await stateText(state, async () => {
    count += 1
  })
  expect(JSON.parse(new TextDecoder().decode(text))).toEqual(sszToJson(stateType, state.toValue()))
  expect(count).toBe(pauses)
})
