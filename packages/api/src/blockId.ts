import type { BlockId } from '@trine/messages'
import { z } from 'zod'
import { MAX_SLOT } from './schemas.ts'

const EXPECTED = 'finalized, justified, head, a slot, or a root of 0x and 64 hex digits'

/** A block by its role, slot or root, as it stands in a path. */
export const blockId = z
  .string(EXPECTED)
  .transform((text, context): BlockId => {
    if (text === 'finalized' || text === 'justified' || text === 'head') return { by: text }
    if (/^0x[0-9a-fA-F]{64}$/.test(text)) return { by: 'root', root: text.toLowerCase() }
    if (/^(0|[1-9]\d{0,9})$/.test(text) && Number(text) <= MAX_SLOT) return { by: 'slot', slot: Number(text) }
    context.addIssue(EXPECTED)
    return z.NEVER
  })
  .meta({
    override: {
      oneOf: [
        { type: 'string', enum: ['finalized', 'justified', 'head'] },
        { type: 'string', pattern: '^0x[0-9a-fA-F]{64}$' },
        { type: 'integer', minimum: 0, maximum: MAX_SLOT },
      ],
    },
  })

export function describeBlockId(id: BlockId): string {
  if (id.by === 'root') return id.root
  return id.by === 'slot' ? `slot ${id.slot}` : id.by
}
