import type { RoundConstantOrder } from '../types.ts'
import { kernelBytes } from './engines.ts'
import { instantiateKernels, type Kernels } from './kernels.ts'

/** The bare kernels on canonical elements, for tests and benchmarks; the engine's way to them has no detours. */
export class RawKernels {
  readonly kernels: Kernels
  readonly #words: Uint32Array

  private constructor(kernels: Kernels) {
    this.kernels = kernels
    this.#words = new Uint32Array(kernels.memory.buffer)
  }

  /** Undefined where WebAssembly SIMD is missing. */
  static create(): RawKernels | undefined {
    const kernels = instantiateKernels(kernelBytes)
    return kernels && new RawKernels(kernels)
  }

  /** Permutes four states of width 16 or 24. */
  permuteFour(states: readonly Uint32Array[], order: RoundConstantOrder): Uint32Array[] {
    const width = states[0]!.length
    const { kernels } = this
    const address = kernels.heap.value
    const start = address / 4
    states.forEach((state, lane) => {
      state.forEach((element, index) => {
        this.#words[start + 4 * index + lane] = element
      })
    })
    kernels.toMontgomery(address, width)
    this.permuteAt(width, address, order)
    kernels.fromMontgomery(address, width)
    return states.map((_, lane) =>
      Uint32Array.from({ length: width }, (_, index) => this.#words[start + 4 * index + lane]!),
    )
  }

  /** Permutes four states that lie side by side in Montgomery form. */
  permuteAt(width: number, address: number, order: RoundConstantOrder): void {
    const tables = this.kernels[order].value
    if (width === 16) this.kernels.permute16x4(address, address, tables)
    else this.kernels.permute24x4(address, address, tables + FOUR_24)
  }

  /** Permutes one state of width 24. */
  permuteOne(state: Uint32Array, order: RoundConstantOrder): Uint32Array {
    return this.#inPlace(state, (address) =>
      this.kernels.permuteStates(address, 1, this.kernels[order].value),
    )
  }

  /** Elements, a multiple of four of them, as Montgomery forms. */
  toMontgomery(elements: Uint32Array): Uint32Array {
    const address = this.kernels.heap.value
    this.#words.set(elements, address / 4)
    this.kernels.toMontgomery(address, elements.length / 4)
    return this.#words.slice(address / 4, address / 4 + elements.length)
  }

  #inPlace(elements: Uint32Array, work: (address: number) => void): Uint32Array {
    const address = this.kernels.heap.value
    const vectors = elements.length / 4
    this.#words.set(elements, address / 4)
    this.kernels.toMontgomery(address, vectors)
    work(address)
    this.kernels.fromMontgomery(address, vectors)
    return this.#words.slice(address / 4, address / 4 + elements.length)
  }
}

/** Bytes from the tables of an order to those of width 24: see `TABLE` in `wasm/layout.ts`, which a test compares. */
export const FOUR_24 = 16 * 45
