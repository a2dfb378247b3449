import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeSecretKeyJson, encodeSecretKeyJson } from '../../src/keys/secretKeyJson.ts'
import { vectorKeys } from './support.ts'

const P = 2130706433n
const montgomery = (element: number) => Number((BigInt(element) << 32n) % P)

describe('JSON secret key', () => {
  it.each(vectorKeys())('$name: there and back, in any spacing', ({ scheme, secretKey }) => {
    const text = encodeSecretKeyJson(scheme, secretKey)
    expect(decodeSecretKeyJson(scheme, text)).toEqual({ ok: true, value: secretKey })
    expect(decodeSecretKeyJson(scheme, JSON.stringify(JSON.parse(text)))).toEqual({
      ok: true,
      value: secretKey,
    })
  })

  it('has the fields and numbers of leanSig', () => {
    const { scheme, secretKey } = vectorKeys()[1]!
    const text = encodeSecretKeyJson(scheme, secretKey)
    expect(text.startsWith(`{\n  "prf_key": [\n    ${secretKey.prfKey[0]},\n`)).toBe(true)
    expect(text.endsWith('  "_encoding_type": null\n}')).toBe(true)
    const fields = JSON.parse(text)
    expect(Object.keys(fields)).toEqual([
      'prf_key',
      'parameter',
      'activation_epoch',
      'num_active_epochs',
      'top_tree',
      'left_bottom_tree_index',
      'left_bottom_tree',
      'right_bottom_tree',
      '_encoding_type',
    ])
    expect(fields.parameter).toEqual([...secretKey.parameter].map(montgomery))
    const leaf = [...secretKey.leftBottomTree.layers[0]!.nodes.subarray(8, 16)]
    expect(fields.left_bottom_tree.layers[0].nodes[1]).toEqual(leaf.map(montgomery))
    expect(fields.top_tree).toMatchObject({ depth: 8, lowest_layer: 4 })
  })

  it.each([
    ['not JSON', 'malformed', (text: string) => text.slice(0, -1)],
    ['no object', 'malformed', () => '[]'],
    ['a field too many', 'malformed', (text: string) => text.replace('{', '{"extra": 1,')],
    ['a field missing', 'malformed', (text: string) => text.replace('"parameter"', '"_encoding_type"')],
    ['a byte of 256', 'malformed', (text: string) => text.replace(/(prf_key": \[\s*)\d+/, '$1256')],
    ['a fraction', 'malformed', (text: string) => text.replace(/(parameter": \[\s*\d+)/, '$1.5')],
    ['a negative element', 'malformed', (text: string) => text.replace(/(parameter": \[\s*)/, '$1-')],
    [
      'an element of P',
      'notCanonical',
      (text: string) => text.replace(/(parameter": \[\s*)\d+/, '$12130706433'),
    ],
    ['a range too large', 'wrongShape', (text: string) => text.replace(/(active_epochs": )\d+/, '$14096')],
    ['a text as epoch', 'malformed', (text: string) => text.replace(/(active_epochs": )\d+/, '$1"32"')],
    ['another depth', 'wrongShape', (text: string) => text.replace(/(depth": )\d+/, '$132')],
    [
      'a layer too few',
      'wrongShape',
      (text: string) => text.replace(/"layers": \[[\s\S]*?\}\s*,/, '"layers": ['),
    ],
  ])('refuses %s', (_, code, change) => {
    const { scheme, secretKey } = vectorKeys()[1]!
    const decoded = decodeSecretKeyJson(scheme, change(encodeSecretKeyJson(scheme, secretKey)))
    expect(decoded).toMatchObject({ ok: false, error: { code } })
  })

  it('never shows the secret in an error', () => {
    const { scheme, secretKey } = vectorKeys()[1]!
    const compact = JSON.stringify(JSON.parse(encodeSecretKeyJson(scheme, secretKey)))
    const decoded = decodeSecretKeyJson(scheme, `${compact.slice(0, 60)}x`)
    expect(decoded).toEqual({
      ok: false,
      error: { code: 'malformed', message: 'secret key: not valid JSON' },
    })
  })

  it('random JSON and changed text are refused, or say what they decode to', () => {
    const { scheme, secretKey } = vectorKeys()[1]!
    const valid = JSON.stringify(JSON.parse(encodeSecretKeyJson(scheme, secretKey)))
    const changed = fc
      .tuple(fc.nat(valid.length), fc.nat(4), fc.string({ maxLength: 4 }))
      .map(([position, cut, text]) => valid.slice(0, position) + text + valid.slice(position + cut))
    fc.assert(
      fc.property(fc.oneof(fc.json(), changed), (text) => {
        const decoded = decodeSecretKeyJson(scheme, text)
        if (!decoded.ok) return
        const again = JSON.parse(encodeSecretKeyJson(scheme, decoded.value))
        expect(JSON.parse(text)).toEqual(again)
      }),
      { numRuns: 500 },
    )
  })
})
