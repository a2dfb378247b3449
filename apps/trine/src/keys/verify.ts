import { randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import {
  decodePublicKeyJson,
  encodePublicKey,
  encodePublicKeyMontgomery,
  type OpenedKey,
  type Passphrase,
  publicKeyToHex,
  verifySecretKey,
} from '@trine/xmss'
import { readSecretKeyFile } from '@trine/xmss/node'
import { UserError } from '../userError.ts'
import { withFileErrors } from '../userInput.ts'
import { MANIFEST_NAME, readManifest } from './manifest.ts'
import { readPassphrase } from './readPassphrase.ts'
import { verifyAllTrees } from './verifyAllTrees.ts'

export interface VerifyFlags {
  readonly passphraseFile?: string
  readonly full?: boolean
}

/** Leaves of each stored tree that are computed again from the secret, besides the first and the last. */
const RANDOM_LEAVES = 4

interface Settings {
  readonly passphrase: Passphrase | undefined
  readonly isFull: boolean
}

/**
 * Checks key files without signing, which would spend a one-time key: every stored hash is computed again, from the
 * leaves to the root that is the public key, and some leaves (with --full every one) again from the secret. Prints a
 * line per key; returns whether all is right.
 */
export async function verify(path: string, flags: VerifyFlags): Promise<boolean> {
  return withFileErrors(path, async () => {
    const passphrase = await readPassphrase(flags.passphraseFile)
    const settings = { passphrase, isFull: flags.full === true }
    const isFolder = (await stat(path)).isDirectory()
    return isFolder ? verifyFolder(path, settings) : report(path, await verifyFile(path, settings, undefined))
  })
}

async function verifyFolder(folder: string, settings: Settings): Promise<boolean> {
  const file = join(folder, MANIFEST_NAME)
  if (!existsSync(file)) throw new UserError(`${file}: no such file`)
  const entries = readManifest(file, await readFile(file, 'utf8'))
  const holders = new Map<string, number>()
  let isAllRight = true
  for (const { index, publicKeyHex, secretKeyFile } of entries) {
    const keyFile = join(folder, secretKeyFile)
    const problems = existsSync(keyFile)
      ? await verifyFile(keyFile, settings, publicKeyHex)
      : { failures: ['no such file'], notes: [] }
    const holder = holders.get(publicKeyHex)
    if (holder !== undefined) problems.failures.push(`validator ${holder} has the same public key`)
    holders.set(publicKeyHex, index)
    isAllRight = report(keyFile, problems) && isAllRight
  }
  console.log(`${entries.length} keys in ${file}: ${isAllRight ? 'all right' : 'not all right'}`)
  return isAllRight
}

interface Findings {
  readonly failures: string[]
  readonly notes: string[]
}

function report(file: string, { failures, notes }: Findings): boolean {
  const isRight = failures.length === 0
  console.log(`${isRight ? 'ok  ' : 'FAIL'} ${file}: ${(isRight ? notes : failures).join('; ')}`)
  return isRight
}

async function verifyFile(
  file: string,
  settings: Settings,
  manifestKey: string | undefined,
): Promise<Findings> {
  const opened = await readSecretKeyFile(file, settings.passphrase)
  if (!opened.ok) return { failures: [opened.error.message], notes: [] }
  const key = opened.value
  const failures = [...comparePublicKeys(key, manifestKey), ...(await comparePublicFiles(file, key))]
  const notes: string[] = []
  const epochs = sampleEpochs(key)
  const checked = verifySecretKey(key.scheme, key.secretKey, epochs)
  if (checked.ok) notes.push(`${checked.value.hashes} hashes and ${epochs.length} leaves computed again`)
  else failures.push(checked.error.message)
  if (settings.isFull && failures.length === 0) {
    const wrong = await verifyAllTrees(key)
    if (wrong === undefined) notes.push(`all ${key.secretKey.numActiveEpochs} leaves computed again`)
    else failures.push(wrong)
  }
  const { mode } = await stat(file)
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    notes.push('others may read this file (chmod 600)')
  return { failures, notes }
}

function comparePublicKeys({ publicKey }: OpenedKey, manifestKey: string | undefined): string[] {
  const actual = publicKeyToHex(publicKey)
  if (manifestKey === undefined || manifestKey === actual) return []
  if (manifestKey === Buffer.from(encodePublicKeyMontgomery(publicKey)).toString('hex')) {
    return [
      `the manifest has the public key in Montgomery form (hash-sig-cli until November 2025), expected ${actual}`,
    ]
  }
  return [`the manifest has public key ${manifestKey}, the secret key ${actual}`]
}

/** The public key files beside a secret key, where there are any. */
async function comparePublicFiles(file: string, { publicKey }: OpenedKey): Promise<string[]> {
  const stem = join(dirname(file), basename(file).replace(/_sk\.[a-z]+$/, '_pk'))
  const expected = Buffer.from(encodePublicKey(publicKey))
  const problems: string[] = []
  if (existsSync(`${stem}.ssz`) && !expected.equals(await readFile(`${stem}.ssz`))) {
    problems.push(`${stem}.ssz holds another public key`)
  }
  if (existsSync(`${stem}.json`)) {
    const decoded = decodePublicKeyJson(await readFile(`${stem}.json`, 'utf8'))
    if (!decoded.ok || !expected.equals(encodePublicKey(decoded.value))) {
      problems.push(`${stem}.json ${decoded.ok ? 'holds another public key' : decoded.error.message}`)
    }
  }
  return problems
}

function sampleEpochs({ scheme, secretKey }: OpenedKey): number[] {
  const leaves = 2 ** scheme.logBottomTreeLeaves
  const start = secretKey.leftBottomTreeIndex * leaves
  return [start, start + leaves].flatMap((first) => [
    first,
    first + leaves - 1,
    ...Array.from({ length: RANDOM_LEAVES }, () => first + randomInt(leaves)),
  ])
}
