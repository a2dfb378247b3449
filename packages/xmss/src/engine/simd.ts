import { writeTreeTweak } from '../baseP.ts'
import {
  CAPACITY_LENGTH,
  HASH_LENGTH,
  MESSAGE_HASH_LENGTH,
  PARAMETER_LENGTH,
  RANDOMNESS_LENGTH,
  TWEAK_LENGTH,
} from '../constants.ts'
import { domainSeparator } from '../poseidon2/modes.ts'
import { chainStartInput, randomnessInput } from '../prf.ts'
import type { Scheme } from '../types.ts'
import { type Engine, LANES, type Opening, type SecretParts } from './engine.ts'
import type { Kernels } from './kernels.ts'
import {
  BLOCK_BYTES,
  layOut,
  type MemoryLayout,
  PARENTS_PER_CALL,
  SLOT_WORDS,
  STATE_WORDS,
} from './memory.ts'
import { scheduleChains } from './schedule.ts'

const DIGEST_AT = PARAMETER_LENGTH + TWEAK_LENGTH

/** The engine in WebAssembly: four permutations per instruction. */
export class SimdEngine implements Engine {
  readonly kind = 'simd'
  readonly scheme: Scheme
  readonly #kernels: Kernels
  readonly #at: MemoryLayout
  /** Address of the round constants. */
  readonly #tables: number
  readonly #scratch: number
  readonly #words: Uint32Array
  readonly #bytes: Uint8Array
  readonly #wordsPerElement: number

  constructor(scheme: Scheme, kernels: Kernels) {
    this.scheme = scheme
    this.#kernels = kernels
    this.#at = layOut(kernels.heap.value, scheme)
    this.#tables = kernels[scheme.roundConstantOrder].value
    this.#scratch = kernels.scratch.value
    const missing = this.#at.end - kernels.memory.buffer.byteLength
    if (missing > 0) kernels.memory.grow(Math.ceil(missing / 65536))
    this.#words = new Uint32Array(kernels.memory.buffer)
    this.#bytes = new Uint8Array(kernels.memory.buffer)
    this.#wordsPerElement = scheme.prfBytesPerElement / 8
    const lengths = [PARAMETER_LENGTH, TWEAK_LENGTH, scheme.dimension, HASH_LENGTH]
    this.#write(this.#at.capacity, domainSeparator(lengths, CAPACITY_LENGTH, scheme.roundConstantOrder))
    kernels.toMontgomery(this.#at.capacity, 3)
  }

  hashMessages(inputs: Uint32Array): Uint32Array {
    const count = inputs.length / STATE_WORDS
    const { states } = this.#at
    this.#write(states, inputs)
    this.#kernels.compressStates(states, count === 1 ? 1 : LANES, this.#tables)
    const hashes = new Uint32Array(count * MESSAGE_HASH_LENGTH)
    for (let index = 0; index < count; index++) {
      hashes.set(
        this.#read(states + 4 * STATE_WORDS * index, MESSAGE_HASH_LENGTH),
        index * MESSAGE_HASH_LENGTH,
      )
    }
    return hashes
  }

  randomness(prfKey: Uint8Array, epoch: number, message: Uint8Array): (counter: number) => Uint32Array[] {
    const { attemptBlocks, results } = this.#at
    const input = randomnessInput(prfKey, epoch, message, 0)
    const counterAt = input.length - 8
    for (let lane = 0; lane < LANES; lane++) this.#writeBlock(attemptBlocks, lane, input)
    return (counter) => {
      for (let lane = 0; lane < LANES; lane++) {
        for (let byte = 7, rest = counter + lane; byte >= 0; byte--, rest = Math.floor(rest / 256)) {
          this.#bytes[this.#blockByte(attemptBlocks, lane, counterAt + byte)] = rest % 256
        }
      }
      this.#kernels.randomFour(attemptBlocks, this.#wordsPerElement, results)
      return Array.from({ length: LANES }, (_, lane) =>
        this.#read(results + 4 * HASH_LENGTH * lane, RANDOMNESS_LENGTH).slice(),
      )
    }
  }

  leaves({ prfKey, parameter }: SecretParts, firstEpoch: number, leaves: Uint32Array): void {
    const { dimension, base } = this.scheme
    const { chainBlocks, header, results } = this.#at
    this.#writeSplat(header, parameter)
    this.#kernels.toMontgomery(header, PARAMETER_LENGTH)
    const capacity = this.#read(this.#at.capacity, CAPACITY_LENGTH)
    this.#writeSplat(header + 16 * PARAMETER_LENGTH, capacity)
    this.#writeChainBlocks(prfKey)
    for (let at = 0; at < leaves.length; at += LANES * HASH_LENGTH) {
      const epoch = firstEpoch + at / HASH_LENGTH
      const words = this.#wordsPerElement
      const lastKeyByte = prfKey.at(-1)!
      this.#kernels.leavesFour(
        chainBlocks,
        lastKeyByte,
        epoch,
        header,
        dimension,
        base - 1,
        words,
        results,
        this.#tables,
      )
      leaves.set(this.#read(results, LANES * HASH_LENGTH), at)
    }
    this.forget()
  }

  parents(parameter: Uint32Array, level: number, firstIndex: number, nodes: Uint32Array): Uint32Array {
    const at = this.#at
    const parents = new Uint32Array(nodes.length / 2)
    this.#write(at.parameters, parameter)
    for (let done = 0; done < parents.length / HASH_LENGTH; done += PARENTS_PER_CALL) {
      const part = nodes.subarray(2 * done * HASH_LENGTH, 2 * (done + PARENTS_PER_CALL) * HASH_LENGTH)
      const count = part.length / (2 * HASH_LENGTH)
      this.#write(at.nodes, part)
      this.#kernels.parents(
        at.parameters,
        level,
        firstIndex + done,
        at.nodes,
        count,
        at.parents,
        this.#tables,
      )
      parents.set(this.#read(at.parents, count * HASH_LENGTH), done * HASH_LENGTH)
    }
    return parents
  }

  revealChains({ prfKey, parameter }: SecretParts, epoch: number, codeword: Uint8Array): Uint32Array {
    const { chainBlocks, slots, slotsPerLane } = this.#at
    const kernels = this.#kernels
    for (let slot = 0; slot < slotsPerLane; slot++) this.#startSlot(slot, parameter)
    kernels.toMontgomery(slots, slotsPerLane * 4)
    this.#writeChainBlocks(prfKey)
    const groups = slotsPerLane / LANES
    kernels.chainStarts(chainBlocks, prfKey.at(-1)!, epoch, groups, this.#wordsPerElement, slots)
    codeword.forEach((_, chain) => {
      this.#writeNumber(chain, epoch, chain, 1)
    })
    this.#walk(codeword)
    kernels.fromMontgomery(slots, slotsPerLane * 4)
    const digests = new Uint32Array(codeword.length * HASH_LENGTH)
    codeword.forEach((_, chain) => {
      this.#copyDigest(chain, digests, chain * HASH_LENGTH)
    })
    this.forget()
    return digests
  }

  roots(openings: readonly Opening[]): Uint32Array[] {
    const at = this.#at
    const lanes = openings.length === 1 ? 1 : LANES
    const kernels = this.#kernels
    this.#finishChains(openings)
    openings.forEach((opening, lane) => {
      this.#writeOpening(opening, lane)
    })
    kernels.hashLeaves(
      at.messages,
      at.messageBytes,
      at.messageBlocks,
      at.capacity,
      lanes,
      at.results,
      this.#tables,
    )
    const levels = this.scheme.logLifetime
    const pathBytes = 4 * HASH_LENGTH * levels
    kernels.climb(at.results, at.paths, pathBytes, levels, at.epochs, at.parameters, lanes, this.#tables)
    return openings.map((_, lane) => this.#read(at.results + 4 * HASH_LENGTH * lane, HASH_LENGTH).slice())
  }

  /** Walks all chains of all openings to their ends, in slots: lane j's from slot j * slotsPerLane on. */
  #finishChains(openings: readonly Opening[]): void {
    const { slots, slotsPerLane } = this.#at
    const { base } = this.scheme
    const steps = new Uint8Array(openings.length * slotsPerLane)
    openings.forEach(({ parameter, epoch, codeword, hashes }, lane) => {
      codeword.forEach((digit, chain) => {
        const slot = lane * slotsPerLane + chain
        this.#startSlot(slot, parameter, hashes, chain * HASH_LENGTH)
        this.#writeNumber(slot, epoch, chain, digit + 1)
        steps[slot] = base - 1 - digit
      })
    })
    this.#kernels.toMontgomery(slots, steps.length * 4)
    this.#walk(steps)
  }

  /** Moves slot i on by steps[i]. */
  #walk(steps: Uint8Array): void {
    const { slots, numbers, schedule, slotsPerLane } = this.#at
    const entries = this.#words.subarray(schedule / 4)
    const calls = scheduleChains(steps, LANES * slotsPerLane, entries)
    if (calls > 0) this.#kernels.walkChains(slots, numbers, schedule, calls, this.#tables)
  }

  /** Hands the kernels what is left of an opening once its chains are walked: leaf message, path, epoch. */
  #writeOpening({ parameter, epoch, path }: Opening, lane: number): void {
    const at = this.#at
    const message = at.messages + lane * at.messageBytes
    this.#write(message, parameter)
    writeTreeTweak(0, epoch, this.#words, message / 4 + PARAMETER_LENGTH)
    this.#kernels.toMontgomery(message, 2)
    for (let chain = 0; chain < this.scheme.dimension; chain++) {
      const to = message / 4 + DIGEST_AT + chain * HASH_LENGTH
      this.#copyDigest(lane * at.slotsPerLane + chain, this.#words, to)
    }
    this.#write(at.paths + lane * path.byteLength, path)
    this.#write(at.parameters + lane * 4 * PARAMETER_LENGTH, parameter)
    this.#words[at.epochs / 4 + lane] = epoch
  }

  /** Writes a slot's parameter and, if given, its digest; canonical. */
  #startSlot(slot: number, parameter: Uint32Array, digests?: Uint32Array, from = 0): void {
    const words = this.#words
    const at = this.#at.slots / 4 + slot * SLOT_WORDS
    for (let index = 0; index < PARAMETER_LENGTH; index++) words[at + index] = parameter[index]!
    if (!digests) return
    for (let index = 0; index < HASH_LENGTH; index++) words[at + DIGEST_AT + index] = digests[from + index]!
  }

  #copyDigest(slot: number, to: Uint32Array, at: number): void {
    const from = this.#at.slots / 4 + slot * SLOT_WORDS + DIGEST_AT
    for (let index = 0; index < HASH_LENGTH; index++) to[at + index] = this.#words[from + index]!
  }

  /** The number that a slot's next tweak encodes: epoch << 24 | chain << 16 | step << 8. */
  #writeNumber(slot: number, epoch: number, chain: number, step: number): void {
    const at = this.#at.numbers / 4 + 2 * slot
    this.#words[at] = (epoch << 24) | (chain << 16) | (step << 8)
    this.#words[at + 1] = epoch >>> 8
  }

  #writeChainBlocks(prfKey: Uint8Array): void {
    const input = chainStartInput(prfKey, 0, 0)
    for (let lane = 0; lane < LANES; lane++) this.#writeBlock(this.#at.chainBlocks, lane, input)
  }

  /** Writes an input and SHAKE128's padding as lane 0 to 3 of two pairs of blocks. */
  #writeBlock(blocks: number, lane: number, input: Uint8Array): void {
    const padded = new Uint8Array(BLOCK_BYTES)
    padded.set(input)
    padded[input.length] = 0x1f
    padded[BLOCK_BYTES - 1]! |= 0x80
    for (let index = 0; index < BLOCK_BYTES; index++) {
      this.#bytes[this.#blockByte(blocks, lane, index)] = padded[index]!
    }
    padded.fill(0)
  }

  /** Where a byte of a block is: in a pair, 64-bit words of the two lie side by side. */
  #blockByte(blocks: number, lane: number, index: number): number {
    return blocks + 2 * BLOCK_BYTES * (lane >> 1) + 8 * (lane & 1) + 16 * (index >> 3) + (index & 7)
  }

  #write(address: number, words: Uint32Array): void {
    this.#words.set(words, address / 4)
  }

  /** Every word four times. */
  #writeSplat(address: number, words: Uint32Array): void {
    words.forEach((word, index) => {
      this.#words.fill(word, address / 4 + 4 * index, address / 4 + 4 * (index + 1))
    })
  }

  /** A view: gone with the next call. */
  #read(address: number, length: number): Uint32Array {
    return this.#words.subarray(address / 4, address / 4 + length)
  }

  forget(): void {
    this.#bytes.fill(0, this.#scratch, this.#at.secretsEnd)
  }
}
