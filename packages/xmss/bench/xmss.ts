/**
 * Permutations, whole operations on one core, then the worker pool: `npm run bench -- xmss [--json FILE]`.
 * Aims and the figures of leanSig (Rust, measured on two Xeon vCPUs with AVX-512) stand beside ours.
 */
import { measure, printTable, type Row, threeDigits, writeJson } from '../../../scripts/benchKit.ts'
import {
  computeLeaves,
  decodePublicKey,
  decodeSignature,
  devnet,
  encodePublicKey,
  encodeSignature,
  type KeyPair,
  keyGen,
  production,
  type Signature,
  sign,
  verify,
  verifyBatch,
} from '../src/index.ts'
import { createSimdEngine, PlainEngine, permute, RawKernels } from '../src/internals.ts'
import { benchPool } from './pool.ts'

const SIGNATURES = 256
const ORDER = 'plonky3'
const message = new Uint8Array(32).fill(1)

/** Microseconds per operation. */
function each(operations: number, run: () => unknown, rounds = 15) {
  const { median, minimum } = measure({ run, rounds })
  return {
    median: threeDigits((median * 1000) / operations),
    best: threeDigits((minimum * 1000) / operations),
  }
}

function permutationRows(): Row[] {
  const kernels = RawKernels.create()
  if (!kernels) throw new Error('this machine has no WebAssembly SIMD')
  const count = 2000
  const repeat = (run: () => void) => () => {
    for (let index = 0; index < count; index++) run()
  }
  const address = kernels.kernels.heap.value
  const tables = kernels.kernels[ORDER].value
  const plainStates = { 16: new Uint32Array(16), 24: new Uint32Array(24) }
  const rows = ([16, 24] as const).flatMap((width) => {
    const four = each(
      4 * count,
      repeat(() => kernels.permuteAt(width, address, ORDER)),
    )
    const plain = each(
      count,
      repeat(() => permute(plainStates[width], ORDER)),
      5,
    )
    return [
      permutationRow(`width ${width}, SIMD, four at a time`, four.median, plain.median),
      permutationRow(`width ${width}, plain TypeScript`, plain.median, plain.median),
    ]
  })
  const one = each(
    count,
    repeat(() => kernels.kernels.permuteStates(address, 1, tables)),
  )
  const plain24 = Number(rows[3]!['us each'])
  return [...rows, permutationRow('width 24, SIMD, one alone', one.median, plain24)]
}

function permutationRow(permutation: string, microseconds: number, plain: number): Row {
  return {
    permutation,
    'us each': microseconds,
    'per second': Math.round(1e6 / microseconds),
    'times plain': threeDigits(plain / microseconds),
  }
}

interface Signed {
  readonly epoch: number
  readonly signature: Signature
}

function signedBy({ secretKey }: KeyPair): Signed[] {
  return Array.from({ length: SIGNATURES }, (_, epoch) => {
    const signature = sign(devnet, secretKey, epoch, message)
    if (!signature.ok) throw new Error(signature.error.message)
    return { epoch, signature: signature.value }
  })
}

function operationRows(key: KeyPair): Row[] {
  const { publicKey, secretKey } = key
  const signed = signedBy(key)
  const items = signed.map(({ epoch, signature }) => ({ publicKey, epoch, message, signature }))
  const bytes = signed.map(({ signature }) => encodeSignature(production, signature, 'ssz3112'))
  const keyBytes = encodePublicKey(publicKey)
  const expectAll = (answers: readonly boolean[]) => {
    if (answers.includes(false)) throw new Error('a signature failed')
  }
  const one = () =>
    expectAll(items.map(({ epoch, signature }) => verify(production, publicKey, epoch, message, signature)))
  const oneFromBytes = () =>
    expectAll(
      bytes.map((encoded, epoch) => {
        const root = decodePublicKey(keyBytes)
        const signature = decodeSignature(production, encoded, 'ssz3112')
        return root.ok && signature.ok && verify(production, root.value, epoch, message, signature.value)
      }),
    )
  const signing = () => {
    for (const { epoch } of signed) sign(devnet, secretKey, epoch, message)
  }
  const leaves = () => computeLeaves(production, secretKey.prfKey, secretKey.parameter, 0, SIGNATURES)
  const leaf = each(SIGNATURES, leaves, 7)
  return [
    operationRow('verify one', each(SIGNATURES, one), 160, 262),
    operationRow('verify one, from bytes', each(SIGNATURES, oneFromBytes), 160, 262),
    operationRow(
      'verify in batches',
      each(SIGNATURES, () => expectAll(verifyBatch(production, items))),
      80,
    ),
    operationRow('sign', each(SIGNATURES, signing), 300, 1340),
    operationRow(
      'key generation, 1,000 epochs',
      { median: 1000 * leaf.median, best: 1000 * leaf.best },
      195_000,
      194_000,
    ),
  ]
}

function operationRow(
  operation: string,
  { median, best }: { median: number; best: number },
  aim: number,
  rust?: number,
): Row {
  return { operation, us: median, best, aim, 'leanSig (Rust)': rust ?? '' }
}

/** The same work in plain TypeScript, which machines without WebAssembly SIMD fall back to. */
function engineRows(key: KeyPair): Row[] {
  const { prfKey, parameter } = key.secretKey
  const { path, hashes } = signedBy(key)[0]!.signature
  const codeword = new Uint8Array(production.dimension).fill(production.base - 2)
  const openings = Array.from({ length: 4 }, (_, epoch) => ({ parameter, epoch, codeword, hashes, path }))
  const leaves = new Uint32Array(8 * 4)
  return [createSimdEngine(production)!, new PlainEngine(production)].map((engine) => ({
    engine: engine.kind,
    'root of one, us': each(1, () => engine.roots(openings.slice(0, 1)), 9).median,
    'roots of four, us': each(1, () => engine.roots(openings), 9).median,
    'four leaves, us': each(1, () => engine.leaves({ prfKey, parameter }, 0, leaves), 5).median,
  }))
}

/** The first calls in a fresh process, before the engine has optimised: measured before everything else. */
async function coldRows(): Promise<{ rows: Row[]; key: KeyPair }> {
  const step = async <Value>(what: string, run: () => Value | Promise<Value>) => {
    const began = performance.now()
    const value = await run()
    return { row: { step: what, ms: threeDigits(performance.now() - began) }, value }
  }
  const load = await step('module and tables', () => createSimdEngine(production))
  const made = await step('key of 2,048 epochs', () => keyGen(devnet, 0, 2048, { seed: message }))
  if (!made.value.ok) throw new Error(made.value.error.message)
  const key = made.value.value
  const first = await step('first signature', () => sign(devnet, key.secretKey, 0, message))
  if (!first.value.ok) throw new Error(first.value.error.message)
  const { value: signature } = first.value
  const check = () => verify(production, key.publicKey, 0, message, signature)
  const checks = [await step('first verification', check), await step('second verification', check)]
  return { rows: [load, made, first, ...checks].map(({ row }) => row), key }
}

const { rows: cold, key } = await coldRows()
printTable('First calls of the process', cold)
const permutations = permutationRows()
printTable('Poseidon2 permutations', permutations)
const operations = operationRows(key)
printTable('Whole operations on one core, production parameters', operations)
const engines = engineRows(key)
printTable('With and without WebAssembly SIMD', engines)
writeJson('xmss', { cold, permutations, operations, engines, pool: await benchPool() })
