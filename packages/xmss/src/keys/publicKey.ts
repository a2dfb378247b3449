import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { ELEMENT_BYTES, HASH_LENGTH, PARAMETER_LENGTH, PUBLIC_KEY_BYTES } from '../constants.ts'
import { type Result, success } from '../result.ts'
import type { PublicKey } from '../types.ts'
import { findNonCanonical, toMontgomery } from './elements.ts'
import { type KeyError, keyFailure } from './error.ts'
import { elementsFromJson, elementsToJson, fieldsOf, parseJson } from './json.ts'

function elementBytes({ root, parameter }: PublicKey, form: (element: number) => number): Uint8Array {
  const bytes = new Uint8Array(PUBLIC_KEY_BYTES)
  const view = new DataView(bytes.buffer)
  for (const [index, element] of [...root, ...parameter].entries()) {
    view.setUint32(index * ELEMENT_BYTES, form(element), true)
  }
  return bytes
}

/** The 52 bytes of a registry: root (8 elements), then parameter (5), canonical little-endian u32 (leanSpec PublicKey). */
export function encodePublicKey(publicKey: PublicKey): Uint8Array {
  return elementBytes(publicKey, (element) => element)
}

/** The 52 bytes as hash-sig-cli wrote them into manifests until 30 November 2025: elements in Montgomery form. */
export function encodePublicKeyMontgomery(publicKey: PublicKey): Uint8Array {
  return elementBytes(publicKey, toMontgomery)
}

/** Reads what `encodePublicKey` writes; an element not below P is refused. */
export function decodePublicKey(bytes: Uint8Array): Result<PublicKey, KeyError> {
  if (bytes.length !== PUBLIC_KEY_BYTES) {
    return keyFailure('wrongLength', `public key: expected ${PUBLIC_KEY_BYTES} bytes, got ${bytes.length}`)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const elements = new Uint32Array(HASH_LENGTH + PARAMETER_LENGTH)
  for (let index = 0; index < elements.length; index++) {
    elements[index] = view.getUint32(index * ELEMENT_BYTES, true)
  }
  const bad = findNonCanonical(elements)
  if (bad !== undefined) return keyFailure('notCanonical', `public key: element ${bad} is not below P`)
  return success({ root: elements.slice(0, HASH_LENGTH), parameter: elements.slice(HASH_LENGTH) })
}

/** The 52 bytes as 104 lowercase hex digits. */
export function publicKeyToHex(publicKey: PublicKey): string {
  return bytesToHex(encodePublicKey(publicKey))
}

/** Reads what `publicKeyToHex` writes, also in capitals and with 0x in front, as config.yaml and manifests have it. */
export function publicKeyFromHex(text: string): Result<PublicKey, KeyError> {
  const digits = /^(?:0x)?((?:[0-9a-fA-F]{2})*)$/.exec(text)?.[1]
  if (digits === undefined) return keyFailure('malformed', 'public key: expected hex digits')
  return decodePublicKey(hexToBytes(digits))
}

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
