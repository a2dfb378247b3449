import {
  decodePublicKey,
  decodeSignature,
  devnet,
  production,
  type SignaturePool,
  test as testScheme,
  type VerifyItem,
  verify,
} from '@trine/xmss'
import { createPool } from '@trine/xmss/pool'

/** What the page found out; the test reads it. */
export interface PageAnswer {
  /** Each signature of the vectors, checked in the page itself. */
  readonly page: readonly boolean[]
  /** The same by Web Workers, followed by the same signatures with one flipped bit. */
  readonly workers: readonly boolean[]
  /** Whether a signature made by a worker with a key made by the workers is valid. */
  readonly own: boolean
  readonly afterClose: string
  readonly hasSimd: boolean
  readonly millisecondsPerSignature: number
}

interface KeyVector {
  readonly public_key: string
  readonly signatures: readonly { epoch: number; message: string; signature: string }[]
}

const fromHex = (hex: string) =>
  Uint8Array.from(hex.slice(2).match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))

async function readItems(): Promise<VerifyItem[]> {
  const { public_key, signatures } = (await (await fetch('./key.json')).json()) as KeyVector
  return signatures.map(({ epoch, message, signature }) => ({
    publicKey: fromHex(public_key),
    epoch,
    message: fromHex(message),
    signature: fromHex(signature),
  }))
}

function verifyHere({ publicKey, epoch, message, signature }: VerifyItem): boolean {
  const key = decodePublicKey(publicKey)
  const decoded = decodeSignature(production, signature, 'padded')
  return key.ok && decoded.ok && verify(production, key.value, epoch, message, decoded.value)
}

function flipped(item: VerifyItem): VerifyItem {
  const signature = item.signature.slice()
  signature[2000]! ^= 4
  return { ...item, signature }
}

async function verifyByWorkers(pool: SignaturePool, items: readonly VerifyItem[]): Promise<boolean[]> {
  const job = pool.submitVerify(items)
  const answer = job.ok ? await job.value.result : job
  if (!answer.ok) throw new Error(answer.error.message)
  return answer.value
}

/** Makes a key and a signature with it, all by workers, and checks it in the page. */
async function signAndVerify(): Promise<boolean> {
  const pool = createPool({ scheme: testScheme, encoding: 'ssz', workers: 2 })
  const seed = crypto.getRandomValues(new Uint8Array(32))
  const making = pool.submitKeyGeneration({
    scheme: testScheme,
    activationEpoch: 0,
    numActiveEpochs: 64,
    seed,
  })
  const made = making.ok ? await making.value.result : making
  if (!made.ok) throw new Error(made.error.message)
  const keyId = pool.addKey({ scheme: testScheme, ...made.value })
  const message = new Uint8Array(32).fill(7)
  const signing = pool.submitSign({ keyId, epoch: 40, message })
  const signed = signing.ok ? await signing.value.result : signing
  if (!signed.ok) throw new Error(signed.error.message)
  await pool.close()
  const signature = decodeSignature(testScheme, signed.value, 'ssz')
  return signature.ok && verify(testScheme, made.value.publicKey, 40, message, signature.value)
}

async function answer(): Promise<PageAnswer> {
  const items = await readItems()
  const page = items.map(verifyHere)
  const pool = createPool({ scheme: devnet, encoding: 'padded', workers: 2 })
  const workers = await verifyByWorkers(pool, [...items, ...items.map(flipped)])
  const many = Array.from({ length: 20 }, () => items).flat()
  const startedAt = performance.now()
  await verifyByWorkers(pool, many)
  const millisecondsPerSignature = (performance.now() - startedAt) / many.length
  await pool.close()
  const late = pool.submitVerify(items)
  return {
    page,
    workers,
    own: await signAndVerify(),
    afterClose: late.ok ? 'taken' : late.error.code,
    hasSimd: WebAssembly.validate(SIMD_PROBE),
    millisecondsPerSignature,
  }
}

/** A module of one function that makes a v128: valid only where SIMD is. */
const SIMD_PROBE = Uint8Array.of(
  ...[
    0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98,
    11,
  ],
)

const output = document.querySelector('#answer') as HTMLElement
try {
  output.textContent = JSON.stringify(await answer())
} catch (error) {
  output.textContent = JSON.stringify({ error: String(error) })
}
