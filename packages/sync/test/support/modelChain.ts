import type { Behaviour, Ref, Start } from '@trine/actors'
import type {
  BlockOrigin,
  ChainMessage,
  NetworkMessageFrom,
  RootedBlock,
  SyncMessageFrom,
} from '@trine/messages'
import { type RootHex, type Slot, toHex } from '@trine/types'
import { GENESIS } from './bench.ts'

export type ModelChainParts = {
  readonly network: Ref<NetworkMessageFrom<'chain'>>
  readonly sync: Ref<SyncMessageFrom<'chain'>>
  /** Blocks that wait for their parents; more are dropped. */
  readonly maxPending?: number
  /** How far behind the head blocks are final; undefined when none ever is. */
  readonly finalityDistance?: number
}

/** Marks of blocks that are not what they should be: in the state root, and in the first signature. */
export const INVALID = 0xee
export const FORGED = 0xff

/** What the tests look at. */
export type ModelChainState = {
  readonly blocks: Map<RootHex, RootedBlock>
  head: { root: RootHex; slot: Slot }
  finalized: { root: RootHex; slot: Slot }
}

/** As much of a chain as sync and network need: a tree of blocks whose head is the highest, and no consensus at all. */
export function modelChain(parts: ModelChainParts, state: ModelChainState): Start<ChainMessage> {
  const pending = new Map<RootHex, { block: RootedBlock; origin: BlockOrigin | undefined }>()
  const invalid = new Set<RootHex>()
  const isKnown = (root: RootHex) => root === GENESIS || state.blocks.has(root)

  const judge = (origin: BlockOrigin | undefined, verdict: 'accept' | 'ignore' | 'reject') => {
    if (origin?.from === 'gossip') {
      parts.network.tell({ type: 'verdict', gossip: origin.gossip, verdict, reason: 'model' })
    }
  }
  const refuse = (
    { root }: RootedBlock,
    origin: BlockOrigin | undefined,
    cause: 'invalid' | 'forged' | 'full' | 'settled',
  ) => {
    const peerId = origin?.from === 'request' ? origin.peerId : undefined
    judge(origin, cause === 'invalid' || cause === 'forged' ? 'reject' : 'ignore')
    parts.sync.tell({ type: 'blockRefused', root, peerId, cause, reason: 'model' })
  }
  const importOne = (block: RootedBlock, origin: BlockOrigin | undefined): boolean => {
    const { slot, parentRoot, stateRoot } = block.signedBlock.message.block
    const parent = toHex(parentRoot)
    if (block.signedBlock.signature[0]![0] === FORGED) refuse(block, origin, 'forged')
    else if (stateRoot[0] === INVALID || invalid.has(parent)) {
      invalid.add(block.root)
      refuse(block, origin, 'invalid')
    } else if (Number(slot) <= state.finalized.slot) refuse(block, origin, 'settled')
    else {
      state.blocks.set(block.root, block)
      judge(origin, 'accept')
      const reference = { root: block.root, slot: Number(slot) }
      parts.sync.tell({ type: 'blockImported', block: reference, parentRoot: parent })
      moveHead(reference)
      return true
    }
    return false
  }
  const moveHead = (reference: { root: RootHex; slot: Slot }) => {
    const { head } = state
    if (reference.slot < head.slot || (reference.slot === head.slot && reference.root < head.root)) return
    state.head = reference
    finalize()
    const { finalized } = state
    const status = { type: 'chainStatus', head: state.head, justified: finalized, finalized } as const
    parts.network.tell(status)
    parts.sync.tell(status)
  }
  const finalize = () => {
    const { finalityDistance } = parts
    if (finalityDistance === undefined) return
    let block = state.blocks.get(state.head.root)
    for (let depth = 0; block !== undefined && depth < finalityDistance; depth++) {
      block = state.blocks.get(parentOf(block))
    }
    const slot = Number(block?.signedBlock.message.block.slot ?? 0)
    if (block !== undefined && slot > state.finalized.slot) state.finalized = { root: block.root, slot }
  }
  const take = (block: RootedBlock, origin: BlockOrigin | undefined) => {
    if (isKnown(block.root) || pending.has(block.root)) return judge(origin, 'ignore')
    const parent = parentOf(block)
    if (!isKnown(parent) && !invalid.has(parent)) {
      if (pending.size >= (parts.maxPending ?? 64)) return refuse(block, origin, 'full')
      judge(origin, 'ignore')
      pending.set(block.root, { block, origin: origin?.from === 'request' ? origin : undefined })
      if (pending.has(parent)) return
      const peerId = origin?.from === 'gossip' ? origin.gossip.peerId : origin?.peerId
      parts.sync.tell({ type: 'missingBlocks', roots: [parent], peerId })
      return
    }
    const open: { block: RootedBlock; origin: BlockOrigin | undefined }[] = [{ block, origin }]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (!importOne(next.block, next.origin)) {
        const { root } = next.block
        if (!invalid.has(root) && [...pending.values()].some((waiting) => parentOf(waiting.block) === root)) {
          parts.sync.tell({ type: 'missingBlocks', roots: [root], peerId: undefined })
        }
        continue
      }
      for (const waiting of pending.values()) {
        if (parentOf(waiting.block) !== next.block.root) continue
        pending.delete(waiting.block.root)
        open.push(waiting)
      }
    }
  }
  const behaviour: Behaviour<ChainMessage> = {
    receive(message) {
      if (message.type === 'block') return take(message.block, message.origin)
      if (message.type === 'ownBlock') return take(message.block, undefined)
      if (message.type === 'findUnknown') {
        const unknown = message.roots.filter(
          (root) => !isKnown(root) && !pending.has(root) && !invalid.has(root),
        )
        message.reply.answer(unknown)
      }
      if (message.type === 'getBlock' && message.id.by === 'root') {
        message.reply.answer(state.blocks.get(message.id.root))
      }
    },
  }
  return () => behaviour
}

function parentOf({ signedBlock }: RootedBlock): RootHex {
  return toHex(signedBlock.message.block.parentRoot)
}
