import type { Start } from '@trine/actors'
import type { ChainMessage } from '@trine/messages'
import type { ChainParts } from './parts.ts'

/** The start of a ChainService: `system.spawn('chain', chainLanes, createChain(parts))`. */
export function createChain(parts: ChainParts): Start<ChainMessage> {
  throw new Error(`not ready for ${parts.ownValidators.length} validators`)
}
