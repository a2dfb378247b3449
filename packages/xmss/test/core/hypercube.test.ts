import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { P } from '../../src/field.ts'
import { Hypercube } from '../../src/hypercube.ts'
import { production, test } from '../../src/schemes.ts'
import { elements } from './arbitraries.ts'

/** All vertices of a small hypercube, layer by layer, in the order of the specification: highest digits first. */
function naiveLayers(base: number, dimension: number): number[][][] {
  const layers: number[][][] = Array.from({ length: (base - 1) * dimension + 1 }, () => [])
  const visit = (digits: number[]): void => {
    if (digits.length === dimension) {
      const layer = (base - 1) * dimension - digits.reduce((sum, digit) => sum + digit, 0)
      layers[layer]!.push(digits)
      return
    }
    for (let digit = base - 1; digit >= 0; digit--) visit([...digits, digit])
  }
  visit([])
  return layers
}

describe('the hypercube', () => {
  it.each([
    [4, 4, 6],
    [3, 5, 4],
    [8, 3, 21],
    [2, 7, 7],
  ])('base %i, dimension %i: every vertex of layers 0 to %i', (base, dimension, finalLayer) => {
    const cube = new Hypercube({ ...test, base, dimension, finalLayer, targetSum: (base - 1) * dimension })
    let number = 0n
    for (const [layer, vertices] of naiveLayers(base, dimension)
      .slice(0, finalLayer + 1)
      .entries()) {
      for (const [offset, vertex] of vertices.entries()) {
        const found = cube.findLayer(cube.toLimbs(number++))
        expect(found).toEqual({ layer, offset: cube.toLimbs(BigInt(offset)) })
        expect([...cube.vertex(layer, found.offset)]).toEqual(vertex)
      }
    }
  })

  const bigEndian = (hash: Uint32Array) =>
    hash.reduce((number, digit) => number * BigInt(P) + BigInt(digit), 0n)
  // The sizes of the two domains, from the vectors of the specification.
  it.each([
    ['test', test, 0x96n],
    ['production', production, 0xbe69da6da504891f51773b956ce9cd15ben],
  ] as const)('%s: reduces a message hash as big integers do', (_name, scheme, domain) => {
    const cube = new Hypercube(scheme)
    fc.assert(
      fc.property(elements(15), (hash) => {
        expect(cube.reduce(hash)).toEqual(cube.toLimbs(bigEndian(hash) % domain))
      }),
      { numRuns: 2000 },
    )
  })

  it('reduces right next to multiples of the domain', () => {
    const domain = 0xbe69da6da504891f51773b956ce9cd15ben
    const cube = new Hypercube(production)
    const digits = (value: bigint) => {
      const hash = new Uint32Array(15)
      for (let index = 14, rest = value; index >= 0; index--, rest /= BigInt(P))
        hash[index] = Number(rest % BigInt(P))
      return hash
    }
    for (let factor = 1n; factor < BigInt(P) ** 15n / domain; factor *= 3n) {
      for (const distance of [-2n, -1n, 0n, 1n]) {
        const value = factor * domain + distance
        expect(cube.reduce(digits(value))).toEqual(cube.toLimbs(value % domain))
      }
    }
  })

  it('gives a codeword exactly when the digits have the target sum', () => {
    const cube = new Hypercube(test)
    let found = 0
    fc.assert(
      fc.property(elements(15), (hash) => {
        const { layer, offset } = cube.findLayer(cube.reduce(hash))
        const vertex = cube.vertex(layer, offset)
        const isTarget = vertex.reduce((sum, digit) => sum + digit, 0) === test.targetSum
        if (isTarget) found++
        expect(cube.codeword(hash)).toEqual(isTarget ? vertex : undefined)
      }),
      { numRuns: 500 },
    )
    expect(found).toBeGreaterThan(50)
  })
})
