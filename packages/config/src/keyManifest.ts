import { refuseSettings, type SettingsResult } from '@trine/settings'
import { PRESET } from '@trine/types'
import { parseFile } from './parseFile.ts'
import { fieldsAmongOthers, fileNameText, hexText, items, textOf, wholeNumberText } from './texts.ts'

/** A validator's keys, by `validator-keys-manifest.yaml` or `annotated_validators.yaml`. */
export type KeyEntry = {
  readonly index: number
  /** 52 bytes. */
  readonly publicKey: Uint8Array
  /** Name of a file in the folder of keys. */
  readonly secretKeyFile: string
}

export const validatorIndex = wholeNumberText(0, PRESET.validatorRegistryLimit - 1, 'a validator index')

const keyFields = {
  pubkey_hex: hexText(PRESET.publicKeyLength, 'a public key'),
  privkey_file: fileNameText('a file in the folder of keys'),
}

/** An entry of `annotated_validators.yaml`. */
export const keyEntrySchema = fieldsAmongOthers({ index: validatorIndex, ...keyFields }).transform(
  ({ index, pubkey_hex, privkey_file }): KeyEntry => ({
    index,
    publicKey: pubkey_hex,
    secretKeyFile: privkey_file,
  }),
)

/** What `validator-keys-manifest.yaml` says. */
export type KeyManifest = {
  /** Name of the signature scheme, as its maker calls it. */
  readonly keyScheme: string | undefined
  /** Epochs that each key can sign. */
  readonly numActiveEpochs: number | undefined
  readonly validators: readonly KeyEntry[]
}

const schema = fieldsAmongOthers({
  key_scheme: textOf({ expected: 'the name of a scheme', read: (text) => text }).optional(),
  num_active_epochs: wholeNumberText(1, 2 ** 32).optional(),
  validators: items(fieldsAmongOthers({ index: validatorIndex.optional(), ...keyFields }), 'validators'),
})

/** Reads `hash-sig-keys/validator-keys-manifest.yaml`. An entry without index has that of its position. */
export function parseKeyManifest(text: string): SettingsResult<KeyManifest> {
  const parsed = parseFile(text, schema)
  if (!parsed.ok) return parsed
  const entries = parsed.value.validators.map(({ index, pubkey_hex, privkey_file }, position) => ({
    index: index ?? position,
    publicKey: pubkey_hex,
    secretKeyFile: privkey_file,
  }))
  const positions = new Map<number, number>()
  for (const [position, { index }] of entries.entries()) {
    const other = positions.get(index)
    if (other !== undefined) {
      const message = `expected every validator once, got ${index} as in validators[${other}]`
      return refuseSettings('invalid-field', `validators[${position}].index`, message)
    }
    positions.set(index, position)
  }
  const { key_scheme: keyScheme, num_active_epochs: numActiveEpochs } = parsed.value
  return { ok: true, value: { keyScheme, numActiveEpochs, validators: entries } }
}
