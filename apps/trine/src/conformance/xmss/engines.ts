import type { Scheme } from '@trine/xmss'
import { createSimdEngine, type Engine, PlainEngine } from '@trine/xmss/internals'
import { difference } from '../runner.ts'

/** Every way a scheme's hashing is implemented; the machine must have WebAssembly SIMD, else it went untested. */
export function enginesOf(scheme: Scheme): Engine[] {
  const simd = createSimdEngine(scheme)
  if (!simd) throw new Error('WebAssembly SIMD: expected this machine to have it')
  return [simd, new PlainEngine(scheme)]
}

/** The first difference between an expected value and what any of the engines gives. */
export function engineDifference(
  engines: readonly Engine[],
  what: string,
  expected: unknown,
  compute: (engine: Engine) => unknown,
): string | undefined {
  for (const engine of engines) {
    const found = difference(`${what} (${engine.kind})`, plain(expected), plain(compute(engine)))
    if (found !== undefined) return found
  }
  return undefined
}

/** Typed arrays as arrays, to compare and to show. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint32Array || value instanceof Uint8Array) return [...value]
  return Array.isArray(value) ? value.map(plain) : value
}
