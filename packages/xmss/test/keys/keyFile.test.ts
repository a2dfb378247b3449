import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeKeyFile, encodeKeyFile, isKeyFile, readKeyFileHeader } from '../../src/keys/keyFile.ts'
import { Passphrase } from '../../src/keys/passphrase.ts'
import { publicKeyOf } from '../../src/keys/shape.ts'
import { vectorKeys } from './support.ts'

/** Cheap on purpose. */
const cost = { n: 16, r: 8, p: 1 }
const salt = new Uint8Array(32).fill(1)
const nonce = new Uint8Array(24).fill(2)
const lock = (text: string) => ({ passphrase: new Passphrase(text), salt, nonce, cost })

const { scheme, secretKey } = vectorKeys()[2]!
const publicKey = publicKeyOf(secretKey)
const opened = { scheme, publicKey, secretKey }
const plain = encodeKeyFile(scheme, secretKey)
const sealed = encodeKeyFile(scheme, secretKey, lock('correct horse'))

const contains = (file: Uint8Array, part: Uint8Array) => Buffer.from(file).includes(Buffer.from(part))

/** The file with a changed header of the same length, its checksum made right again. */
async function withHeader(file: Uint8Array, change: (header: string) => string): Promise<Uint8Array> {
  const { sha256 } = await import('@noble/hashes/sha2.js')
  const length = new DataView(file.buffer).getUint32(12, true)
  const header = new TextEncoder().encode(change(new TextDecoder().decode(file.subarray(16, 16 + length))))
  const changed = new Uint8Array(file.length + header.length - length)
  changed.set(file.subarray(0, 16))
  new DataView(changed.buffer).setUint32(12, header.length, true)
  changed.set(header, 16)
  changed.set(file.subarray(16 + length, -32), 16 + header.length)
  changed.set(sha256(changed.subarray(0, -32)), changed.length - 32)
  return changed
}

describe('key file', () => {
  it.each(vectorKeys())('$name: there and back, plain and encrypted', ({ scheme, secretKey }) => {
    const value = { scheme, publicKey: publicKeyOf(secretKey), secretKey }
    expect(decodeKeyFile(encodeKeyFile(scheme, secretKey))).toEqual({ ok: true, value })
    const file = encodeKeyFile({ ...scheme, prfBytesPerElement: 16 }, secretKey, lock('pass'))
    expect(decodeKeyFile(file, new Passphrase('pass'))).toEqual({
      ok: true,
      value: { ...value, scheme: { ...scheme, prfBytesPerElement: 16 } },
    })
  })

  it('shows its public part without the passphrase, and no secret', () => {
    const { activationEpoch, numActiveEpochs, leftBottomTreeIndex } = secretKey
    const range = { activationEpoch, numActiveEpochs, leftBottomTreeIndex }
    expect(readKeyFileHeader(plain)).toEqual({
      ok: true,
      value: { scheme, publicKey, ...range, encryption: undefined },
    })
    expect(readKeyFileHeader(sealed)).toEqual({
      ok: true,
      value: { scheme, publicKey, ...range, encryption: { cost, salt, nonce } },
    })
    expect(contains(plain, secretKey.prfKey)).toBe(true)
    expect(contains(sealed, secretKey.prfKey)).toBe(false)
  })

  it('opens with its passphrase only, however it was typed', () => {
    expect(decodeKeyFile(sealed)).toMatchObject({ ok: false, error: { code: 'passphraseNeeded' } })
    expect(decodeKeyFile(sealed, new Passphrase('correct horsf'))).toMatchObject({
      ok: false,
      error: { code: 'wrongPassphrase' },
    })
    const composed = encodeKeyFile(scheme, secretKey, lock('caf\u00e9'))
    expect(decodeKeyFile(composed, new Passphrase('cafe\u0301'))).toEqual({ ok: true, value: opened })
    expect(() => new Passphrase('')).toThrow(RangeError)
  })

  it('a passphrase is not shown by what prints objects', () => {
    const passphrase = new Passphrase('correct horse')
    expect(inspect(passphrase, { depth: 9, showHidden: true }) + JSON.stringify(passphrase)).not.toContain(
      'correct',
    )
  })

  it('authenticates the header: a changed one does not open', async () => {
    const changed = await withHeader(sealed, (header) =>
      header.replace('"prfBytesPerElement":8', '"prfBytesPerElement":16'),
    )
    expect(readKeyFileHeader(changed).ok).toBe(true)
    expect(decodeKeyFile(changed, new Passphrase('correct horse'))).toMatchObject({
      ok: false,
      error: { code: 'wrongPassphrase' },
    })
  })

  it.each([
    ['another public key', 'inconsistent', (text: string) => text.replace(/("publicKey":")../, '$100')],
    ['an unknown scheme', 'unsupported', (text: string) => text.replace('"test"', '"toy"')],
    ['an odd PRF width', 'malformed', (text: string) => text.replace('Element":8', 'Element":9')],
    ['an odd order', 'malformed', (text: string) => text.replace('plonky3', 'plonky4')],
    [
      'a range that does not fit',
      'wrongShape',
      (text: string) => text.replace(/(numActiveEpochs":)\d+/, '$148'),
    ],
    ['a field too many', 'malformed', (text: string) => text.replace('{', '{"x":1,')],
    ['no JSON', 'malformed', (text: string) => text.slice(1)],
  ])('refuses a header with %s', async (_, code, change) => {
    expect(decodeKeyFile(await withHeader(plain, change))).toMatchObject({ ok: false, error: { code } })
  })

  it.each([
    ['n', 2 ** 40],
    ['n', 1000],
    ['r', 2 ** 20],
    ['p', 1000],
    ['n', '"x"'],
  ])('refuses a cost of %s = %s before paying it', async (name, value) => {
    const file = await withHeader(sealed, (text) =>
      text.replace(new RegExp(`"${name}":\\d+`), `"${name}":${value}`),
    )
    expect(readKeyFileHeader(file)).toMatchObject({ ok: false, error: { code: 'unsupported' } })
  })

  it('another version is named, not guessed at', () => {
    const file = plain.slice()
    new DataView(file.buffer).setUint32(8, 2, true)
    expect(decodeKeyFile(file)).toMatchObject({
      ok: false,
      error: { code: 'unsupported', message: 'key file: expected version 1, got 2' },
    })
  })

  it('every torn file is refused', () => {
    for (let length = 0; length < plain.length; length += 37) {
      expect(decodeKeyFile(plain.subarray(0, length)).ok).toBe(false)
    }
    expect(decodeKeyFile(plain.subarray(0, plain.length - 1))).toMatchObject({
      ok: false,
      error: { code: 'corrupt' },
    })
  })

  it('a changed byte anywhere is found, whether encrypted or not', () => {
    const passphrase = new Passphrase('correct horse')
    fc.assert(
      fc.property(
        fc.constantFrom(plain, sealed),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (file, at, flip) => {
          const changed = file.slice()
          changed[at % file.length]! ^= flip
          expect(decodeKeyFile(changed, passphrase).ok).toBe(false)
          expect(readKeyFileHeader(changed).ok).toBe(false)
        },
      ),
    )
  })

  it('random bytes are refused without a throw', () => {
    const passphrase = new Passphrase('x')
    const magic = plain.subarray(0, 16)
    fc.assert(
      fc.property(fc.boolean(), fc.uint8Array({ maxLength: 400 }), (withMagic, random) => {
        const bytes = withMagic ? Uint8Array.from([...magic, ...random]) : random
        expect(isKeyFile(bytes)).toBe(withMagic)
        expect(decodeKeyFile(bytes, passphrase).ok).toBe(false)
      }),
    )
  })
})
