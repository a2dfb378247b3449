import { MESSAGE_HASH_LENGTH } from './constants.ts'
import { P } from './field.ts'
import type { Scheme } from './types.ts'

/**
 * Codewords are vertices of the hypercube [base]^dimension (leanSpec xmss/hypercube.py, eprint 2025/889). Layer d
 * holds the vertices whose digits sum to (base - 1) * dimension - d. A message hash becomes a number below the size
 * of layers 0 to finalLayer, which names a layer and a vertex in it; the codeword counts if its digits sum to
 * targetSum.
 *
 * Numbers are arrays of 48-bit limbs in doubles, lowest first.
 */
export type Limbs = Float64Array

const LIMB_BITS = 48
const LIMB = 2 ** LIMB_BITS
/** While a hash is reduced, limbs have 16 bits: their products with field elements stay below 2^53. */
const NARROW_BITS = 16
const NARROW = 2 ** NARROW_BITS
const NARROW_PER_LIMB = LIMB_BITS / NARROW_BITS

export class Hypercube {
  readonly #scheme: Scheme
  readonly #limbs: number
  /** Layer sizes of each dimension: layer d of dimension v is at (v * layers + d) * limbs. */
  readonly #sizes: Float64Array
  /** Sizes of layers 0 to d, for d from -1 up. */
  readonly #partSizes: readonly Limbs[]
  /** P^14 to P^0, each modulo the size of the domain, and that size; narrow limbs. */
  readonly #powers: readonly Limbs[]
  readonly #domain: Limbs
  readonly #domainAsNumber: number

  constructor(scheme: Scheme) {
    const sizes = layerSizes(scheme, scheme.finalLayer + 1)
    const parts = [0n]
    for (const size of sizes[scheme.dimension]!) parts.push(parts.at(-1)! + size)
    const domain = parts.at(-1)!
    this.#scheme = scheme
    this.#limbs = Math.ceil(domain.toString(2).length / LIMB_BITS)
    this.#sizes = Float64Array.from(sizes.flat().flatMap((size) => Array.from(this.toLimbs(size))))
    this.#partSizes = parts.map((part) => this.toLimbs(part))
    const narrow = (value: bigint) => limbsOf(value, NARROW_BITS, this.#limbs * NARROW_PER_LIMB)
    this.#powers = Array.from({ length: MESSAGE_HASH_LENGTH }, (_, index) =>
      narrow(BigInt(P) ** BigInt(MESSAGE_HASH_LENGTH - 1 - index) % domain),
    )
    this.#domain = narrow(domain)
    this.#domainAsNumber = Number(domain)
  }

  toLimbs(value: bigint): Limbs {
    return limbsOf(value, LIMB_BITS, this.#limbs)
  }

  /** A message hash, its first element the most significant digit in base P, modulo the size of the domain. */
  reduce(hash: Uint32Array, at = 0): Limbs {
    const domain = this.#domain
    const value = new Float64Array(domain.length)
    for (let index = 0; index < MESSAGE_HASH_LENGTH; index++) {
      const element = hash[at + index]!
      const power = this.#powers[index]!
      for (let limb = 0; limb < value.length; limb++) value[limb]! += element * power[limb]!
    }
    let estimate = 0
    for (let limb = value.length - 1; limb >= 0; limb--) estimate = estimate * NARROW + value[limb]!
    // At most one too many or too few.
    subtractMultiple(value, domain, Math.floor(estimate / this.#domainAsNumber))
    if (value.at(-1)! < 0) subtractMultiple(value, domain, -1)
    if (!isLess(value, domain)) subtractMultiple(value, domain, 1)
    return Float64Array.from({ length: this.#limbs }, (_, limb) => {
      const first = NARROW_PER_LIMB * limb
      return value[first]! + value[first + 1]! * NARROW + value[first + 2]! * NARROW ** 2
    })
  }

  /** The layer of a number below the size of the domain, and its place in the layer. */
  findLayer(value: Limbs): { layer: number; offset: Limbs } {
    const layer = this.#partSizes.findIndex((part) => isLess(value, part)) - 1
    return { layer, offset: difference(value, this.#partSizes[layer]!) }
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
    return this.vertex(target, difference(value, below))
  }

  /** Subtracts the size of a layer from `value` if it is not above it; says whether it did. */
  #takeAway(value: Limbs, dimensions: number, layer: number): boolean {
    const sizes = this.#sizes
    const start = (dimensions * (this.#scheme.finalLayer + 1) + layer) * this.#limbs
    for (let limb = value.length - 1; limb >= 0; limb--) {
      const size = sizes[start + limb]!
      if (value[limb]! > size) break
      if (value[limb]! < size) return false
    }
    let borrow = 0
    for (let limb = 0; limb < value.length; limb++) {
      const rest = value[limb]! - sizes[start + limb]! - borrow
      borrow = rest < 0 ? 1 : 0
      value[limb] = rest + borrow * LIMB
    }
    return true
  }
}

function limbsOf(value: bigint, bits: number, count: number): Limbs {
  return Float64Array.from({ length: count }, (_, index) =>
    Number(BigInt.asUintN(bits, value >> BigInt(bits * index))),
  )
}

/** left - right, of left >= right. */
function difference(left: Limbs, right: Limbs): Limbs {
  const result = left.slice()
  for (let limb = 0; limb < result.length; limb++) {
    result[limb]! -= right[limb]!
    if (result[limb]! >= 0 || limb === result.length - 1) continue
    result[limb]! += LIMB
    result[limb + 1]!--
  }
  return result
}

/** value - times * other in place, of narrow limbs, which are normal again but for a negative top one. */
function subtractMultiple(value: Limbs, other: Limbs, times: number): void {
  let carry = 0
  for (let limb = 0; limb < value.length; limb++) {
    const rest = value[limb]! - times * other[limb]! + carry
    carry = limb === value.length - 1 ? 0 : Math.floor(rest / NARROW)
    value[limb] = rest - carry * NARROW
  }
}

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
