import { shake128 } from '@noble/hashes/sha3.js'
import { writeChainTweak, writeTreeTweak } from '../baseP.ts'
import {
  CAPACITY_LENGTH,
  HASH_LENGTH,
  MESSAGE_HASH_LENGTH,
  PARAMETER_LENGTH,
  RANDOMNESS_LENGTH,
  TWEAK_LENGTH,
} from '../constants.ts'
import { elementFromBigEndian } from '../field.ts'
import { MESSAGE_INPUT_LENGTH } from '../messageHash.ts'
import { compress, domainSeparator, sponge } from '../poseidon2/modes.ts'
import { chainStartInput, randomnessInput } from '../prf.ts'
import type { Scheme } from '../types.ts'
import { type Engine, LANES, type Opening, type SecretParts } from './engine.ts'

const HEADER_LENGTH = PARAMETER_LENGTH + TWEAK_LENGTH

/** The engine in plain TypeScript: the readable reference, and the fallback where WebAssembly SIMD is missing. */
export class PlainEngine implements Engine {
  readonly kind = 'plain'
  readonly scheme: Scheme
  readonly #capacity: Uint32Array

  constructor(scheme: Scheme) {
    this.scheme = scheme
    const lengths = [PARAMETER_LENGTH, TWEAK_LENGTH, scheme.dimension, HASH_LENGTH]
    this.#capacity = domainSeparator(lengths, CAPACITY_LENGTH, scheme.roundConstantOrder)
  }

  hashMessages(inputs: Uint32Array): Uint32Array {
    const count = inputs.length / MESSAGE_INPUT_LENGTH
    const hashes = new Uint32Array(count * MESSAGE_HASH_LENGTH)
    for (let index = 0; index < count; index++) {
      const input = inputs.subarray(index * MESSAGE_INPUT_LENGTH, (index + 1) * MESSAGE_INPUT_LENGTH)
      const hash = compress(input, 24, MESSAGE_HASH_LENGTH, this.scheme.roundConstantOrder)
      hashes.set(hash, index * MESSAGE_HASH_LENGTH)
    }
    return hashes
  }

  randomness(prfKey: Uint8Array, epoch: number, message: Uint8Array): (counter: number) => Uint32Array[] {
    return (counter) =>
      Array.from({ length: LANES }, (_, lane) =>
        this.#elements(randomnessInput(prfKey, epoch, message, counter + lane), RANDOMNESS_LENGTH),
      )
  }

  leaves(secret: SecretParts, firstEpoch: number, leaves: Uint32Array): void {
    const { base, dimension } = this.scheme
    const ends = new Uint8Array(dimension).fill(base - 1)
    for (let index = 0; index < leaves.length / HASH_LENGTH; index++) {
      const epoch = firstEpoch + index
      const leaf = this.#leaf(secret.parameter, epoch, this.revealChains(secret, epoch, ends))
      leaves.set(leaf, index * HASH_LENGTH)
    }
  }

  parents(parameter: Uint32Array, level: number, firstIndex: number, nodes: Uint32Array): Uint32Array {
    const parents = new Uint32Array(nodes.length / 2)
    for (let index = 0; index < parents.length / HASH_LENGTH; index++) {
      const children = nodes.subarray(2 * index * HASH_LENGTH, 2 * (index + 1) * HASH_LENGTH)
      parents.set(this.#parent(parameter, level, firstIndex + index, children), index * HASH_LENGTH)
    }
    return parents
  }

  revealChains({ prfKey, parameter }: SecretParts, epoch: number, codeword: Uint8Array): Uint32Array {
    const digests = new Uint32Array(this.scheme.dimension * HASH_LENGTH)
    codeword.forEach((steps, chain) => {
      const start = this.#elements(chainStartInput(prfKey, epoch, chain), HASH_LENGTH)
      digests.set(this.walk(parameter, epoch, chain, 0, steps, start), chain * HASH_LENGTH)
    })
    return digests
  }

  roots(openings: readonly Opening[]): Uint32Array[] {
    return openings.map(({ parameter, epoch, codeword, hashes, path }) => {
      const ends = hashes.slice()
      codeword.forEach((digit, chain) => {
        const digest = ends.subarray(chain * HASH_LENGTH, (chain + 1) * HASH_LENGTH)
        digest.set(this.walk(parameter, epoch, chain, digit, this.scheme.base - 1 - digit, digest))
      })
      return this.#climb(parameter, epoch, this.#leaf(parameter, epoch, ends), path)
    })
  }

  /** Nothing to do: secrets are in the garbage collector's hands. */
  forget(): void {}

  /** Walks a chain on from where it is, after `from` steps. */
  walk(
    parameter: Uint32Array,
    epoch: number,
    chain: number,
    from: number,
    steps: number,
    digest: Uint32Array,
  ): Uint32Array {
    const input = this.#header(parameter, HASH_LENGTH)
    input.set(digest, HEADER_LENGTH)
    for (let step = from + 1; step <= from + steps; step++) {
      writeChainTweak(epoch, chain, step, input, PARAMETER_LENGTH)
      input.set(compress(input, 16, HASH_LENGTH, this.scheme.roundConstantOrder), HEADER_LENGTH)
    }
    return input.slice(HEADER_LENGTH)
  }

  /** The leaf of an epoch: the sponge over its chain ends. */
  #leaf(parameter: Uint32Array, epoch: number, ends: Uint32Array): Uint32Array {
    const input = this.#header(parameter, ends.length)
    writeTreeTweak(0, epoch, input, PARAMETER_LENGTH)
    input.set(ends, HEADER_LENGTH)
    return sponge(input, this.#capacity, HASH_LENGTH, this.scheme.roundConstantOrder)
  }

  #parent(parameter: Uint32Array, level: number, index: number, children: Uint32Array): Uint32Array {
    const input = this.#header(parameter, children.length)
    writeTreeTweak(level, index, input, PARAMETER_LENGTH)
    input.set(children, HEADER_LENGTH)
    return compress(input, 24, HASH_LENGTH, this.scheme.roundConstantOrder)
  }

  #climb(parameter: Uint32Array, epoch: number, leaf: Uint32Array, path: Uint32Array): Uint32Array {
    const children = new Uint32Array(2 * HASH_LENGTH)
    let node = leaf
    for (let below = 0, position = epoch; below < path.length / HASH_LENGTH; below++) {
      const isRight = position % 2
      children.set(node, isRight * HASH_LENGTH)
      children.set(path.subarray(below * HASH_LENGTH, (below + 1) * HASH_LENGTH), (1 - isRight) * HASH_LENGTH)
      position = Math.floor(position / 2)
      node = this.#parent(parameter, below + 1, position, children)
    }
    return node
  }

  /** A new hash input that starts with the parameter and leaves room for a tweak and `length` elements. */
  #header(parameter: Uint32Array, length: number): Uint32Array {
    const input = new Uint32Array(HEADER_LENGTH + length)
    input.set(parameter)
    return input
  }

  #elements(input: Uint8Array, length: number): Uint32Array {
    const size = this.scheme.prfBytesPerElement
    const bytes = shake128(input, { dkLen: size * length })
    return Uint32Array.from({ length }, (_, index) => elementFromBigEndian(bytes, index * size, size))
  }
}
