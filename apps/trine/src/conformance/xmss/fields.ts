import { production, type RoundConstantOrder, type Scheme, test } from '@trine/xmss'
import { z } from 'zod'
import { bytesOf, hexText } from '../devnet1/fields.ts'
import { hasKeys } from '../runner.ts'

/** Fields of the xmss vectors. */

/** Little-endian elements in hex, not checked to be below P. */
export const words = hexText.transform((hex) => wordsOf(bytesOf(hex)))

/** A byte string in hex. */
export const byteString = hexText.transform(bytesOf)

/** Elements as JSON numbers. */
export const elements = z.array(z.number()).transform((numbers) => Uint32Array.from(numbers))

/** An integer in hex of any length, two's complement not meant. */
export const bigHex = z
  .string()
  .regex(/^0x[0-9a-f]+$/, 'expected 0x and hex digits')
  .transform(BigInt)

export const publicKey = words.transform((all) => ({ root: all.slice(0, 8), parameter: all.slice(8) }))

export const treeLayer = z.looseObject({ start_index: z.int(), nodes: z.array(words) })

export function wordsOf(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Uint32Array.from({ length: bytes.length / 4 }, (_, index) => view.getUint32(4 * index, true))
}

export function join(parts: readonly Uint32Array[]): Uint32Array {
  return Uint32Array.from(parts.flatMap((part) => [...part]))
}

/** The orders of round constants that a file names in its description, or both if it names none. */
export function declaredOrders(json: unknown): RoundConstantOrder[] {
  const text = hasKeys(json, 'poseidon2_round_constants')
    ? String(json.poseidon2_round_constants)
    : hasKeys(json, 'description')
      ? String(json.description)
      : ''
  if (/^LEANSPEC|LITERAL/.test(text)) return ['leanspec']
  if (/PLONKY3/.test(text)) return ['plonky3']
  return ['plonky3', 'leanspec']
}

/** The preset whose codewords have so many digits, with the order a file names (plonky3 if it names none). */
export function schemeOf(json: unknown, digits: number): Scheme {
  const preset = [production, test].find(({ dimension }) => dimension === digits)
  if (!preset)
    throw new Error(`codeword: expected ${production.dimension} or ${test.dimension} digits, got ${digits}`)
  return { ...preset, roundConstantOrder: declaredOrders(json)[0]! }
}
