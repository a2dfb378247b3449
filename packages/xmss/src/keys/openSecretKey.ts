import { type Result, success } from '../result.ts'
import { schemes } from '../schemes.ts'
import type { PrfBytesPerElement, RoundConstantOrder, Scheme, SecretKey } from '../types.ts'
import { type KeyError, keyFailure } from './error.ts'
import { parseJson } from './json.ts'
import { decodeKeyFile, isKeyFile, type OpenedKey } from './keyFile.ts'
import type { Passphrase } from './passphrase.ts'
import { MAX_SECRET_KEY_JSON_LENGTH, secretKeyFromJson } from './secretKeyJson.ts'
import { decodeSecretKeySsz, treeHeightsOfSsz } from './secretKeySsz.ts'
import { publicKeyOf } from './shape.ts'
import { leafOf } from './verifySecretKey.ts'

/** `trinekey` is our own file; `ssz` and `json` are those of leanSig and lean-quickstart. */
export type SecretKeyFormat = 'trinekey' | 'ssz' | 'json'

/** Which of the formats the bytes are meant to be. JSON is text; an SSZ key begins with 32 random bytes. */
export function detectSecretKeyFormat(bytes: Uint8Array): SecretKeyFormat {
  if (isKeyFile(bytes)) return 'trinekey'
  const isText = bytes
    .subarray(0, 64)
    .every((byte) => byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte < 127))
  return isText ? 'json' : 'ssz'
}

/**
 * Opens a secret key of any format. SSZ and JSON do not name their scheme: the preset is the one with trees of these
 * heights, and width of the PRF and order of the round constants are those with which the secret gives the stored
 * first leaf.
 */
export function openSecretKey(bytes: Uint8Array, passphrase?: Passphrase): Result<OpenedKey, KeyError> {
  const format = detectSecretKeyFormat(bytes)
  if (format === 'trinekey') return decodeKeyFile(bytes, passphrase)
  const read = format === 'ssz' ? readSsz(bytes) : readJson(bytes)
  if (!read.ok) return read
  const { preset, secretKey } = read.value
  const scheme = variantOf(preset, secretKey)
  if (!scheme) {
    return keyFailure(
      'inconsistent',
      'secret key: prf_key and parameter do not give the first leaf of left_bottom_tree',
    )
  }
  return success({ scheme, publicKey: publicKeyOf(secretKey), secretKey })
}

interface ReadKey {
  readonly preset: Scheme
  readonly secretKey: SecretKey
}

function readSsz(bytes: Uint8Array): Result<ReadKey, KeyError> {
  const preset = presetOf(treeHeightsOfSsz(bytes))
  if (!preset.ok) return preset
  const secretKey = decodeSecretKeySsz(preset.value, bytes)
  return secretKey.ok ? success({ preset: preset.value, secretKey: secretKey.value }) : secretKey
}

function readJson(bytes: Uint8Array): Result<ReadKey, KeyError> {
  if (bytes.length > MAX_SECRET_KEY_JSON_LENGTH) {
    return keyFailure(
      'wrongLength',
      `secret key: expected at most ${MAX_SECRET_KEY_JSON_LENGTH} bytes, got ${bytes.length}`,
    )
  }
  const parsed = parseJson('secret key', new TextDecoder().decode(bytes), MAX_SECRET_KEY_JSON_LENGTH)
  if (!parsed.ok) return parsed
  const tree = (parsed.value as { top_tree?: { depth?: unknown; lowest_layer?: unknown } } | null)?.top_tree
  const preset = presetOf({ depth: tree?.depth, lowestLayer: tree?.lowest_layer })
  if (!preset.ok) return preset
  const secretKey = secretKeyFromJson(preset.value, parsed.value)
  return secretKey.ok ? success({ preset: preset.value, secretKey: secretKey.value }) : secretKey
}

function presetOf(heights: { depth: unknown; lowestLayer: unknown }): Result<Scheme, KeyError> {
  const presets = Object.values(schemes)
  const preset = presets.find(
    ({ logLifetime, logBottomTreeLeaves }) =>
      heights.depth === logLifetime && heights.lowestLayer === logBottomTreeLeaves,
  )
  if (preset) return success(preset)
  const known = presets.map(
    (scheme) => `${scheme.logLifetime}/${scheme.logBottomTreeLeaves} (${scheme.name})`,
  )
  return keyFailure(
    'unsupported',
    `secret key: expected a top_tree of depth/lowest_layer ${known.join(', ')}`,
  )
}

function variantOf(preset: Scheme, secretKey: SecretKey): Scheme | undefined {
  const orders: readonly RoundConstantOrder[] = ['plonky3', 'leanspec']
  const widths: readonly PrfBytesPerElement[] = [16, 8]
  const epoch = secretKey.leftBottomTreeIndex * 2 ** preset.logBottomTreeLeaves
  const stored = secretKey.leftBottomTree.layers[0]!.nodes
  return orders
    .flatMap((roundConstantOrder) =>
      widths.map((prfBytesPerElement) => ({ ...preset, roundConstantOrder, prfBytesPerElement })),
    )
    .find((scheme) => leafOf(scheme, secretKey, epoch).every((element, index) => element === stored[index]))
}
