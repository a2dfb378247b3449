import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  encodePublicKey,
  encodePublicKeyJson,
  type OpenedKey,
  type Passphrase,
  publicKeyToHex,
  type SecretKeyFormat,
  verifySecretKey,
} from '@trine/xmss'
import { readSecretKeyFile, writeFileAtomic, writeSecretKeyFile } from '@trine/xmss/node'
import { UserError } from '../userError.ts'
import { orUserError } from '../userInput.ts'

/** In the order in which the manifest prefers them. */
export const FORMATS: readonly SecretKeyFormat[] = ['ssz', 'json', 'trinekey']

export interface KeyFolder {
  readonly path: string
  readonly formats: readonly SecretKeyFormat[]
  readonly passphrase: Passphrase | undefined
  /** One for all files of a run: a start then derives one key for all of them. */
  readonly salt: Uint8Array
}

export function secretKeyFileName(index: number, format: SecretKeyFormat): string {
  return `validator_${index}_sk.${format}`
}

/** The key of a validator that the folder has already, whole and in whatever format; undefined if there is none. */
export async function openExistingKey(folder: KeyFolder, index: number): Promise<OpenedKey | undefined> {
  let found: OpenedKey | undefined
  for (const format of FORMATS) {
    const file = join(folder.path, secretKeyFileName(index, format))
    if (!existsSync(file)) continue
    const key = orUserError(file, await readSecretKeyFile(file, folder.passphrase))
    orUserError(file, verifySecretKey(key.scheme, key.secretKey, []))
    if (found && publicKeyToHex(found.publicKey) !== publicKeyToHex(key.publicKey)) {
      throw new UserError(`${file}: holds another key than the other files of validator ${index}`)
    }
    found ??= key
  }
  return found
}

/** Writes what is missing of a validator's files. An existing secret key is never replaced. */
export async function writeKey(folder: KeyFolder, index: number, key: OpenedKey): Promise<void> {
  for (const format of folder.formats) {
    const file = join(folder.path, secretKeyFileName(index, format))
    if (existsSync(file)) continue
    const { passphrase, salt } = folder
    await writeSecretKeyFile(file, format, key, { existing: 'create', passphrase, salt })
  }
  const publicFiles = [
    [`validator_${index}_pk.ssz`, encodePublicKey(key.publicKey)],
    [`validator_${index}_pk.json`, encodePublicKeyJson(key.publicKey)],
  ] as const
  for (const [name, content] of publicFiles) {
    const file = join(folder.path, name)
    if (!existsSync(file)) await writeFileAtomic(file, content, 'replace', 0o644)
  }
}
