import { stepFour, walkChains } from './chains.ts'
import { keccakTwo } from './keccak.ts'
import { ADDRESS, DATA_WORDS } from './layout.ts'
import { absorbFour, leavesFour } from './leaves.ts'
import { permuteFour } from './permuteFour.ts'
import { permuteOne } from './permuteOne.ts'
import { prfFour } from './prf.ts'
import { chainStarts, randomFour } from './signing.ts'
import { compressStates, fromMontgomery, permuteStates, toMontgomery } from './states.ts'
import { climb, hashLeaves, parents } from './trees.ts'

/** The kernels as one module in WebAssembly text. Exports every function, its memory and a few addresses. */
export function moduleText(): string {
  const { plonky3, leanspec, input, heap } = ADDRESS
  const bytes = new Uint8Array(Uint32Array.from(DATA_WORDS).buffer)
  const data = Array.from(bytes, (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')
  const address = ([name, value]: readonly [string, number]) =>
    `  (global (export "${name}") i32 (i32.const ${value}))`
  return [
    '(module',
    '  (memory (export "memory") 1)',
    `  (data (i32.const 0) "${data}")`,
    ...Object.entries({ plonky3, leanspec, scratch: input, heap }).map(address),
    permuteFour(16),
    permuteFour(24),
    permuteOne(),
    keccakTwo(),
    toMontgomery(),
    fromMontgomery(),
    permuteStates(),
    compressStates(),
    stepFour(),
    walkChains(),
    prfFour(),
    absorbFour(),
    leavesFour(),
    chainStarts(),
    randomFour(),
    parents(),
    climb(),
    hashLeaves(),
    ')',
  ].join('\n')
}
