import {
  CONTAINER_TYPES,
  decode,
  decodeToView,
  describeDecodeError,
  describeJsonError,
  fromJson,
  signedTypesFor,
  toHex,
  toJson,
} from '@trine/types'
import { z } from 'zod'
import { type CaseResult, checkCase, difference, hasKeys, type Runner } from '../runner.ts'
import { bytesOf, hexText, readFields, type SszContainer } from './fields.ts'

const { signedAttestationType, signedBlockWithAttestationType } = signedTypesFor('padded')

const TYPES = {
  ...CONTAINER_TYPES,
  SignedAttestation: signedAttestationType,
  SignedBlockWithAttestation: signedBlockWithAttestationType,
} as unknown as Readonly<Record<string, SszContainer>>

const caseSchema = z.object({
  type: z
    .string()
    .refine((name) => Object.hasOwn(TYPES, name), `expected one of ${Object.keys(TYPES).join(', ')}`),
  ssz: hexText,
  root: hexText,
  value: z.unknown(),
})

/** `{cases: [{type, ssz, root, value}]}`: one value in SSZ and JSON, and its root; signatures are `padded`. */
export const randomSszRunner: Runner = {
  kind: 'ssz',
  recognises: ({ json }) =>
    hasKeys(json, 'cases') &&
    Array.isArray(json.cases) &&
    hasKeys(json.cases[0], 'type', 'ssz', 'root', 'value'),
  run: ({ json }) => {
    const { cases } = json as { cases: readonly { type: unknown }[] }
    return {
      cases: cases.map(
        (entry, index): CaseResult => checkCase(`cases[${index}] ${entry.type}`, () => checkValue(entry)),
      ),
    }
  },
}

function checkValue(json: unknown): string | undefined {
  const { type: name, ssz, root, value } = readFields(caseSchema, json)
  const type = TYPES[name] as SszContainer
  const bytes = bytesOf(ssz)
  const decoded = decode(type, bytes)
  if (!decoded.ok) return `ssz: ${describeDecodeError(decoded.error)}`
  const view = decodeToView(type, bytes)
  if (!view.ok) return `ssz as a view: ${describeDecodeError(view.error)}`
  const read = fromJson(type, value, 'value')
  if (!read.ok) return describeJsonError(read.error)
  return (
    difference('decoded value', value, toJson(type, decoded.value)) ??
    difference('encoded value', ssz, toHex(type.serialize(decoded.value))) ??
    difference('encoded view', ssz, toHex(view.value.serialize())) ??
    difference('encoded JSON', ssz, toHex(type.serialize(read.value))) ??
    difference('root', root, toHex(type.hashTreeRoot(decoded.value))) ??
    difference('root of the view', root, toHex(view.value.hashTreeRoot()))
  )
}
