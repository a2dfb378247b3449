import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { sign, test, verify } from '../../src/index.ts'
import { keyGen } from '../../src/keyGen.ts'

const message = new Uint8Array(32).fill(5)

/** The package as it is where WebAssembly does something else. */
async function fresh(webAssembly: unknown) {
  vi.resetModules()
  vi.stubGlobal('WebAssembly', webAssembly)
  const engines = await import('../../src/engine/engines.ts')
  const xmss = await import('../../src/index.ts')
  return { engine: engines.engineFor(test).kind, xmss }
}

beforeEach(() => vi.resetModules())
afterEach(() => vi.unstubAllGlobals())

it.each([
  ['is missing', undefined],
  [
    'is forbidden by a content security policy',
    {
      Module: class {
        constructor() {
          throw new WebAssembly.CompileError('blocked by CSP')
        }
      },
    },
  ],
])('where WebAssembly %s, plain TypeScript makes the same keys and signatures', async (_, webAssembly) => {
  const made = await keyGen(test, 0, 32, { seed: message })
  if (!made.ok) throw new Error(made.error.message)
  const { publicKey, secretKey } = made.value
  const signature = sign(test, secretKey, 9, message)

  const { engine, xmss } = await fresh(webAssembly)
  expect(engine).toBe('plain')
  expect(await xmss.keyGen(test, 0, 32, { seed: message })).toEqual(made)
  expect(xmss.sign(test, secretKey, 9, message)).toEqual(signature)
  expect(signature.ok && xmss.verify(test, publicKey, 9, message, signature.value)).toBe(true)
  expect(signature.ok && xmss.verify(test, publicKey, 8, message, signature.value)).toBe(false)
  expect(verify).not.toBe(xmss.verify)
})
