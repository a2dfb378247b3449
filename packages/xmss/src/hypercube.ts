import { MESSAGE_HASH_LENGTH } from './constants.ts'
import { P } from './field.ts'
import type { Scheme } from './types.ts'

/**
 * Codewords are vertices of the hypercube [base]^dimension (leanSpec xmss/hypercube.py, eprint 2025/889). Layer d
 * holds the vertices whose digits sum to (base - 1) * dimension - d. A message hash becomes a number below the size
 * of layers 0 to finalLayer, which names a layer and a vertex in it; the codeword counts if its digits sum to
 * targetSum.
 *
 * Numbers here are arrays of 16-bit limbs, lowest first, in doubles: products with field elements stay below 2^53.
 */
export type Limbs = Float64Array

const LIMB = 65536

export class Hypercube {
  readonly #scheme: Scheme
  readonly #limbs: number
  /** Layer sizes of each dimension: limbs of layer d of dimension v at (v * layers + d) * limbs. */
  readonly #sizes: Uint16Array
  /** Sizes of layers 0 to d, for d from -1 up. */
  readonly #partSizes: readonly Limbs[]
  /** P^14 to P^0, each modulo the size of the domain. */
  readonly #powers: readonly Limbs[]
  readonly #domain: Limbs
  readonly #domainAsNumber: number

  constructor(scheme: Scheme) {
    const layers = scheme.finalLayer + 1
    const sizes = layerSizes(scheme, layers)
    const parts = [0n]
    for (const size of sizes[scheme.dimension]!) parts.push(parts.at(-1)! + size)
    const domain = parts.at(-1)!
    this.#scheme = scheme
    this.#limbs = Math.ceil(domain.toString(2).length / 16)
    this.#sizes = Uint16Array.from(sizes.flat().flatMap((size) => Array.from(this.toLimbs(size))))
    this.#partSizes = parts.map((part) => this.toLimbs(part))
    this.#powers = Array.from({ length: MESSAGE_HASH_LENGTH }, (_, index) =>
      this.toLimbs(BigInt(P) ** BigInt(MESSAGE_HASH_LENGTH - 1 - index) % domain),
    )
    this.#domain = this.toLimbs(domain)
    this.#domainAsNumber = Number(domain)
  }

  toLimbs(value: bigint): Limbs {
    return Float64Array.from({ length: this.#limbs }, (_, index) =>
      Number((value >> BigInt(16 * index)) & 0xffffn),
    )
  }

  /** A message hash, its first element the most significant digit in base P, modulo the size of the domain. */
  reduce(hash: Uint32Array, at = 0): Limbs {
    const value = new Float64Array(this.#limbs)
    for (let index = 0; index < MESSAGE_HASH_LENGTH; index++) {
      const element = hash[at + index]!
      const power = this.#powers[index]!
      for (let limb = 0; limb < value.length; limb++) value[limb]! += element * power[limb]!
    }
    let estimate = 0
    for (let limb = value.length - 1; limb >= 0; limb--) estimate = estimate * LIMB + value[limb]!
    // At most one too many or too few.
    this.#subtract(value, this.#domain, Math.floor(estimate / this.#domainAsNumber))
    if (value.at(-1)! < 0) this.#subtract(value, this.#domain, -1)
    if (isLess(value, this.#domain)) return value
    return this.#subtract(value, this.#domain, 1)
  }

  /** The layer of a number below the size of the domain, and its place in the layer. */
  findLayer(value: Limbs): { layer: number; offset: Limbs } {
    const layer = this.#partSizes.findIndex((part) => isLess(value, part)) - 1
    return { layer, offset: this.#subtract(value.slice(), this.#partSizes[layer]!, 1) }
  }

  /** The digits of a vertex: `offset` is below the size of the layer. */
  vertex(layer: number, offset: Limbs): Uint8Array {
    const { base, dimension } = this.#scheme
    const digits = new Uint8Array(dimension)
    const rest = offset.slice()
    let distance = layer
    for (let index = 0; index < dimension - 1; index++) {
      const dimensions = dimension - 1 - index
      let step = Math.max(0, distance - (base - 1) * dimensions)
      while (this.#takeAway(rest, dimensions, distance - step)) step++
      digits[index] = base - 1 - step
      distance -= step
    }
    digits[dimension - 1] = base - 1 - distance
    return digits
  }

  /** The codeword of a message hash, or nothing if its digits do not sum to targetSum. */
  codeword(hash: Uint32Array, at = 0): Uint8Array | undefined {
    const { base, dimension, targetSum } = this.#scheme
    const target = (base - 1) * dimension - targetSum
    const value = this.reduce(hash, at)
    const below = this.#partSizes[target]!
    if (isLess(value, below) || !isLess(value, this.#partSizes[target + 1]!)) return undefined
    return this.vertex(target, this.#subtract(value, below, 1))
  }

  /** Subtracts the size of a layer if it is not above `value`; says whether it did. */
  #takeAway(value: Limbs, dimensions: number, layer: number): boolean {
    const limbs = this.#limbs
    const start = (dimensions * (this.#scheme.finalLayer + 1) + layer) * limbs
    const sizes = this.#sizes
    for (let limb = limbs - 1; limb >= 0; limb--) {
      const difference = value[limb]! - sizes[start + limb]!
      if (difference > 0) break
      if (difference < 0) return false
    }
    let borrow = 0
    for (let limb = 0; limb < limbs; limb++) {
      const difference = value[limb]! - sizes[start + limb]! - borrow
      borrow = difference < 0 ? 1 : 0
      value[limb] = difference + borrow * LIMB
    }
    return true
  }

  /** value - times * other in place, limbs normal again; only the top one may be negative. */
  #subtract(value: Limbs, other: Limbs, times: number): Limbs {
    let carry = 0
    for (let limb = 0; limb < value.length; limb++) {
      const difference = value[limb]! - times * other[limb]! + carry
      carry = limb === value.length - 1 ? 0 : Math.floor(difference / LIMB)
      value[limb] = difference - carry * LIMB
    }
    return value
  }
}

/** Compares two numbers whose limbs, but perhaps the top ones, are below 2^16. */
function isLess(left: Limbs, right: Limbs): boolean {
  for (let limb = left.length - 1; limb >= 0; limb--) {
    if (left[limb]! !== right[limb]!) return left[limb]! < right[limb]!
  }
  return false
}

/** sizes[v][d]: vertices in layer d of [base]^v, each a choice of one digit and a vertex of [base]^(v - 1). */
function layerSizes({ base, dimension }: Scheme, layers: number): bigint[][] {
  const sizes: bigint[][] = [Array.from({ length: layers }, (_, layer) => (layer === 0 ? 1n : 0n))]
  for (let v = 1; v <= dimension; v++) {
    const smaller = sizes[v - 1]!
    sizes.push(
      Array.from({ length: layers }, (_, layer) =>
        smaller.slice(Math.max(0, layer - base + 1), layer + 1).reduce((sum, size) => sum + size, 0n),
      ),
    )
  }
  return sizes
}
