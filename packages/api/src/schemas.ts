import { z } from 'zod'

/** Shapes that many routes share. Each message completes "expected ...". */
export const root = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/)
  .meta({ description: '32 bytes as 0x and lowercase hex' })

export const uint = z.number().int().min(0)

export const slot = uint.meta({ description: 'slot number' })

export const milliseconds = z.number().meta({ description: 'milliseconds' })

export const reference = z.object({ root, slot })

export const blockHeaderShape = z.object({
  slot,
  proposer_index: uint,
  parent_root: root,
  state_root: root,
  body_root: root,
})

/** A uint64 of a signed message, which is as large as its signer wants it. */
const uint64 = z.number().meta({ override: { type: 'integer', minimum: 0 } })

const signedReference = z.object({ root, slot: uint64 })

/** An attestation as it was signed. */
export const attestationShape = z.object({
  validator_id: uint64,
  data: z.object({
    slot: uint64,
    head: signedReference,
    target: signedReference,
    source: signedReference,
  }),
})

/** Statuses of routes that look something up. */
export const MISSING = { 404: 'the node does not have it' }

export const hex = z.string().regex(/^0x([0-9a-f]{2})*$/)

/** An integer as text, in a path or a query. */
export function integerText(minimum: number, maximum: number) {
  const expected = `an integer from ${minimum} to ${maximum}`
  return z
    .string(expected)
    .regex(/^(0|[1-9]\d{0,15})$/, expected)
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, expected)
    .meta({ override: { type: 'integer', minimum, maximum } })
}

export const MAX_SLOT = 2 ** 32 - 1

/** `limit` and `offset` of a list. */
export function pageQuery(most: number, usual: number) {
  return {
    limit: integerText(1, most)
      .optional()
      .transform((limit) => limit ?? usual),
    offset: integerText(0, Number.MAX_SAFE_INTEGER)
      .optional()
      .transform((offset) => offset ?? 0),
  }
}

export type Page = { readonly limit: number; readonly offset: number }

export function pageOf<Item>(items: readonly Item[], { limit, offset }: Page): readonly Item[] {
  return items.slice(offset, offset + limit)
}
