import { parseKeyManifest } from '@trine/config'
import { describeSettingsError } from '@trine/settings'
import { toHex } from '@trine/types'
import type { Scheme } from '@trine/xmss'
import { UserError } from '../userError.ts'

export const MANIFEST_NAME = 'validator-keys-manifest.yaml'

/** What the manifest calls the test scheme, which no other network has. */
export const TEST_KEY_SCHEME = 'TrineTest'

/** What lean-quickstart calls a scheme. Devnet keys sign as production keys do. */
const KEY_SCHEMES: Readonly<Record<string, string>> = {
  production: 'SIGTopLevelTargetSumLifetime32Dim64Base8',
  devnet: 'SIGTopLevelTargetSumLifetime32Dim64Base8',
  test: TEST_KEY_SCHEME,
}

export interface ManifestEntry {
  readonly index: number
  /** 52 bytes in hex, without 0x. */
  readonly publicKeyHex: string
  readonly secretKeyFile: string
}

export interface ManifestRange {
  readonly scheme: Scheme
  readonly numActiveEpochs: number
}

/** The manifest as hash-sig-cli writes it for lean-quickstart. */
export function writeManifest(
  { scheme, numActiveEpochs }: ManifestRange,
  entries: readonly ManifestEntry[],
): string {
  const logNumActiveEpochs = Math.log2(numActiveEpochs)
  const head = [
    `key_scheme: ${KEY_SCHEMES[scheme.name]}`,
    'hash_function: Poseidon2',
    'encoding: TargetSum',
    `lifetime: ${2 ** scheme.logLifetime}`,
    ...(Number.isInteger(logNumActiveEpochs) ? [`log_num_active_epochs: ${logNumActiveEpochs}`] : []),
    `num_active_epochs: ${numActiveEpochs}`,
    `num_validators: ${entries.length}`,
  ]
  const validators = entries.map(
    ({ index, publicKeyHex, secretKeyFile }) =>
      `  - index: ${index}\n    pubkey_hex: 0x${publicKeyHex}\n    privkey_file: ${secretKeyFile}\n`,
  )
  return `# Validator keys, made by trine keys generate\n\n${head.join('\n')}\n\nvalidators:\n${validators.join('\n')}`
}

/** The entries of a manifest. */
export function readManifest(file: string, text: string): ManifestEntry[] {
  const manifest = parseKeyManifest(text)
  if (!manifest.ok) throw new UserError(describeSettingsError(file, manifest.error))
  return manifest.value.validators.map(({ index, publicKey, secretKeyFile }) => ({
    index,
    publicKeyHex: toHex(publicKey).slice(2),
    secretKeyFile,
  }))
}
