import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { type Result, success } from '../result.ts'
import type { PublicKey, Scheme, SecretKey } from '../types.ts'
import { type KeyError, keyFailure } from './error.ts'
import { decodeHeader, encodeHeader, type KeyFileHeader, NONCE_BYTES } from './keyFileHeader.ts'
import {
  checkScryptCost,
  DEFAULT_SCRYPT_COST,
  type Passphrase,
  SALT_BYTES,
  type ScryptCost,
} from './passphrase.ts'
import { decodeSecretKeySsz, encodeSecretKeySsz } from './secretKeySsz.ts'
import { publicKeyOf } from './shape.ts'

/*
 * Layout, version 1:
 *   "trinekey" | version u32 LE | header length u32 LE | header, JSON text | body | SHA-256 of everything before it
 * The body is the SSZ secret key with its trees, as it is or sealed with XChaCha20-Poly1305; then everything before
 * the body is the associated data, so a changed header does not open. The checksum tells a damaged file from a wrong
 * passphrase and guards files without one.
 */
const MAGIC = new TextEncoder().encode('trinekey')
const VERSION = 1
const PREFIX_BYTES = MAGIC.length + 8
const CHECKSUM_BYTES = 32
const MAX_HEADER_BYTES = 4096

/** How to lock a key file. */
export interface KeyFileLock {
  readonly passphrase: Passphrase
  /** 32 random bytes; files written together may share them, see Passphrase. */
  readonly salt: Uint8Array
  /** 24 random bytes, never used for two files. */
  readonly nonce: Uint8Array
  readonly cost?: ScryptCost
}

/** What a key file holds. */
export interface OpenedKey {
  readonly scheme: Scheme
  readonly publicKey: PublicKey
  readonly secretKey: SecretKey
}

/**
 * Trine's own key file: the secret key with its trees, checksummed, sealed with a passphrase if `lock` is given.
 * The scheme must be one of the presets, apart from its PRF width and round-constant order.
 */
export function encodeKeyFile(scheme: Scheme, secretKey: SecretKey, lock?: KeyFileLock): Uint8Array {
  const body = encodeSecretKeySsz(scheme, secretKey)
  const cost = lock?.cost ?? DEFAULT_SCRYPT_COST
  if (lock && (lock.salt.length !== SALT_BYTES || lock.nonce.length !== NONCE_BYTES)) {
    throw new RangeError(`key file: expected a salt of ${SALT_BYTES} and a nonce of ${NONCE_BYTES} bytes`)
  }
  if (!checkScryptCost(cost).ok) throw new RangeError('key file: scrypt cost out of range')
  const header = encodeHeader({
    scheme,
    publicKey: publicKeyOf(secretKey),
    activationEpoch: secretKey.activationEpoch,
    numActiveEpochs: secretKey.numActiveEpochs,
    leftBottomTreeIndex: secretKey.leftBottomTreeIndex,
    encryption: lock && { cost, salt: lock.salt, nonce: lock.nonce },
  })
  const prefix = new Uint8Array(PREFIX_BYTES + header.length)
  prefix.set(MAGIC)
  const view = new DataView(prefix.buffer)
  view.setUint32(MAGIC.length, VERSION, true)
  view.setUint32(MAGIC.length + 4, header.length, true)
  prefix.set(header, PREFIX_BYTES)
  const key = lock?.passphrase.deriveKey(lock.salt, cost)
  const sealed = lock && key ? xchacha20poly1305(key, lock.nonce, prefix).encrypt(body) : body
  const output = new Uint8Array(prefix.length + sealed.length + CHECKSUM_BYTES)
  output.set(prefix)
  output.set(sealed, prefix.length)
  output.set(sha256(output.subarray(0, output.length - CHECKSUM_BYTES)), output.length - CHECKSUM_BYTES)
  body.fill(0)
  return output
}

/** Whether the bytes begin like a key file of ours, of whatever version. */
export function isKeyFile(bytes: Uint8Array): boolean {
  return bytes.length >= PREFIX_BYTES && MAGIC.every((byte, index) => bytes[index] === byte)
}

interface Parts {
  readonly header: KeyFileHeader
  /** Everything before the body. */
  readonly prefix: Uint8Array
  readonly body: Uint8Array
}

function splitKeyFile(bytes: Uint8Array): Result<Parts, KeyError> {
  if (!isKeyFile(bytes)) return keyFailure('malformed', 'key file: it does not begin with "trinekey"')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = view.getUint32(MAGIC.length, true)
  if (version !== VERSION) {
    return keyFailure('unsupported', `key file: expected version ${VERSION}, got ${version}`)
  }
  const headerLength = view.getUint32(MAGIC.length + 4, true)
  const bodyStart = PREFIX_BYTES + headerLength
  const bodyEnd = bytes.length - CHECKSUM_BYTES
  if (headerLength > MAX_HEADER_BYTES || bodyStart > bodyEnd) {
    return keyFailure('corrupt', `key file: torn or damaged (${bytes.length} bytes)`)
  }
  const checksum = sha256(bytes.subarray(0, bodyEnd))
  if (!checksum.every((byte, index) => byte === bytes[bodyEnd + index])) {
    return keyFailure('corrupt', 'key file: torn or damaged (the checksum does not match)')
  }
  const header = decodeHeader(bytes.subarray(PREFIX_BYTES, bodyStart))
  if (!header.ok) return header
  return success({
    header: header.value,
    prefix: bytes.subarray(0, bodyStart),
    body: bytes.subarray(bodyStart, bodyEnd),
  })
}

/**
 * What a key file says about itself, readable without the passphrase. The checksum has been compared, which finds
 * damage; that nobody wrote another header is known only when `decodeKeyFile` opens the file.
 */
export function readKeyFileHeader(bytes: Uint8Array): Result<KeyFileHeader, KeyError> {
  const parts = splitKeyFile(bytes)
  return parts.ok ? success(parts.value.header) : parts
}

/** Opens a key file. Header and body must tell the same; hashes are not recomputed (see `verifySecretKey`). */
export function decodeKeyFile(bytes: Uint8Array, passphrase?: Passphrase): Result<OpenedKey, KeyError> {
  const parts = splitKeyFile(bytes)
  if (!parts.ok) return parts
  const { header, prefix, body } = parts.value
  const plain = openBody(header, prefix, body, passphrase)
  if (!plain.ok) return plain
  const secretKey = decodeSecretKeySsz(header.scheme, plain.value)
  if (header.encryption) plain.value.fill(0)
  if (!secretKey.ok) return secretKey
  const publicKey = publicKeyOf(secretKey.value)
  const same =
    sameElements(publicKey.root, header.publicKey.root) &&
    sameElements(publicKey.parameter, header.publicKey.parameter) &&
    secretKey.value.activationEpoch === header.activationEpoch &&
    secretKey.value.numActiveEpochs === header.numActiveEpochs &&
    secretKey.value.leftBottomTreeIndex === header.leftBottomTreeIndex
  if (!same) return keyFailure('inconsistent', 'key file: the header is not that of the key in the file')
  return success({ scheme: header.scheme, publicKey, secretKey: secretKey.value })
}

function openBody(
  header: KeyFileHeader,
  prefix: Uint8Array,
  body: Uint8Array,
  passphrase: Passphrase | undefined,
): Result<Uint8Array, KeyError> {
  if (!header.encryption) return success(body)
  if (!passphrase)
    return keyFailure('passphraseNeeded', 'key file: it is encrypted and no passphrase was given')
  const { salt, nonce, cost } = header.encryption
  try {
    return success(xchacha20poly1305(passphrase.deriveKey(salt, cost), nonce, prefix).decrypt(body))
  } catch {
    return keyFailure('wrongPassphrase', 'key file: it does not open with this passphrase')
  }
}

function sameElements(left: Uint32Array, right: Uint32Array): boolean {
  return left.length === right.length && left.every((element, index) => element === right[index])
}
