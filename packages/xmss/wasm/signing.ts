import { HASH_LENGTH } from '../src/constants.ts'
import { DIGEST, SLOT_BYTES } from './chains.ts'
import { scatter } from './lanes.ts'
import { ADDRESS } from './layout.ts'
import { CHAIN_WORD, chainWord, EPOCH_WORD, epochWord, storePrfWord } from './prf.ts'
import { laneAddresses } from './states.ts'
import { i32, wasmFunction } from './wat.ts'

const LANES = [0, 1, 2, 3]

/**
 * `(blocks, lastKeyByte, epoch, groups, wordsPerElement, slots)`: the secret starts of four chains per group, written
 * as Montgomery forms into slots. `blocks`: two pairs of PRF inputs, complete but for epoch and chain.
 */
export function chainStarts(): string {
  const parameters = ['blocks', 'lastKeyByte', 'epoch', 'groups', 'wordsPerElement', 'slots']
  return wasmFunction('chainStarts', parameters, (body, ...values) => {
    const [blocks, lastKeyByte, epoch, groups, wordsPerElement, slots] = values
    for (const lane of LANES) storePrfWord(body, blocks!, lane, EPOCH_WORD, epochWord(lastKeyByte!, epoch!))
    body.loop('group', groups!, (group) => {
      const chain = body.set('chain', i32.shl(group, i32.const(2)), 'i32')
      for (const lane of LANES) {
        storePrfWord(body, blocks!, lane, CHAIN_WORD, chainWord(i32.add(chain, i32.const(lane))))
      }
      body.call('prfFour', blocks!, wordsPerElement!)
      const first = i32.add(slots!, i32.mul(chain, i32.const(SLOT_BYTES)))
      const digests = body.set('digests', i32.add(first, i32.const(DIGEST)), 'i32')
      scatter(body, i32.const(ADDRESS.digests), laneAddresses(digests, SLOT_BYTES), 2)
    })
  })
}

/** `(blocks, wordsPerElement, results)`: the PRF's eight elements of four complete inputs, canonical, in a row. */
export function randomFour(): string {
  return wasmFunction('randomFour', ['blocks', 'wordsPerElement', 'results'], (body, ...values) => {
    const [blocks, wordsPerElement, results] = values
    const digests = i32.const(ADDRESS.digests)
    body.call('prfFour', blocks!, wordsPerElement!)
    body.call('fromMontgomery', digests, i32.const(HASH_LENGTH))
    scatter(body, digests, laneAddresses(results!, 4 * HASH_LENGTH), 2)
  })
}
