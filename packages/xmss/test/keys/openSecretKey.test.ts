import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyGen } from '../../src/keyGen.ts'
import { encodeKeyFile, type OpenedKey } from '../../src/keys/keyFile.ts'
import { detectSecretKeyFormat, openSecretKey } from '../../src/keys/openSecretKey.ts'
import { encodeSecretKeyJson } from '../../src/keys/secretKeyJson.ts'
import { encodeSecretKeySsz } from '../../src/keys/secretKeySsz.ts'
import { publicKeyOf } from '../../src/keys/shape.ts'
import { verifySecretKey } from '../../src/keys/verifySecretKey.ts'
import { devnet, test as testScheme } from '../../src/schemes.ts'
import type { Scheme } from '../../src/types.ts'
import { vectorKeys } from './support.ts'

const text = (json: string) => new TextEncoder().encode(json)

/** The same key in every format. */
function filesOf({ scheme, secretKey }: { scheme: Scheme; secretKey: OpenedKey['secretKey'] }) {
  return {
    ssz: encodeSecretKeySsz(scheme, secretKey),
    json: text(encodeSecretKeyJson(scheme, secretKey)),
    trinekey: encodeKeyFile(scheme, secretKey),
  }
}

describe('openSecretKey', () => {
  it.each(vectorKeys())(
    '$name: every format, and the round-constant order is found',
    ({ scheme, secretKey }) => {
      const value = { scheme, publicKey: publicKeyOf(secretKey), secretKey }
      for (const [format, bytes] of Object.entries(filesOf({ scheme, secretKey }))) {
        expect(detectSecretKeyFormat(bytes)).toBe(format)
        expect(openSecretKey(bytes)).toEqual({ ok: true, value })
      }
    },
  )

  it.each([
    { ...testScheme, prfBytesPerElement: 16 as const },
    { ...devnet, prfBytesPerElement: 16 as const },
    devnet,
  ])('scheme $name with $prfBytesPerElement PRF bytes is recognised', async (scheme) => {
    const made = await keyGen(scheme, 0, 1, { seed: new Uint8Array(32).fill(4) })
    if (!made.ok) throw new Error(made.error.message)
    for (const bytes of Object.values(filesOf({ scheme, secretKey: made.value.secretKey }))) {
      expect(openSecretKey(bytes)).toEqual({ ok: true, value: { scheme, ...made.value } })
    }
  })

  it('a secret that does not belong to the trees is found out', () => {
    const { scheme, secretKey } = vectorKeys()[0]!
    const bytes = encodeSecretKeySsz(scheme, { ...secretKey, prfKey: new Uint8Array(32) })
    expect(openSecretKey(bytes)).toMatchObject({ ok: false, error: { code: 'inconsistent' } })
  })

  it.each([
    ['nothing', new Uint8Array(0)],
    ['zeros', new Uint8Array(500)],
    ['some text', text('hello, world')],
    ['JSON of something else', text('{"top_tree": {"depth": 8}}')],
    ['JSON null', text('null')],
  ])('refuses %s', (_, bytes) => {
    expect(openSecretKey(bytes).ok).toBe(false)
  })

  it('random and mutated bytes are refused without a throw', () => {
    const files = Object.values(filesOf(vectorKeys()[3]!))
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom(...files),
        fc.nat(),
        (random, file, at) => {
          expect(openSecretKey(random).ok).toBe(false)
          const spliced = file.slice()
          spliced.set(random.subarray(0, file.length - (at % file.length)), at % file.length)
          openSecretKey(spliced)
        },
      ),
    )
  })
})

describe('verifySecretKey', () => {
  const { scheme, secretKey } = vectorKeys().find(({ name }) => name === 'plonky3 test_key_3')!
  const epochs = Array.from({ length: 32 }, (_, epoch) => epoch)

  it.each(vectorKeys())('$name: every stored hash and leaf is right', ({ scheme, secretKey }) => {
    const first = 16 * secretKey.leftBottomTreeIndex
    const all = epochs.map((epoch) => first + epoch)
    const hashes = secretKey.topTree.layers
      .slice(0, -1)
      .reduce((sum, { nodes }) => sum + nodes.length / 16, 30)
    expect(verifySecretKey(scheme, secretKey, all)).toEqual({ ok: true, value: { hashes, leaves: 32 } })
  })

  it('finds a changed node anywhere, but for padding without meaning', () => {
    const trees = ['topTree', 'leftBottomTree', 'rightBottomTree'] as const
    for (const tree of trees) {
      for (const [position, layer] of secretKey[tree].layers.entries()) {
        for (let element = 0; element < layer.nodes.length; element += 3) {
          const nodes = layer.nodes.slice()
          nodes[element]! ^= 1
          const layers = secretKey[tree].layers.with(position, { ...layer, nodes })
          const changed = { ...secretKey, [tree]: { ...secretKey[tree], layers } }
          const isPadding = tree === 'topTree' && position === 4 && element >= 8
          expect(verifySecretKey(scheme, changed, []).ok).toBe(isPadding)
        }
      }
    }
  })

  it('finds a changed parameter without a leaf, a changed secret with one', () => {
    const parameter = secretKey.parameter.map((element) => element ^ 1)
    expect(verifySecretKey(scheme, { ...secretKey, parameter }, []).ok).toBe(false)
    const prfKey = secretKey.prfKey.map((byte) => byte ^ 1)
    expect(verifySecretKey(scheme, { ...secretKey, prfKey }, [])).toMatchObject({ ok: true })
    expect(verifySecretKey(scheme, { ...secretKey, prfKey }, [17])).toMatchObject({
      ok: false,
      error: { code: 'inconsistent', message: 'epoch 17: the secret gives another leaf' },
    })
  })
})
