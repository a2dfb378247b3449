import type { Start } from '@trine/actors'
import type { ChainMessage } from '@trine/messages'
import { ChainService } from './chainService.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import type { ChainParts } from './parts.ts'
import { recover } from './recovery.ts'

/**
 * The start of a ChainService: `system.spawn('chain', chainLanes, createChain(parts))`.
 *
 * Started again, after a failure or in a new process, it finds its blocks in the BlockStore. The start fails when anchor
 * state and block do not belong together, or the BlockStore does not answer.
 */
export function createChain(parts: ChainParts): Start<ChainMessage> {
  if (parts.blockStore === undefined) {
    return (context) => new ChainService(context, parts, parts.anchor).begin()
  }
  const limits = { ...DEFAULT_LIMITS, ...parts.limits }
  return async (context) => {
    const { anchor, earlier } = await recover(context, parts, limits)
    const service = new ChainService(context, parts, anchor)
    if (earlier !== undefined) await service.restore(earlier)
    return service.begin()
  }
}
