import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { PRESET } from '@trine/types'
import {
  bottomTreeRange,
  type OpenedKey,
  publicKeyToHex,
  type Scheme,
  type SecretKeyFormat,
  type SignaturePool,
  schemes,
} from '@trine/xmss'
import { removeTemporaryFiles, writeFileAtomic } from '@trine/xmss/node'
import { createPool } from '@trine/xmss/pool'
import { formatDuration } from '../formatDuration.ts'
import { Progress, type ProgressOutput } from '../progress.ts'
import { UserError } from '../userError.ts'
import { parseCount, withFileErrors } from '../userInput.ts'
import { FORMATS, type KeyFolder, openExistingKey, secretKeyFileName, writeKey } from './keyFolder.ts'
import { MANIFEST_NAME, type ManifestEntry, writeManifest } from './manifest.ts'
import { readPassphrase } from './readPassphrase.ts'

export interface GenerateFlags {
  readonly out: string
  readonly count: string
  readonly scheme: string
  readonly activeEpochs?: string
  readonly firstEpoch: string
  readonly passphraseFile?: string
  readonly format?: string
}

const DEFAULT_ACTIVE_EPOCHS = { production: '131072', devnet: '4096', test: '256' } as const

interface Plan {
  readonly folder: KeyFolder
  readonly count: number
  readonly scheme: Scheme
  readonly firstEpoch: number
  readonly activeEpochs: number
}

/**
 * Fills a folder with keys. What is there already and opens is kept; every file appears whole or not at all, so the
 * command can be killed at any time and run again.
 */
export async function generate(flags: GenerateFlags, output: ProgressOutput = process.stderr): Promise<void> {
  await withFileErrors(flags.out, async () => {
    const plan = await readPlan(flags)
    await mkdir(plan.folder.path, { recursive: true })
    await removeTemporaryFiles(plan.folder.path)
    const entries = new Map<number, ManifestEntry>()
    for (let index = 0; index < plan.count; index++) {
      const key = await openExistingKey(plan.folder, index)
      if (!key) continue
      checkExistingKey(plan, index, key)
      await writeKey(plan.folder, index, key)
      entries.set(index, entryOf(plan, index, key))
    }
    const kept = entries.size
    await generateMissing(plan, entries, output)
    const sorted = [...entries.values()].sort((left, right) => left.index - right.index)
    const numActiveEpochs = epochsPerKey(plan)
    const manifest = writeManifest({ scheme: plan.scheme, numActiveEpochs }, sorted)
    await writeFileAtomic(join(plan.folder.path, MANIFEST_NAME), manifest, 'replace', 0o644)
    console.log(`${plan.count} keys in ${plan.folder.path}: ${plan.count - kept} made, ${kept} kept`)
  })
}

async function readPlan(flags: GenerateFlags): Promise<Plan> {
  const count = parseCount('--count', flags.count, 1, PRESET.validatorRegistryLimit)
  if (!Object.hasOwn(schemes, flags.scheme)) {
    throw new UserError(`--scheme: expected ${Object.keys(schemes).join(', ')}, got "${flags.scheme}"`)
  }
  const name = flags.scheme as keyof typeof schemes
  // As leanSig of devnet-1 derives secrets, so that its signers can use the key.
  const scheme: Scheme = { ...schemes[name], prfBytesPerElement: 16 }
  const lifetime = 2 ** scheme.logLifetime
  const firstEpoch = parseCount('--first-epoch', flags.firstEpoch, 0, lifetime - 1)
  const asked = flags.activeEpochs ?? DEFAULT_ACTIVE_EPOCHS[name]
  const activeEpochs = parseCount('--active-epochs', asked, 1, lifetime - firstEpoch)
  const formats = readFormats(flags)
  const passphrase = await readPassphrase(flags.passphraseFile)
  const folder = { path: flags.out, formats, passphrase, salt: randomBytes(32) }
  return { folder, count, scheme, firstEpoch, activeEpochs }
}

function readFormats({ format, passphraseFile }: GenerateFlags): SecretKeyFormat[] {
  const isEncrypted = passphraseFile !== undefined
  const names = (format ?? (isEncrypted ? 'trinekey' : 'ssz')).split(',')
  const unknown = names.find((name) => !FORMATS.includes(name as SecretKeyFormat))
  if (unknown !== undefined) throw new UserError(`--format: expected ${FORMATS.join(', ')}, got "${unknown}"`)
  if (isEncrypted && names.some((name) => name !== 'trinekey')) {
    throw new UserError(
      '--format: ssz and json cannot be encrypted; with --passphrase-file only trinekey is possible',
    )
  }
  return FORMATS.filter((known) => names.includes(known))
}

function checkExistingKey(
  { folder, scheme, firstEpoch, activeEpochs }: Plan,
  index: number,
  key: OpenedKey,
): void {
  const { activationEpoch, numActiveEpochs } = key.secretKey
  const end = activationEpoch + numActiveEpochs
  if (key.scheme.name === scheme.name && activationEpoch <= firstEpoch && end >= firstEpoch + activeEpochs)
    return
  throw new UserError(
    `${folder.path}: validator ${index} has a ${key.scheme.name} key for epochs ${activationEpoch} to ${end - 1}, ` +
      `expected ${scheme.name} and ${firstEpoch} to ${firstEpoch + activeEpochs - 1}; choose another folder`,
  )
}

function entryOf({ folder }: Plan, index: number, key: OpenedKey): ManifestEntry {
  const format = folder.formats[0] as SecretKeyFormat
  return {
    index,
    publicKeyHex: publicKeyToHex(key.publicKey),
    secretKeyFile: secretKeyFileName(index, format),
  }
}

/** Epochs of each key, rounded up to whole bottom trees. */
function epochsPerKey({ scheme, firstEpoch, activeEpochs }: Plan): number {
  const trees = bottomTreeRange(scheme, firstEpoch, activeEpochs)
  if (!trees.ok) throw new UserError(trees.error.message)
  return (trees.value.end - trees.value.start) * 2 ** scheme.logBottomTreeLeaves
}

async function generateMissing(
  plan: Plan,
  entries: Map<number, ManifestEntry>,
  output: ProgressOutput,
): Promise<void> {
  const missing = Array.from({ length: plan.count }, (_, index) => index).filter(
    (index) => !entries.has(index),
  )
  if (missing.length === 0) return
  const perKey = epochsPerKey(plan)
  const progress = new Progress(output, missing.length * perKey)
  const pool = createPool({ scheme: plan.scheme, encoding: 'ssz3112' })
  try {
    for (const [position, index] of missing.entries()) {
      const startedAt = Date.now()
      const label = `key ${position + 1} of ${missing.length}`
      const onProgress = (done: number) => progress.update(position * perKey + done, label)
      const key = await generateOne(pool, plan, onProgress)
      await writeKey(plan.folder, index, key)
      const entry = entryOf(plan, index, key)
      entries.set(index, entry)
      const seconds = formatDuration((Date.now() - startedAt) / 1000)
      progress.line(`validator_${index}  0x${entry.publicKeyHex}  ${seconds}`)
    }
  } finally {
    await pool.close('now')
  }
}

async function generateOne(
  pool: SignaturePool,
  { scheme, firstEpoch, activeEpochs }: Plan,
  onProgress: (done: number) => void,
): Promise<OpenedKey> {
  const job = pool.submitKeyGeneration({
    scheme,
    activationEpoch: firstEpoch,
    numActiveEpochs: activeEpochs,
    seed: randomBytes(32),
    onProgress,
  })
  const result = job.ok ? await job.value.result : job
  if (!result.ok) throw new Error(`key generation: ${result.error.message}`)
  return { scheme, ...result.value }
}
