import { isDeepStrictEqual } from 'node:util'
import { getHeapStatistics } from 'node:v8'
import fc from 'fast-check'
import {
  bytesEqual,
  type DecodeError,
  decode,
  decodeToView,
  describeDecodeError,
  describeJsonError,
  fromJson,
  type JsonError,
  parseJson,
  type Result,
  stringifyJson,
  toHex,
  toJson,
} from '../../src/index.ts'
import { arbitraryOf } from './arbitraries.ts'
import { mutateBytes, mutateJson, mutateText, Random, randomBytes } from './mutations.ts'
import { ALL_TYPES, type AnyType } from './types.ts'

/** What a run of the fuzzer saw; anything it must not see is thrown with the input that caused it. */
export type FuzzReport = {
  cases: number
  accepted: number
  /** Refusals by error code. */
  readonly refused: Record<string, number>
  slowestMilliseconds: number
  /** Most that one call added to heap and buffers, and how many bytes it was given. */
  largestGrowth: { bytes: number; given: number }
}

/** No call may take longer: the inputs are a few kilobytes. */
const MILLISECONDS_ALLOWED = 1000

/** A call may allocate this much whatever it is given, and this many bytes for each byte given. */
const GROWTH_ALLOWED = 512 * 1024
const GROWTH_ALLOWED_PER_BYTE = 100

const SEEDS_PER_TYPE = 24

type Target = { readonly name: string; readonly type: AnyType; readonly seeds: readonly unknown[] }

/** A fuzzer of every SSZ decoder and of the JSON reader; the same seed makes the same inputs. */
export class Fuzzer {
  readonly report: FuzzReport = {
    cases: 0,
    accepted: 0,
    refused: {},
    slowestMilliseconds: 0,
    largestGrowth: { bytes: 0, given: 0 },
  }
  private readonly random: Random
  private readonly targets: readonly Target[]

  constructor(seed: number, types: typeof ALL_TYPES = ALL_TYPES) {
    this.random = new Random(seed)
    this.targets = types.map(([name, type]) => ({
      name,
      type,
      seeds: fc.sample(arbitraryOf(type), { seed, numRuns: SEEDS_PER_TYPE }),
    }))
  }

  /** `cases` inputs of random or mutated bytes, in turn to each type; each to `decode` and to `decodeToView`. */
  fuzzSsz(cases: number): void {
    for (let index = 0; index < cases; index++) {
      const target = this.targets[index % this.targets.length] as Target
      const input = this.sszInput(target)
      try {
        this.tryBytes(target.type, input)
      } catch (error) {
        throw new Error(`${target.name} given ${toHex(input)}`, { cause: error })
      }
    }
  }

  /** `cases` inputs of mutated JSON, in turn to each type, as values and as text. */
  fuzzJson(cases: number): void {
    for (let index = 0; index < cases; index++) {
      const { name, type, seeds } = this.targets[index % this.targets.length] as Target
      const valid = toJson(type, this.random.of(seeds))
      const json = mutateJson(this.random, valid)
      const text = mutateText(this.random, stringifyJson(valid))
      try {
        this.tryJson(type, json, text.length)
        const parsed = this.measured(text.length, () => parseJson(text))
        if (this.counted(parsed)) this.tryJson(type, parsed.value, text.length)
      } catch (error) {
        throw new Error(`${name} given ${stringifyJson(json)} or the text ${text}`, { cause: error })
      }
    }
  }

  private sszInput({ type, seeds }: Target): Uint8Array {
    const { random } = this
    if (random.below(8) === 0) return randomBytes(random, this.sizeFor(type))
    const valid = type.serialize(random.of(seeds))
    const other = type.serialize(random.of(seeds))
    return random.below(64) === 0 ? valid : mutateBytes(random, valid, other)
  }

  private sizeFor({ minSize, maxSize }: AnyType): number {
    const { random } = this
    if (random.below(4) === 0) return random.below(64)
    return Math.min(maxSize, minSize + random.below(1 + random.below(600)))
  }

  private tryBytes(type: AnyType, bytes: Uint8Array): void {
    const before = bytes.slice()
    const value = this.measured(bytes.length, () => decode(type, bytes))
    const view = this.measured(bytes.length, () => decodeToView(type, bytes))
    expectThat(bytesEqual(bytes, before), 'the input to stay as it was')
    expectThat(value.ok === view.ok, 'value and view to agree')
    if (!this.counted(value) || !view.ok) return
    expectThat(bytesEqual(type.serialize(value.value), bytes), 'the value to encode to the input')
    expectThat(bytesEqual(view.value.serialize(), bytes), 'the view to encode to the input')
    const root = type.hashTreeRoot(value.value)
    expectThat(bytesEqual(view.value.hashTreeRoot(), root), 'value and view to have the same root')
  }

  private tryJson(type: AnyType, json: unknown, textLength: number): void {
    const result = this.measured(textLength, () => fromJson(type, json))
    if (!this.counted(result)) return
    const again = fromJson(type, toJson(type, result.value))
    expectThat(isDeepStrictEqual(again, result), 'JSON of the value to be read as the same value')
    const decoded = decode(type, type.serialize(result.value))
    expectThat(isDeepStrictEqual(decoded, result), 'SSZ of the value to be decoded to the same value')
  }

  /** Counts a result; whether it is a value. Checks that an error is one of ours, and can be told. */
  private counted<Value>(
    result: Result<Value, DecodeError | JsonError>,
  ): result is { ok: true; value: Value } {
    const { report } = this
    report.cases += 1
    if (result.ok) {
      report.accepted += 1
      return true
    }
    const { error } = result
    const line = 'path' in error ? describeJsonError(error) : describeDecodeError(error)
    expectThat(/expected .*, got/s.test(line) && !line.includes('undefined'), `a message, got ${line}`)
    report.refused[error.code] = (report.refused[error.code] ?? 0) + 1
    return false
  }

  /** Runs a call within the bounds of time and memory. */
  private measured<Value>(given: number, call: () => Value): Value {
    const { report } = this
    const allowed = GROWTH_ALLOWED + GROWTH_ALLOWED_PER_BYTE * given
    let { value, milliseconds, growth } = withCost(call)
    // Now and then the engine takes a page or the machine a pause; neither does so again and again.
    for (let tries = 0; tries < 3 && (growth > allowed || milliseconds > MILLISECONDS_ALLOWED); tries++) {
      ;({ value, milliseconds, growth } = withCost(call))
    }
    report.slowestMilliseconds = Math.max(report.slowestMilliseconds, milliseconds)
    if (growth > report.largestGrowth.bytes) report.largestGrowth = { bytes: growth, given }
    expectThat(milliseconds <= MILLISECONDS_ALLOWED, `an answer within a second, took ${milliseconds} ms`)
    expectThat(growth <= allowed, `at most ${allowed} bytes to be allocated, got ${growth}`)
    return value
  }
}

/** What a call returns, how long it took, and how many bytes it added to heap and buffers. */
function withCost<Value>(call: () => Value): { value: Value; milliseconds: number; growth: number } {
  const before = bytesInUse()
  const start = performance.now()
  const value = call()
  return { value, milliseconds: performance.now() - start, growth: bytesInUse() - before }
}

function bytesInUse(): number {
  const { used_heap_size, external_memory } = getHeapStatistics()
  return used_heap_size + external_memory
}

function expectThat(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`expected ${what}`)
}
