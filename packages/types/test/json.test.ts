import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { vectorsPath } from '../../../test/support/vectors.ts'
import {
  type Attestation,
  attestationType,
  blockRootsType,
  blockWithAttestationType,
  checkpointType,
  configType,
  describeJsonError,
  fromJson,
  parseJson,
  rootType,
  signedBlockFromJson,
  signedTypesFor,
  stateType,
  stringifyJson,
  toJson,
} from '../src/index.ts'

const MAX_UINT64 = 2n ** 64n - 1n
const root = `0x${'ab'.repeat(32)}`

type Changeable = { [key: string]: Changeable }

/** A copy of JSON with another value at a path of keys, or without the last of them. */
function changed(json: unknown, path: string, value?: unknown): unknown {
  const copy = structuredClone(json)
  const keys = path.split('.')
  const last = keys.pop() as string
  const parent = keys.reduce((object, key) => object[key] as Changeable, copy as Changeable)
  if (value === undefined) delete parent[last]
  else parent[last] = value as Changeable
  return copy
}

function parsed(text: string): unknown {
  const result = parseJson(text)
  if (!result.ok) throw new Error(describeJsonError(result.error))
  return result.value
}

function block(attestations: number): unknown {
  const value = blockWithAttestationType.defaultValue()
  value.block.body.attestations = Array.from(
    { length: attestations },
    (): Attestation => attestationType.defaultValue(),
  )
  return toJson(blockWithAttestationType, value)
}

describe('the form of the fixtures', () => {
  it('camelCase, validatorId, lists in data, hex, integers', () => {
    const value = { ...attestationType.defaultValue(), validatorIndex: MAX_UINT64 }
    expect(Object.keys(toJson(attestationType, value))).toEqual(['validatorId', 'data'])
    expect(stringifyJson(toJson(attestationType, value))).toContain('"validatorId":18446744073709551615,')
    const state = stateType.defaultValue()
    state.historicalBlockHashes = [new Uint8Array(32).fill(0xab)]
    expect(toJson(stateType, state)).toMatchObject({
      config: { genesisTime: 0 },
      historicalBlockHashes: { data: [root] },
      justifiedSlots: { data: [] },
    })
    expect(toJson(blockRootsType, state.historicalBlockHashes)).toEqual({ data: [root] })
  })

  it('a state through its view', () => {
    const state = stateType.defaultViewDU()
    state.slot = 7
    state.justifiedSlots.push(true)
    state.justifiedSlots.push(false)
    state.commit()
    const json = toJson(stateType, state.toValue())
    expect(json).toMatchObject({ slot: 7, justifiedSlots: { data: [true, false] } })
    const value = fromJson(stateType, json)
    if (!value.ok) throw new Error(describeJsonError(value.error))
    expect(stateType.toViewDU(value.value).hashTreeRoot()).toEqual(state.hashTreeRoot())
  })
})

describe('refusals', () => {
  const cases: [what: string, path: string, value: unknown, message: string][] = [
    [
      'a slot as text',
      'block.body.attestations.data.3.data.slot',
      '7',
      'block.body.attestations[3].data.slot: expected an integer from 0 to 2^64 - 1, got "7"',
    ],
    ['a negative slot', 'block.slot', -1, 'block.slot: expected an integer from 0 to 2^64 - 1, got -1'],
    ['a fraction', 'block.slot', 1.5, 'block.slot: expected an integer from 0 to 2^64 - 1, got 1.5'],
    [
      '2^64',
      'block.slot',
      2n ** 64n,
      'block.slot: expected an integer from 0 to 2^64 - 1, got 18446744073709551616',
    ],
    [
      'an integer that has lost its last digits',
      'block.slot',
      2 ** 60,
      'block.slot: expected an integer from 0 to 2^64 - 1, got the inexact number 1152921504606847000',
    ],
    [
      'a missing key',
      'proposerAttestation.validatorId',
      undefined,
      'proposerAttestation: expected an object with validatorId, data, got no validatorId',
    ],
    [
      'a key too many',
      'block.graffiti',
      1,
      'block: expected an object with slot, proposerIndex, parentRoot, stateRoot, body, got also "graffiti"',
    ],
    [
      'a bare array',
      'block.body.attestations',
      [],
      'block.body.attestations: expected an object with data, got an array of 0',
    ],
    [
      'a list that is none',
      'block.body.attestations.data',
      {},
      'block.body.attestations: expected {data: [...]}, got data: an empty object',
    ],
    ['null', 'block.body', null, 'block.body: expected an object with attestations, got null'],
    [
      'a short root',
      'block.parentRoot',
      '0xab',
      'block.parentRoot: expected 0x and 32 bytes in hex, got 1 bytes',
    ],
    [
      'a root that is not hex',
      'block.parentRoot',
      `0x${'zz'.repeat(32)}`,
      `block.parentRoot: expected 0x and 32 bytes in hex, got "0x${'zz'.repeat(32)}"`,
    ],
    [
      'a root without 0x',
      'block.parentRoot',
      'ab'.repeat(32),
      `block.parentRoot: expected 0x and 32 bytes in hex, got "${'ab'.repeat(32)}"`,
    ],
    [
      'a number for a root',
      'block.parentRoot',
      7,
      'block.parentRoot: expected 0x and 32 bytes in hex, got 7',
    ],
    [
      'a list over its limit',
      'block.body.attestations.data',
      new Array(4097).fill(null),
      'block.body.attestations: expected at most 4096 elements, got 4097',
    ],
  ]

  it.each(cases)('%s', (_what, path, value, message) => {
    const result = fromJson(blockWithAttestationType, changed(block(4), path, value))
    expect(result.ok ? 'accepted' : describeJsonError(result.error)).toBe(message)
  })

  it('say under which name the value was found', () => {
    expect(fromJson(checkpointType, { root, slot: null }, 'steps[2].head')).toEqual({
      ok: false,
      error: {
        code: 'JSON_TYPE',
        path: 'steps[2].head.slot',
        expected: 'an integer from 0 to 2^64 - 1',
        actual: 'null',
      },
    })
    const wrong = fromJson(rootType, 5)
    expect(wrong.ok ? '' : describeJsonError(wrong.error)).toBe(
      'JSON: expected 0x and 32 bytes in hex, got 5',
    )
  })

  it('a bit list of something else than booleans, and one over its limit', () => {
    const state = toJson(stateType, stateType.defaultValue())
    expect(fromJson(stateType, changed(state, 'justifiedSlots.data', [true, 1]))).toMatchObject({
      error: { code: 'JSON_TYPE', path: 'justifiedSlots[1]', actual: '1' },
    })
    const tooMany = new Array(2 ** 18 + 1).fill(true)
    expect(fromJson(stateType, changed(state, 'justifiedSlots.data', tooMany))).toMatchObject({
      error: { code: 'JSON_LENGTH', path: 'justifiedSlots', expected: 'at most 262144 elements' },
    })
  })

  it('keys that objects inherit are not there', () => {
    expect(fromJson(configType, Object.create({ genesisTime: 1 }))).toMatchObject({
      error: { code: 'JSON_MISSING_KEY' },
    })
    expect(fromJson(configType, parsed('{"genesisTime": 1, "__proto__": {}}'))).toMatchObject({
      error: { code: 'JSON_UNKNOWN_KEY', actual: 'also "__proto__"' },
    })
  })

  it('nothing that is not a value of the type throws', () => {
    for (const json of [undefined, null, true, 0, -0, '', [], {}, Number.NaN, 10n, () => 1, Symbol('s')]) {
      expect(fromJson(stateType, json).ok).toBe(false)
    }
  })
})

describe('numbers in JSON text', () => {
  it.each(['0', '9007199254740991', '9007199254740992', '9007199254740993', '18446744073709551615'])(
    '%s survives',
    (digits) => {
      for (const text of [
        digits,
        `[${digits}]`,
        `{"genesisTime":${digits}}`,
        `[1,${digits},{"a":[true,${digits}]}]`,
      ]) {
        expect(stringifyJson(parsed(text))).toBe(text)
      }
      const config = fromJson(configType, parsed(`{"genesisTime" :\n${digits}}`))
      expect(config).toEqual({
        ok: true,
        value: { genesisTime: BigInt(digits) > 2n ** 53n - 1n ? BigInt(digits) : Number(digits) },
      })
    },
  )

  it('negative ones survive too, fractions and exponents are numbers', () => {
    expect(parsed('[-9007199254740993, 1.0000000000000001, 1e30]')).toEqual([-9007199254740993n, 1, 1e30])
  })

  it('digits in strings are left alone', () => {
    const text = JSON.stringify({ a: '12345678901234567890', b: ': 12345678901234567890', c: root })
    expect(stringifyJson(parsed(text))).toBe(text)
  })

  it('an integer of a million digits costs no more than its text and is no uint64', () => {
    expect(parsed('9'.repeat(1e6))).toBe(Number.POSITIVE_INFINITY)
    expect(fromJson(configType, parsed(`{"genesisTime":1${'0'.repeat(400)}}`))).toMatchObject({
      error: { code: 'JSON_UINT64', path: 'genesisTime' },
    })
  })

  it('a negative zero is zero', () => {
    expect(fromJson(configType, parsed('{"genesisTime":-0}'))).toEqual({
      ok: true,
      value: { genesisTime: 0 },
    })
  })

  it('what is no JSON is said to be none', () => {
    for (const text of ['', '{', '{"a":}', '12345678901234567890,', 'undefined']) {
      expect(parseJson(text)).toMatchObject({
        ok: false,
        error: { code: 'JSON_SYNTAX', expected: 'JSON text' },
      })
    }
  })

  it('writing keeps throwing for what has no JSON', () => {
    const circle: { self?: unknown; big: bigint } = { big: MAX_UINT64 }
    circle.self = circle
    expect(() => stringifyJson(circle)).toThrow(TypeError)
  })
})

describe('signed blocks of the fixtures', () => {
  it('signatures as hex are read, also left as they are', () => {
    const type = signedTypesFor('padded').signedBlockWithAttestationType
    const value = { ...type.defaultValue(), signature: [new Uint8Array(3116).fill(7)] }
    const json = toJson(type, value)
    expect(fromJson(type, json)).toEqual({ ok: true, value })
    expect(signedBlockFromJson(json)).toEqual({
      ok: true,
      value: { message: value.message, signatures: [`0x${'07'.repeat(3116)}`] },
    })
  })

  it('signatures as objects are handed on', () => {
    const path = 'official-2025-12/verify_signatures/devnet/verify_signatures/test_valid_signatures'
    const text = readFileSync(
      vectorsPath('devnet1', path, 'test_proposer_and_attester_signatures.json'),
      'utf8',
    )
    const [fixture] = Object.values(parsed(text) as Record<string, { signedBlockWithAttestation: unknown }>)
    const result = signedBlockFromJson(fixture?.signedBlockWithAttestation, 'signedBlockWithAttestation')
    if (!result.ok) throw new Error(describeJsonError(result.error))
    const { message, signatures } = result.value
    expect(signatures).toHaveLength(message.block.body.attestations.length + 1)
    expect(Object.keys(signatures[0] as object)).toEqual(['path', 'rho', 'hashes'])
  })

  it('and refused where they are no list', () => {
    const json = { message: block(0), signature: { data: 1 } }
    expect(signedBlockFromJson(json, 'signed')).toMatchObject({
      error: { code: 'JSON_TYPE', path: 'signed.signature' },
    })
  })
})
