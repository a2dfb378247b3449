import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { vectorsPath } from '../../../test/support/vectors.ts'
import {
  CONTAINER_TYPES,
  decode,
  decodeToView,
  fromHex,
  fromJson,
  parseJson,
  signedTypesFor,
  stringifyJson,
  toHex,
  toJson,
} from '../src/index.ts'
import type { AnyType } from './support/types.ts'

type Case = { type: string; ssz: string; root: string; value: unknown }

const padded = signedTypesFor('padded')
const types = {
  ...CONTAINER_TYPES,
  SignedAttestation: padded.signedAttestationType,
  SignedBlockWithAttestation: padded.signedBlockWithAttestationType,
} as unknown as Record<string, AnyType>

const parsed = parseJson(readFileSync(vectorsPath('devnet1', 'random', 'ssz.json'), 'utf8'))
if (!parsed.ok) throw new Error(parsed.error.actual)
const { cases } = parsed.value as { cases: Case[] }

describe('random SSZ of the specification', () => {
  it.each(cases.map((entry, index) => [index, entry.type, entry] as const))(
    'case %i: %s',
    (_index, name, entry) => {
      const type = types[name]
      if (type === undefined) throw new Error(`no type ${name}`)
      const bytes = fromHex(entry.ssz) as Uint8Array

      const decoded = decode(type, bytes)
      if (!decoded.ok) throw new Error(JSON.stringify(decoded.error))
      expect(toJson(type, decoded.value)).toEqual(entry.value)
      expect(stringifyJson(toJson(type, decoded.value))).toBe(stringifyJson(entry.value))
      expect(toHex(type.serialize(decoded.value))).toBe(entry.ssz)
      expect(toHex(type.hashTreeRoot(decoded.value))).toBe(entry.root)

      const fromItsJson = fromJson(type, entry.value)
      if (!fromItsJson.ok) throw new Error(JSON.stringify(fromItsJson.error))
      expect(toHex(type.serialize(fromItsJson.value))).toBe(entry.ssz)

      const view = decodeToView(type, bytes)
      if (!view.ok) throw new Error(JSON.stringify(view.error))
      expect(toHex(view.value.hashTreeRoot())).toBe(entry.root)
      expect(toHex(view.value.serialize())).toBe(entry.ssz)
    },
  )

  it('holds integers that a number cannot', () => {
    expect(stringifyJson(cases)).toContain('18446744073709551615')
  })
})
