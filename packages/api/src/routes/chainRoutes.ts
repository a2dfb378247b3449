import type { ChainView } from '@trine/messages'
import { blockHeader } from '@trine/state-transition'
import {
  attestationType,
  blockHeaderType,
  blockType,
  type RootHex,
  signedTypesFor,
  stringifyJson,
  success,
} from '@trine/types'
import { z } from 'zod'
import { blockId } from '../blockId.ts'
import type { ApiIdentity } from '../parts.ts'
import type { Readings } from '../readings.ts'
import { defineRoute, json, type Route } from '../route.ts'
import { attestationShape, blockHeaderShape, MISSING, reference, root, slot, uint } from '../schemas.ts'
import { sszToJson } from '../sszJson.ts'

const TAG = 'chain'

const blockShape = z.object({
  root,
  slot,
  proposer_index: uint,
  parent_root: root,
  state_root: root,
  body: z.object({ attestations: z.array(attestationShape) }),
  proposer_attestation: attestationShape,
})

const chainShape = z.object({
  genesis_time: uint.meta({ description: 'Unix time in seconds' }),
  slot,
  interval: uint,
  head: reference,
  safe_target: reference,
  justified: reference,
  finalized: reference,
  head_state: z.object({ justified: reference, finalized: reference }),
  validator_count: uint,
  blocks_in_memory: uint,
  states_in_memory: uint,
  pending_blocks: uint,
  pending_attestations: uint,
  unauthenticated_blocks: uint,
})

const forkChoiceShape = z.object({
  nodes: z.array(z.object({ root, slot, parent_root: root, proposer_index: uint, weight: z.number().int() })),
  head: root,
  justified: reference,
  finalized: reference,
  safe_target: root,
  validator_count: uint,
})

/** Head, checkpoints, tree and blocks. */
export function chainRoutes(readings: Readings, identity: ApiIdentity): Route[] {
  return [
    headRoute(readings),
    chainRoute(readings),
    checkpointRoute(readings, 'justified'),
    checkpointRoute(readings, 'finalized'),
    forkChoiceRoute(readings),
    finalizedBlockRoute(readings, identity),
    blockRoute(readings, identity),
    headerRoute(readings, '/lean/v0/blocks/{block_id}/header', 'getBlockHeader'),
    headerRoute(readings, '/lean/v0/headers/{block_id}', 'getHeader'),
  ]
}

function headRoute(readings: Readings): Route {
  return defineRoute({
    path: '/lean/v0/head',
    operationId: 'getHead',
    summary: 'The block that fork choice builds on',
    tag: TAG,
    json: z.object({ head: root, slot }),
    handle: async () => {
      const view = await readings.chain()
      return view.ok ? json({ head: view.value.head.root, slot: view.value.head.slot }) : view
    },
  })
}

function chainRoute(readings: Readings): Route {
  return defineRoute({
    path: '/lean/v0/chain',
    operationId: 'getChain',
    summary: 'Time, head, checkpoints and sizes of the chain service',
    tag: TAG,
    json: chainShape,
    handle: async () => {
      const view = await readings.chain()
      return view.ok ? json(chainJson(view.value)) : view
    },
  })
}

function chainJson(view: ChainView): z.output<typeof chainShape> {
  return {
    genesis_time: view.genesisTime,
    slot: view.slot,
    interval: view.interval,
    head: view.head,
    safe_target: view.safeTarget,
    justified: view.justified,
    finalized: view.finalized,
    head_state: view.headState,
    validator_count: view.validatorCount,
    blocks_in_memory: view.blocksInMemory,
    states_in_memory: view.statesInMemory,
    pending_blocks: view.pendingBlocks,
    pending_attestations: view.pendingAttestations,
    unauthenticated_blocks: view.unauthenticatedBlocks,
  }
}

function checkpointRoute(readings: Readings, role: 'justified' | 'finalized'): Route {
  return defineRoute({
    path: `/lean/v0/checkpoints/${role}`,
    operationId: role === 'justified' ? 'getJustifiedCheckpoint' : 'getFinalizedCheckpoint',
    summary: `The latest ${role} checkpoint`,
    tag: TAG,
    json: z.object({ slot, root }),
    handle: async () => {
      const view = await readings.chain()
      if (!view.ok) return view
      const { slot, root } = view.value[role]
      return json({ slot, root })
    },
  })
}

function forkChoiceRoute(readings: Readings): Route {
  /** Requests that shared one question share its text. */
  const texts = new WeakMap<object, string>()
  return defineRoute({
    path: '/lean/v0/fork_choice',
    operationId: 'getForkChoice',
    summary: 'The tree of blocks from the finalized one on, with the weight of the votes for each',
    tag: TAG,
    json: forkChoiceShape,
    handle: async () => {
      const view = await readings.forkChoice()
      if (!view.ok) return view
      const { nodes, head, justified, finalized, safeTarget, validatorCount } = view.value
      const text =
        texts.get(view.value) ??
        JSON.stringify({
          nodes: nodes.map(({ root, slot, parentRoot, proposerIndex, weight }) => ({
            root,
            slot,
            parent_root: parentRoot,
            proposer_index: proposerIndex,
            weight,
          })),
          head: head.root,
          justified,
          finalized,
          safe_target: safeTarget.root,
          validator_count: validatorCount,
        })
      texts.set(view.value, text)
      return success({ as: 'text', text })
    },
  })
}

type BlockHandler = Route['handle']

function blockHandler(readings: Readings, identity: ApiIdentity): BlockHandler {
  const { signedBlockWithAttestationType } = signedTypesFor(identity.signatureEncoding)
  return async ({ params, as }) => {
    const found = await readings.block((params.block_id as z.output<typeof blockId>) ?? { by: 'finalized' })
    if (!found.ok) return found
    const { root, signedBlock } = found.value
    if (as === 'ssz') return success({ as, bytes: signedBlockWithAttestationType.serialize(signedBlock) })
    const { block, proposerAttestation } = signedBlock.message
    const value = {
      root,
      ...(sszToJson(blockType, block) as object),
      proposer_attestation: sszToJson(attestationType, proposerAttestation),
    }
    return success({ as: 'text', text: stringifyJson(value) })
  }
}

function finalizedBlockRoute(readings: Readings, identity: ApiIdentity): Route {
  return defineRoute({
    path: '/lean/v0/blocks/finalized',
    operationId: 'getFinalizedBlock',
    summary: 'The latest finalized block, as SSZ with its signatures unless JSON is asked for',
    tag: TAG,
    json: blockShape,
    represented: ['ssz', 'json'],
    statuses: MISSING,
    handle: blockHandler(readings, identity),
  })
}

function blockRoute(readings: Readings, identity: ApiIdentity): Route {
  return defineRoute({
    path: '/lean/v0/blocks/{block_id}',
    operationId: 'getBlock',
    summary: "A block: JSON without signatures, SSZ with them. By slot only blocks of the head's chain",
    tag: TAG,
    params: { block_id: blockId },
    json: blockShape,
    represented: ['json', 'ssz'],
    statuses: MISSING,
    handle: blockHandler(readings, identity),
  })
}

function headerRoute(readings: Readings, path: string, operationId: string): Route {
  return defineRoute({
    path,
    operationId,
    summary: 'The header of a block',
    tag: TAG,
    params: { block_id: blockId },
    json: blockHeaderShape.extend({ root }),
    represented: ['json', 'ssz'],
    statuses: MISSING,
    handle: async ({ params, as }) => {
      const found = await readings.block(params.block_id)
      if (!found.ok) return found
      const value = blockHeader(found.value.signedBlock.message.block)
      if (as === 'ssz') return success({ as, bytes: blockHeaderType.serialize(value) })
      return json({ root: found.value.root as RootHex, ...(sszToJson(blockHeaderType, value) as object) })
    },
  })
}
