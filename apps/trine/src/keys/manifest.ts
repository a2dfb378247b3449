import type { Scheme } from '@trine/xmss'
import { parse } from 'yaml'
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

/** The entries of a manifest. Every scalar is read as text: YAML takes an unquoted 0x... for a number. */
export function readManifest(file: string, text: string): ManifestEntry[] {
  let document: unknown
  try {
    document = parse(text, { schema: 'failsafe', logLevel: 'error' })
  } catch (error) {
    throw new UserError(`${file}: not valid YAML: ${(error as Error).message.split('\n')[0]}`)
  }
  const validators = (document as { validators?: unknown } | null)?.validators
  if (!Array.isArray(validators)) throw new UserError(`${file}: validators: expected a list`)
  return validators.map((entry: Record<string, unknown> | null, position) => {
    const where = `${file}: validators[${position}]`
    const { index = String(position), pubkey_hex, privkey_file } = entry ?? {}
    if (typeof index !== 'string' || !/^\d{1,10}$/.test(index))
      throw new UserError(`${where}.index: expected a number`)
    const hex =
      typeof pubkey_hex === 'string' ? /^(?:0x)?([0-9a-fA-F]{104})$/.exec(pubkey_hex)?.[1] : undefined
    if (hex === undefined) throw new UserError(`${where}.pubkey_hex: expected 52 bytes in hex`)
    if (typeof privkey_file !== 'string' || !/^[^/\\]+$/.test(privkey_file)) {
      throw new UserError(`${where}.privkey_file: expected the name of a file beside the manifest`)
    }
    return { index: Number(index), publicKeyHex: hex.toLowerCase(), secretKeyFile: privkey_file }
  })
}
