import { KERNELS } from '../generated/kernels.ts'
import { checkScheme } from '../schemes.ts'
import type { Scheme } from '../types.ts'
import type { Engine } from './engine.ts'
import { instantiateKernels } from './kernels.ts'
import { PlainEngine } from './plain.ts'
import { SimdEngine } from './simd.ts'

const engines = new Map<string, Engine>()
/** The same by object, which is found faster. */
const enginesOfObjects = new WeakMap<Scheme, Engine>()

/** The fastest engine for a scheme here; made once per scheme and thread. */
export function engineFor(scheme: Scheme): Engine {
  const known = enginesOfObjects.get(scheme)
  if (known) return known
  checkScheme(scheme)
  const key = JSON.stringify(scheme)
  const engine = engines.get(key) ?? createSimdEngine(scheme) ?? new PlainEngine(scheme)
  engines.set(key, engine)
  enginesOfObjects.set(scheme, engine)
  return engine
}

/** An engine in WebAssembly, or undefined where its SIMD instructions are missing. */
export function createSimdEngine(scheme: Scheme): Engine | undefined {
  const kernels = instantiateKernels(kernelBytes)
  return kernels && new SimdEngine(scheme, kernels)
}

/** The module's bytes. */
export function kernelBytes(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(KERNELS), (character) => character.charCodeAt(0))
}
