import { createReadStream } from 'node:fs'
import { type KeyError, keyFailure } from '../keys/error.ts'
import type { OpenedKey } from '../keys/keyFile.ts'
import { openSecretKey } from '../keys/openSecretKey.ts'
import { Passphrase } from '../keys/passphrase.ts'
import { type Result, success } from '../result.ts'

/** Largest key file that is read: the longest JSON key fits. */
const MAX_KEY_FILE_BYTES = 128 * 1024 * 1024
const MAX_PASSPHRASE_BYTES = 4096

/** A file's bytes, if there are at most `maxBytes`. Rejects with Node's error where the file cannot be read. */
export async function readLimited(path: string, maxBytes: number): Promise<Result<Uint8Array, KeyError>> {
  const chunks: Uint8Array[] = []
  for await (const chunk of createReadStream(path, { end: maxBytes, highWaterMark: 2 ** 20 }))
    chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  if (bytes.length > maxBytes) return keyFailure('wrongLength', `expected at most ${maxBytes} bytes`)
  return success(bytes)
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
