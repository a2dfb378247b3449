import type { Scheduler } from '@trine/actors'
import { type State, success, ZERO_ROOT } from '@trine/types'
import { z } from 'zod'
import { blockId } from '../blockId.ts'
import type { Readings } from '../readings.ts'
import { Recent } from '../recent.ts'
import { defineRoute, type Route } from '../route.ts'
import { blockHeaderShape, hex, MISSING, reference, root, slot, uint } from '../schemas.ts'
import { stateText } from '../stateText.ts'

const TAG = 'chain'

const stateShape = z.object({
  config: z.object({ genesis_time: uint }),
  slot,
  latest_block_header: blockHeaderShape,
  latest_justified: reference,
  latest_finalized: reference,
  historical_block_hashes: z.array(root),
  justified_slots: hex,
  validators: z.array(z.object({ pubkey: hex, index: uint })),
  justifications_roots: z.array(root),
  justifications_validators: hex,
})

/** States, as JSON and as what checkpoint sync begins from. */
export function stateRoutes(readings: Readings, scheduler: Scheduler): Route[] {
  const handle = stateHandler(readings, scheduler)
  return [finalizedStateRoute(handle), stateRoute(handle)]
}

/** Each answer can be some megabytes that a slow reader does not take. */
const STATES_AT_ONCE = 32

/** States that are kept as they were served, by the root of their tree: a checkpoint is asked for by many at one time. */
const KEPT_STATES = 2

function stateHandler(readings: Readings, scheduler: Scheduler): Route['handle'] {
  const texts = new Recent<State['node'], Promise<Uint8Array>>(KEPT_STATES)
  const encodings = new Recent<State['node'], Uint8Array>(KEPT_STATES)
  const pause = () => new Promise<void>((resolve) => void scheduler.after(0, resolve))
  return async ({ params, as }) => {
    const found = await readings.state((params.state_id as z.output<typeof blockId>) ?? { by: 'finalized' })
    if (!found.ok) return found
    const state = found.value
    if (as === 'ssz') {
      return success({ as, bytes: encodings.get(state.node, () => asServed(state).serialize()) })
    }
    return success({ as: 'text', text: await texts.get(state.node, () => stateText(asServed(state), pause)) })
  }
}

/** As the state transition leaves it: the header's state root is filled in by the next slot only. */
function asServed(state: State): State {
  const served = state.clone()
  const latestBlockHeader = served.latestBlockHeader.clone()
  latestBlockHeader.stateRoot = ZERO_ROOT
  served.latestBlockHeader = latestBlockHeader
  served.commit()
  return served
}

function finalizedStateRoute(handle: Route['handle']): Route {
  return defineRoute({
    path: '/lean/v0/states/finalized',
    operationId: 'getFinalizedState',
    summary:
      'The state of the latest finalized block, as SSZ unless JSON is asked for: what checkpoint sync begins from',
    tag: TAG,
    json: stateShape,
    represented: ['ssz', 'json'],
    statuses: MISSING,
    atOnce: STATES_AT_ONCE,
    handle,
  })
}

function stateRoute(handle: Route['handle']): Route {
  return defineRoute({
    path: '/lean/v0/states/{state_id}',
    operationId: 'getState',
    summary: 'The state after a block, the state root of its latest header zeroed',
    tag: TAG,
    params: { state_id: blockId },
    json: stateShape,
    represented: ['json', 'ssz'],
    statuses: MISSING,
    atOnce: STATES_AT_ONCE,
    handle,
  })
}
