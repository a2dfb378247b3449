import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type KeyError, keyFailure } from '../keys/error.ts'
import { encodeKeyFile, type OpenedKey } from '../keys/keyFile.ts'
import { NONCE_BYTES } from '../keys/keyFileHeader.ts'
import { openSecretKey, type SecretKeyFormat } from '../keys/openSecretKey.ts'
import { Passphrase, SALT_BYTES } from '../keys/passphrase.ts'
import { encodeSecretKeyJson } from '../keys/secretKeyJson.ts'
import { encodeSecretKeySsz } from '../keys/secretKeySsz.ts'
import { type Result, success } from '../result.ts'
import { writeFileAtomic } from './atomicFile.ts'

/** Largest key file that is read: the longest JSON key fits. */
const MAX_KEY_FILE_BYTES = 128 * 1024 * 1024
const MAX_PASSPHRASE_BYTES = 4096

/** A file's bytes, if there are at most `maxBytes`. Rejects with Node's error where the file cannot be read. */
export async function readLimited(path: string, maxBytes: number): Promise<Result<Uint8Array, KeyError>> {
  const chunks: Uint8Array[] = []
  for await (const chunk of createReadStream(path, { end: maxBytes, highWaterMark: 2 ** 20 }))
    chunks.push(chunk)
  const { buffer, byteOffset, length } = Buffer.concat(chunks)
  if (length > maxBytes) return keyFailure('wrongLength', `expected at most ${maxBytes} bytes`)
  return success(new Uint8Array(buffer, byteOffset, length))
}

/** Opens a secret key file of any format (see `openSecretKey`). Rejects where the file cannot be read. */
export async function readSecretKeyFile(
  path: string,
  passphrase?: Passphrase,
): Promise<Result<OpenedKey, KeyError>> {
  const bytes = await readLimited(path, MAX_KEY_FILE_BYTES)
  return bytes.ok ? openSecretKey(bytes.value, passphrase) : bytes
}

/** The passphrase in a file: all of it but one line end. Rejects where the file cannot be read. */
export async function readPassphraseFile(path: string): Promise<Result<Passphrase, KeyError>> {
  const bytes = await readLimited(path, MAX_PASSPHRASE_BYTES)
  if (!bytes.ok) return bytes
  const text = new TextDecoder().decode(bytes.value).replace(/\r?\n$/, '')
  if (text === '') return keyFailure('malformed', 'expected a passphrase, the file is empty')
  return success(new Passphrase(text))
}

export interface WriteKeyOptions {
  /** Whether a file that exists is replaced, or makes the call reject with EEXIST. */
  readonly existing: 'create' | 'replace'
  /** Seals the file; only a `trinekey` can be. */
  readonly passphrase?: Passphrase | undefined
  /** 32 random bytes that files written together may share (see Passphrase). */
  readonly salt?: Uint8Array | undefined
}

/** Writes a secret key file for the owner alone, whole or not at all. Rejects where it cannot be written. */
export async function writeSecretKeyFile(
  path: string,
  format: SecretKeyFormat,
  { scheme, secretKey }: Pick<OpenedKey, 'scheme' | 'secretKey'>,
  { existing, passphrase, salt = randomBytes(SALT_BYTES) }: WriteKeyOptions,
): Promise<void> {
  if (passphrase && format !== 'trinekey') throw new RangeError(`a key file in ${format} cannot be encrypted`)
  const lock = passphrase && { passphrase, salt, nonce: randomBytes(NONCE_BYTES) }
  const encode = {
    ssz: () => encodeSecretKeySsz(scheme, secretKey),
    json: () => encodeSecretKeyJson(scheme, secretKey),
    trinekey: () => encodeKeyFile(scheme, secretKey, lock),
  }
  await writeFileAtomic(path, encode[format](), existing)
}
