import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { PUBLIC_KEY_BYTES } from '../constants.ts'
import { type Result, success } from '../result.ts'
import { schemes } from '../schemes.ts'
import type { PublicKey, Scheme } from '../types.ts'
import { type KeyError, keyFailure } from './error.ts'
import { fieldsOf, parseJson } from './json.ts'
import { checkScryptCost, SALT_BYTES, type ScryptCost } from './passphrase.ts'
import { decodePublicKey, publicKeyToHex } from './publicKey.ts'
import { checkRange, type KeyRange } from './shape.ts'

export const NONCE_BYTES = 24

/** How the body of a key file is sealed. */
export interface KeyFileEncryption {
  readonly cost: ScryptCost
  readonly salt: Uint8Array
  readonly nonce: Uint8Array
}

/** The public part of a key file. */
export interface KeyFileHeader extends KeyRange {
  readonly scheme: Scheme
  readonly publicKey: PublicKey
  readonly encryption: KeyFileEncryption | undefined
}

const FIELDS = [
  'scheme',
  'prfBytesPerElement',
  'roundConstantOrder',
  'publicKey',
  'activationEpoch',
  'numActiveEpochs',
  'leftBottomTreeIndex',
  'encryption',
] as const

/** The header as JSON text in UTF-8. */
export function encodeHeader(header: KeyFileHeader): Uint8Array {
  const { scheme, encryption } = header
  if (!presetOf(scheme.name)) throw new RangeError(`key file: ${scheme.name} is not one of the presets`)
  const fields: Record<(typeof FIELDS)[number], unknown> = {
    scheme: scheme.name,
    prfBytesPerElement: scheme.prfBytesPerElement,
    roundConstantOrder: scheme.roundConstantOrder,
    publicKey: publicKeyToHex(header.publicKey),
    activationEpoch: header.activationEpoch,
    numActiveEpochs: header.numActiveEpochs,
    leftBottomTreeIndex: header.leftBottomTreeIndex,
    encryption: encryption
      ? {
          kdf: 'scrypt',
          ...encryption.cost,
          salt: bytesToHex(encryption.salt),
          cipher: 'xchacha20-poly1305',
          nonce: bytesToHex(encryption.nonce),
        }
      : null,
  }
  return new TextEncoder().encode(JSON.stringify(fields))
}

/** Reads what `encodeHeader` writes; every field is checked. */
export function decodeHeader(bytes: Uint8Array): Result<KeyFileHeader, KeyError> {
  const parsed = parseJson('header', new TextDecoder().decode(bytes), bytes.length)
  if (!parsed.ok) return parsed
  const fields = fieldsOf('header', parsed.value, FIELDS)
  if (!fields.ok) return fields
  const scheme = schemeFromJson(fields.value)
  if (!scheme.ok) return scheme
  const publicKeyBytes = hexFromJson('publicKey', fields.value.publicKey, PUBLIC_KEY_BYTES)
  if (!publicKeyBytes.ok) return publicKeyBytes
  const publicKey = decodePublicKey(publicKeyBytes.value)
  if (!publicKey.ok) return keyFailure('notCanonical', `header.publicKey: ${publicKey.error.message}`)
  const { activationEpoch, numActiveEpochs, leftBottomTreeIndex } = fields.value
  const range = checkRange(scheme.value, { activationEpoch, numActiveEpochs, leftBottomTreeIndex })
  if (!range.ok) return range
  const encryption = encryptionFromJson(fields.value.encryption)
  if (!encryption.ok) return encryption
  return success({
    scheme: scheme.value,
    publicKey: publicKey.value,
    ...range.value,
    encryption: encryption.value,
  })
}

function presetOf(name: unknown): Scheme | undefined {
  return Object.values(schemes).find((scheme) => scheme.name === name)
}

function schemeFromJson(fields: Record<(typeof FIELDS)[number], unknown>): Result<Scheme, KeyError> {
  const { scheme, prfBytesPerElement, roundConstantOrder } = fields
  const preset = presetOf(scheme)
  if (!preset) return keyFailure('unsupported', `header.scheme: expected ${Object.keys(schemes).join(' | ')}`)
  if (prfBytesPerElement !== 8 && prfBytesPerElement !== 16) {
    return keyFailure('malformed', 'header.prfBytesPerElement: expected 8 or 16')
  }
  if (roundConstantOrder !== 'plonky3' && roundConstantOrder !== 'leanspec') {
    return keyFailure('malformed', 'header.roundConstantOrder: expected plonky3 or leanspec')
  }
  return success({ ...preset, prfBytesPerElement, roundConstantOrder })
}

function encryptionFromJson(value: unknown): Result<KeyFileEncryption | undefined, KeyError> {
  if (value === null) return success(undefined)
  const fields = fieldsOf('header.encryption', value, ['kdf', 'n', 'r', 'p', 'salt', 'cipher', 'nonce'])
  if (!fields.ok) return fields
  const { kdf, n, r, p, cipher } = fields.value
  if (kdf !== 'scrypt') return keyFailure('unsupported', 'header.encryption.kdf: expected scrypt')
  if (cipher !== 'xchacha20-poly1305') {
    return keyFailure('unsupported', 'header.encryption.cipher: expected xchacha20-poly1305')
  }
  const cost = checkScryptCost({ n: Number(n), r: Number(r), p: Number(p) })
  if (!cost.ok) return cost
  const salt = hexFromJson('encryption.salt', fields.value.salt, SALT_BYTES)
  if (!salt.ok) return salt
  const nonce = hexFromJson('encryption.nonce', fields.value.nonce, NONCE_BYTES)
  if (!nonce.ok) return nonce
  return success({ cost: cost.value, salt: salt.value, nonce: nonce.value })
}

function hexFromJson(name: string, value: unknown, length: number): Result<Uint8Array, KeyError> {
  if (typeof value !== 'string' || value.length !== 2 * length || !/^[0-9a-f]*$/.test(value)) {
    return keyFailure('malformed', `header.${name}: expected ${2 * length} lowercase hex digits`)
  }
  return success(hexToBytes(value))
}
