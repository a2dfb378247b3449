import { refuseSettings, type SettingsResult } from '@trine/settings'
import { PRESET } from '@trine/types'
import { parseFile } from './parseFile.ts'
import { fieldsAmongOthers, hexText, items, unixTimeText, wholeNumberText } from './texts.ts'

/** What a network begins with (`config.yaml`). */
export type NetworkConfig = {
  /** Unix time of slot 0, seconds. */
  readonly genesisTime: number
  /** 52 bytes each, in the order of the validators' indices. */
  readonly publicKeys: readonly Uint8Array[]
}

const COUNTS = ['VALIDATOR_COUNT', 'NUM_VALIDATORS'] as const
const count = wholeNumberText(1, PRESET.validatorRegistryLimit)

const schema = fieldsAmongOthers({
  GENESIS_TIME: unixTimeText(),
  GENESIS_VALIDATORS: items(hexText(PRESET.publicKeyLength, 'a public key'), 'public keys').min(1, {
    error: 'at least one public key',
  }),
  VALIDATOR_COUNT: count.optional(),
  NUM_VALIDATORS: count.optional(),
})

/** Reads `config.yaml`. The number of validators may stand in it under either name; it has to be that of the keys. */
export function parseNetworkConfig(text: string): SettingsResult<NetworkConfig> {
  const parsed = parseFile(text, schema)
  if (!parsed.ok) return parsed
  const { GENESIS_TIME: genesisTime, GENESIS_VALIDATORS: publicKeys } = parsed.value
  for (const name of COUNTS) {
    const stated = parsed.value[name]
    if (stated !== undefined && stated !== publicKeys.length) {
      const message = `expected ${publicKeys.length}, the number of GENESIS_VALIDATORS, got ${stated}`
      return refuseSettings('invalid-field', name, message)
    }
  }
  return { ok: true, value: { genesisTime, publicKeys } }
}
