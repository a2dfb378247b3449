import { PRESET, type Slot, toHex } from '@trine/types'
import type { NodeSetup } from '../node/nodeSetup.ts'
import type { PooledKey } from '../node/ports.ts'
import { type Check, fail, ok, warn } from './check.ts'

const SLOTS_PER_DAY = 86_400 / PRESET.secondsPerSlot
const NEAR_SLOTS = 2 * SLOTS_PER_DAY
const FAR_SECONDS = 30 * 86_400

/** Whether the network has begun, and how long it lasts: its states have room for so many slots. */
export function checkGenesis({ genesis }: Pick<NodeSetup, 'genesis'>, slot: Slot): Check {
  const { secondsPerSlot, historicalRootsLimit } = PRESET
  const at = new Date(genesis.genesisTime * 1000).toISOString()
  if (slot >= historicalRootsLimit) {
    return fail('genesis', `${at}: the history of the state is full`, 'make a new network: trine genesis')
  }
  if (-slot * secondsPerSlot > FAR_SECONDS) {
    return warn(
      'genesis',
      `${at} is more than 30 days ahead`,
      'look at GENESIS_TIME, which is in seconds, and at the clock',
    )
  }
  const left = historicalRootsLimit - slot
  if (left < NEAR_SLOTS)
    return warn('genesis', `${at}: the network ends in ${left} slots`, 'plan for a new network')
  return ok('genesis', slot < 0 ? `${at}, to come` : `${at}, slot ${slot}`)
}

/** Each validator must have a key of its own, or its epochs are signed twice. */
export function checkDuplicates({ genesis, ownKeys }: Pick<NodeSetup, 'genesis' | 'ownKeys'>): Check {
  const first = new Map<string, number>()
  const own = new Set(ownKeys.map(({ validatorIndex }) => validatorIndex))
  const pairs: [number, number][] = []
  genesis.publicKeys.forEach((publicKey, index) => {
    const key = toHex(publicKey)
    const other = first.get(key)
    if (other === undefined) first.set(key, index)
    else pairs.push([other, index])
  })
  const ofUs = pairs.find((pair) => pair.some((index) => own.has(index)))
  const [one, other] = ofUs ?? pairs[0] ?? []
  if (one === undefined)
    return ok('duplicate keys', `${genesis.publicKeys.length} validators, each with its own key`)
  const detail = `validators ${one} and ${other} of the genesis have one key`
  const fix = 'make a genesis with a key for each validator: one key can sign each slot once'
  return ofUs ? fail('duplicate keys', detail, fix) : warn('duplicate keys', detail, fix)
}

/** Whether each key can sign now, and for how long. */
export function checkRanges(keys: readonly PooledKey[], slot: Slot): Check {
  if (keys.length === 0) return ok('key range', 'no validators here')
  const now = Math.max(0, slot)
  const ended = keys.find(({ endEpoch }) => endEpoch <= now)
  if (ended !== undefined) {
    const detail = `the key of validator ${ended.validatorIndex} ended with slot ${ended.endEpoch - 1}`
    return fail('key range', detail, 'its validator cannot sign any more: a new network needs new keys')
  }
  const late = keys.find(({ firstEpoch }) => firstEpoch > now)
  if (late !== undefined) {
    const detail = `the key of validator ${late.validatorIndex} begins with slot ${late.firstEpoch}`
    return warn('key range', detail, 'its validator misses its duties until then')
  }
  const end = Math.min(...keys.map(({ endEpoch }) => endEpoch))
  const detail = `all sign up to slot ${end - 1}`
  if (end - now >= NEAR_SLOTS) return ok('key range', detail)
  return warn(
    'key range',
    `${detail}, ${end - now} slots from now`,
    'plan for its end: keys of more epochs, a new network',
  )
}
