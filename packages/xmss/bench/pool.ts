/**
 * The worker pool: checking, signing and key generation on one worker and on all, and how long key files take to open.
 * `npm run bench -- pool [--json FILE]`; it is also the last part of `npm run bench -- xmss`.
 */
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { measure, printTable, type Row, threeDigits, writeJson } from '../../../scripts/benchKit.ts'
import {
  decodeSignature,
  devnet as devnetPreset,
  encodeKeyFile,
  encodePublicKey,
  encodeSecretKeyJson,
  encodeSecretKeySsz,
  encodeSignature,
  type KeyPair,
  keyGen,
  openSecretKey,
  Passphrase,
  production,
  type SignaturePool,
  type Submission,
  sign,
  type VerifyItem,
  verifyBatch,
  verifySecretKey,
} from '../src/index.ts'
import { createPool } from '../src/pool/node.ts'

const CORES = availableParallelism()
const ENCODING = 'ssz3112'
const devnet = { ...devnetPreset, prfBytesPerElement: 16 as const }
const productionScheme = { ...production, prfBytesPerElement: 16 as const }
const SIGNATURES = 256
const message = new Uint8Array(32).fill(1)

function result<Value>(submission: Submission<Value>): Promise<Value> {
  if (!submission.ok) throw new Error(submission.error.message)
  return submission.value.result.then((answer) => {
    if (!answer.ok) throw new Error(answer.error.message)
    return answer.value
  })
}

/** Wall and processor time of `run`, in microseconds per operation; best of some rounds. */
async function time(operations: number, run: () => Promise<unknown>, rounds = 5) {
  const wall: number[] = []
  const processor: number[] = []
  await run()
  for (let round = 0; round < rounds; round++) {
    const usage = process.cpuUsage()
    const began = performance.now()
    await run()
    wall.push(((performance.now() - began) * 1000) / operations)
    const { user, system } = process.cpuUsage(usage)
    processor.push((user + system) / operations)
  }
  return { wall: threeDigits(Math.min(...wall)), processor: threeDigits(Math.min(...processor)) }
}

function makeItems({ publicKey, secretKey }: KeyPair): VerifyItem[] {
  return Array.from({ length: SIGNATURES }, (_, epoch) => {
    const signature = sign(devnet, secretKey, epoch, message)
    if (!signature.ok) throw new Error(signature.error.message)
    const bytes = encodeSignature(devnet, signature.value, ENCODING)
    return { publicKey: encodePublicKey(publicKey), epoch, message, signature: bytes }
  })
}

async function verifyRows(
  pool: SignaturePool,
  workers: number,
  items: readonly VerifyItem[],
): Promise<Row[]> {
  const block = await time(items.length * 8, async () => {
    const jobs = Array.from({ length: 8 }, () => result(pool.submitVerify(items)))
    for (const valid of await Promise.all(jobs))
      if (valid.includes(false)) throw new Error('a signature failed')
  })
  const callers = await time(items.length, () =>
    Promise.all(items.map((item) => result(pool.submitVerify([item])))),
  )
  const alone = await time(100, async () => {
    for (const item of items.slice(0, 100)) await result(pool.submitVerify([item]))
  })
  return [
    row('check, blocks of 256', workers, block),
    row('check, 256 callers', workers, callers),
    row('check one, there and back', workers, alone),
  ]
}

async function signRows(pool: SignaturePool, workers: number, key: KeyPair): Promise<Row[]> {
  const keyId = pool.addKey({ scheme: devnet, ...key })
  const many = await time(SIGNATURES, () =>
    Promise.all(
      Array.from({ length: SIGNATURES }, (_, epoch) => result(pool.submitSign({ keyId, epoch, message }))),
    ),
  )
  const alone = await time(100, async () => {
    for (let epoch = 0; epoch < 100; epoch++) await result(pool.submitSign({ keyId, epoch, message }))
  })
  return [row('sign, 256 callers', workers, many), row('sign one, there and back', workers, alone)]
}

function row(what: string, workers: number, { wall, processor }: { wall: number; processor: number }): Row {
  return { what, workers, 'us each': wall, 'us of processor each': processor }
}

async function keyRow(pool: SignaturePool, workers: number): Promise<Row> {
  const epochs = 4096
  const request = { scheme: devnet, activationEpoch: 0, numActiveEpochs: epochs, seed: message }
  const timing = await time(epochs, () => result(pool.submitKeyGeneration(request)), 3)
  return row('key generation, per epoch', workers, timing)
}

async function rowsOf(workers: number, key: KeyPair, items: readonly VerifyItem[]): Promise<Row[]> {
  const pool = createPool({ scheme: devnet, encoding: ENCODING, workers })
  try {
    return [
      ...(await verifyRows(pool, workers, items)),
      ...(await signRows(pool, workers, key)),
      await keyRow(pool, workers),
    ]
  } finally {
    await pool.close()
  }
}

/** The same without a pool, in this thread: what the pool costs is the difference. */
async function directRows(items: readonly VerifyItem[], { publicKey, secretKey }: KeyPair): Promise<Row[]> {
  const decode = () =>
    items.map((item) => {
      const signature = decodeSignature(devnet, item.signature, ENCODING)
      if (!signature.ok) throw new Error(signature.error.message)
      return { publicKey, epoch: item.epoch, message, signature: signature.value }
    })
  const decoded = decode()
  const batch = await time(items.length, async () => verifyBatch(devnet, decoded))
  const decoding = await time(items.length, async () => decode())
  const signing = await time(SIGNATURES, async () => {
    for (let epoch = 0; epoch < SIGNATURES; epoch++) sign(devnet, secretKey, epoch, message)
  })
  return [row('check, decoded, in batches', 0, batch), row('decode', 0, decoding), row('sign', 0, signing)]
}

/** A minimal production key on all cores, and what its files take to open. */
async function productionRows(): Promise<{ seconds: number; processorSeconds: number; files: Row[] }> {
  const pool = createPool({ scheme: productionScheme, encoding: ENCODING })
  const began = performance.now()
  const usage = process.cpuUsage()
  const request = { scheme: productionScheme, activationEpoch: 0, numActiveEpochs: 2 ** 17, seed: message }
  const { secretKey } = await result(pool.submitKeyGeneration(request))
  const seconds = threeDigits((performance.now() - began) / 1000)
  const { user, system } = process.cpuUsage(usage)
  const processorSeconds = threeDigits((user + system) / 1e6)
  await pool.close()
  const passphrase = new Passphrase('bench')
  const lock = { passphrase, salt: new Uint8Array(32), nonce: new Uint8Array(24) }
  const formats: [string, Uint8Array][] = [
    ['ssz', encodeSecretKeySsz(productionScheme, secretKey)],
    ['trinekey', encodeKeyFile(productionScheme, secretKey)],
    ['trinekey, encrypted, key derived before', encodeKeyFile(productionScheme, secretKey, lock)],
    ['json', new TextEncoder().encode(encodeSecretKeyJson(productionScheme, secretKey))],
  ]
  const files = formats.map(([format, bytes]): Row => {
    const { median } = measure({ run: () => openSecretKey(bytes, passphrase), rounds: 5, warmups: 1 })
    return { format, 'open, ms': threeDigits(median), MB: threeDigits(bytes.length / 1e6) }
  })
  const { median } = measure({
    run: () => verifySecretKey(productionScheme, secretKey, [0]),
    rounds: 3,
    warmups: 1,
  })
  return {
    seconds,
    processorSeconds,
    files: [...files, { format: 'all hashes again', 'open, ms': threeDigits(median), MB: '' }],
  }
}

/** Measures and prints everything; gives the figures. */
export async function benchPool(): Promise<unknown> {
  const key = await keyGen(devnet, 0, 2048, { seed: message })
  if (!key.ok) throw new Error(key.error.message)
  const items = makeItems(key.value)
  const rows = await directRows(items, key.value)
  for (const workers of new Set([1, CORES])) rows.push(...(await rowsOf(workers, key.value, items)))
  printTable('Worker pool (0 workers: in this thread, without a pool)', rows)
  const { seconds, processorSeconds, files } = await productionRows()
  console.log(
    `\nminimal production key (131,072 epochs) on ${CORES} cores: ${seconds} s (${processorSeconds} s of processor time)`,
  )
  printTable('Opening the key files of a minimal production key', files)
  return { rows, productionKey: { seconds, processorSeconds }, files }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeJson('pool', await benchPool())
