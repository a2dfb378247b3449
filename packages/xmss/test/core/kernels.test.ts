import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createSimdEngine, kernelBytes } from '../../src/engine/engines.ts'
import { FOUR_24 } from '../../src/engine/rawKernels.ts'
import { externalLayer } from '../../src/poseidon2/permute.ts'
import { production } from '../../src/schemes.ts'
import { assemble, generatedSource } from '../../wasm/assemble.ts'
import { foldedConstants } from '../../wasm/foldConstants.ts'
import { TABLE } from '../../wasm/layout.ts'
import { externalPreimage, P } from '../../wasm/modular.ts'

describe('the embedded WebAssembly module', () => {
  it('is what its source assembles to, byte for byte', async () => {
    const built = await assemble()
    expect(Buffer.from(kernelBytes()).equals(Buffer.from(built))).toBe(true)
    const file = readFileSync(new URL('../../src/generated/kernels.ts', import.meta.url), 'utf8')
    expect(file).toBe(generatedSource(built))
  })

  it('imports nothing and exports its memory', () => {
    const module = new WebAssembly.Module(kernelBytes())
    expect(WebAssembly.Module.imports(module)).toEqual([])
    expect(WebAssembly.Module.exports(module).filter(({ kind }) => kind === 'memory')).toHaveLength(1)
  })

  it('runs here', () => {
    expect(createSimdEngine(production)?.kind).toBe('simd')
  })
})

describe('tables of the module', () => {
  it('stand where the benchmark kernels look for them', () => {
    expect(FOUR_24).toBe(TABLE.four24)
  })

  it.each([16, 24] as const)('hold words of 32 bits for width %i', (width) => {
    for (const word of foldedConstants(width, 'plonky3')) {
      expect(Number.isInteger(word)).toBe(true)
      expect(Math.abs(word)).toBeLessThan(2 ** 31)
    }
  })

  it('the preimage of the external layer is one', () => {
    const image = Array.from({ length: 24 }, (_, index) => (BigInt(index) * 1234567891n) % P)
    const state = Uint32Array.from(externalPreimage(image), Number)
    externalLayer(state)
    expect([...state].map(BigInt)).toEqual(image)
  })
})
