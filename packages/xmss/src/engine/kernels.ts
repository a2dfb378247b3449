/** What the WebAssembly module exports. Its source, with what each function does, is in the folder `wasm`. */
export interface Kernels {
  readonly memory: WebAssembly.Memory
  /** Addresses: round constants of one order, the first byte of scratch memory, the first byte for callers. */
  readonly plonky3: WebAssembly.Global
  readonly leanspec: WebAssembly.Global
  readonly scratch: WebAssembly.Global
  readonly heap: WebAssembly.Global
  permute16x4(input: number, output: number, constants: number): void
  permute24x4(input: number, output: number, constants: number): void
  permuteStates(states: number, lanes: number, tables: number): void
  toMontgomery(address: number, vectors: number): void
  fromMontgomery(address: number, vectors: number): void
  compressStates(states: number, lanes: number, tables: number): void
  walkChains(slots: number, numbers: number, schedule: number, calls: number, tables: number): void
  leavesFour(
    blocks: number,
    lastKeyByte: number,
    epoch: number,
    header: number,
    dimension: number,
    steps: number,
    wordsPerElement: number,
    leaves: number,
    tables: number,
  ): void
  chainStarts(
    blocks: number,
    lastKeyByte: number,
    epoch: number,
    groups: number,
    wordsPerElement: number,
    slots: number,
  ): void
  randomFour(blocks: number, wordsPerElement: number, results: number): void
  parents(
    parameter: number,
    level: number,
    index: number,
    nodes: number,
    count: number,
    parents: number,
    tables: number,
  ): void
  hashLeaves(
    messages: number,
    messageBytes: number,
    blocks: number,
    capacity: number,
    lanes: number,
    leaves: number,
    tables: number,
  ): void
  climb(
    nodes: number,
    paths: number,
    pathBytes: number,
    levels: number,
    epochs: number,
    parameters: number,
    lanes: number,
    tables: number,
  ): void
}

/** Compiled once per thread; null where that is not possible. */
let compiled: WebAssembly.Module | null | undefined

/** A fresh instance with memory of its own, or undefined where WebAssembly or its SIMD is missing. */
export function instantiateKernels(bytes: () => Uint8Array<ArrayBuffer>): Kernels | undefined {
  if (compiled === undefined) compiled = compile(bytes())
  return compiled ? (new WebAssembly.Instance(compiled).exports as unknown as Kernels) : undefined
}

/** A page's content security policy may forbid it, and old engines lack SIMD: both are errors of the constructor. */
function compile(code: Uint8Array<ArrayBuffer>): WebAssembly.Module | null {
  try {
    return new WebAssembly.Module(code)
  } catch {
    return null
  }
}
