import { HASH_LENGTH, PARAMETER_LENGTH } from '../constants.ts'
import { type Result, success } from '../result.ts'
import type { PublicKey } from '../types.ts'
import type { KeyError } from './error.ts'
import { elementsFromJson, elementsToJson, fieldsOf, parseJson } from './json.ts'

/** Public key as lean-quickstart's `validator_N_pk.json`: {"root": [8], "parameter": [5]}, Montgomery form, indented. */
export function encodePublicKeyJson(publicKey: PublicKey): string {
  const fields = { root: elementsToJson(publicKey.root), parameter: elementsToJson(publicKey.parameter) }
  return JSON.stringify(fields, null, 2)
}

/** Reads what `encodePublicKeyJson` writes, in any spacing and field order. */
export function decodePublicKeyJson(text: string): Result<PublicKey, KeyError> {
  const parsed = parseJson('public key', text, 4096)
  if (!parsed.ok) return parsed
  const fields = fieldsOf('public key', parsed.value, ['root', 'parameter'])
  if (!fields.ok) return fields
  const root = elementsFromJson('root', fields.value.root, HASH_LENGTH)
  if (!root.ok) return root
  const parameter = elementsFromJson('parameter', fields.value.parameter, PARAMETER_LENGTH)
  if (!parameter.ok) return parameter
  return success({ root: root.value, parameter: parameter.value })
}
