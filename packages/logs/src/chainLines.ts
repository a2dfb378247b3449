import type { ChainEvent } from '@trine/messages'
import type { Uint64 } from '@trine/types'
import { type FieldValue, type Line, milliseconds, shortRoot } from './line.ts'

type EventOf<Type extends ChainEvent['type']> = Extract<ChainEvent, { readonly type: Type }>

/** A reorganization of at least so many blocks is a warning. */
const DEEP = 3

/** The line for an event of the chain; undefined for one that nobody wants to read. */
export function chainLine(event: ChainEvent): Line | undefined {
  switch (event.type) {
    case 'chainStarted':
      return chain('info', 'chain ready', {
        head: event.head.slot,
        root: shortRoot(event.head.root),
        justified: event.justified.slot,
        finalized: event.finalized.slot,
        validators: event.validatorCount,
      })
    case 'head':
      return chain('debug', 'head moved', { slot: event.head.slot, root: shortRoot(event.head.root) })
    case 'block':
      return blockLine(event)
    case 'justified':
    case 'finalized':
      return chain('info', event.type, {
        slot: event.checkpoint.slot,
        root: shortRoot(event.checkpoint.root),
      })
    case 'reorg':
      return chain(event.depth >= DEEP ? 'warn' : 'info', 'reorganization', {
        depth: event.depth,
        from: shortRoot(event.from.root),
        fromSlot: event.from.slot,
        to: shortRoot(event.to.root),
        toSlot: event.to.slot,
        ancestorSlot: event.commonAncestor.slot,
      })
    case 'safeTarget':
      return chain('debug', 'safe target moved', { slot: event.safeTarget.slot })
    default:
      return refusalLine(event) ?? troubleLine(event)
  }
}

function blockLine(event: EventOf<'block'>): Line {
  // While a node catches up there are thousands; the status line shows how far it is.
  return chain(event.origin === 'request' ? 'debug' : 'info', 'block imported', {
    slot: event.block.slot,
    root: shortRoot(event.block.root),
    proposer: event.proposerIndex,
    votes: event.attestations,
    from: event.origin,
    ms: milliseconds(event.importTime),
  })
}

function refusalLine(event: ChainEvent): Line | undefined {
  switch (event.type) {
    case 'blockWaiting':
      return chain('debug', 'block waits', {
        slot: event.block.slot,
        root: shortRoot(event.block.root),
        for: event.waitsFor,
      })
    case 'blockRejected':
      return limited('block refused', {
        slot: exact(event.slot),
        root: shortRoot(event.root),
        reason: event.reason,
        detail: event.message,
      })
    case 'attestationRejected':
      return limited('vote refused', {
        validator: exact(event.validatorIndex),
        reason: event.reason,
        detail: event.message,
      })
    case 'attestation':
      return chain('trace', 'vote taken', {
        validator: event.validatorIndex,
        slot: event.slot,
        head: shortRoot(event.head.root),
        from: event.origin,
      })
    case 'signaturesVerified':
      return chain('debug', 'signatures verified', {
        valid: event.valid,
        invalid: event.invalid,
        ms: milliseconds(event.time),
      })
    default:
      return undefined
  }
}

function troubleLine(event: ChainEvent): Line | undefined {
  switch (event.type) {
    case 'evidence':
      return evidenceLine(event)
    case 'finalityConflict':
      return {
        ...chain('error', 'finality contradicts itself', { detail: event.message }),
        advice:
          'a third of the validators broke the rules, or this node is wrong: keep its data folder and ask the others',
      }
    case 'storeFailed':
      return {
        component: 'storage',
        level: 'error',
        message: 'blocks cannot be written',
        fields: { unwritten: event.unwrittenBlocks, detail: event.message },
        advice:
          'look at the disk: free space, permissions, errors of the system; it is tried again at every tick',
        isLimited: true,
      }
    case 'storeRecovered':
      return {
        component: 'storage',
        level: 'info',
        message: 'blocks are written again',
        fields: { written: event.writtenBlocks },
      }
    case 'blockBuilding':
      if (event.outcome === 'failed') {
        return chain('warn', 'block not built', { slot: event.slot, reason: event.reason })
      }
      return chain('debug', 'block built', {
        slot: event.slot,
        votes: event.attestations,
        ms: milliseconds(event.time),
      })
    default:
      return undefined
  }
}

function evidenceLine({ evidence }: EventOf<'evidence'>): Line {
  const isVotes = evidence.kind === 'twoVotes'
  const validator = isVotes ? evidence.validatorIndex : evidence.proposerIndex
  const line = limited(isVotes ? 'two votes of one slot' : 'two blocks of one slot', {
    validator,
    slot: evidence.slot,
    proof: isVotes || evidence.isProof,
  })
  return { ...line, advice: 'if it is a validator of yours, a second node runs with its key: stop one' }
}

/** What peers send may be beyond the numbers that are exact. */
function exact(value: Uint64): FieldValue {
  return typeof value === 'bigint' ? `${value}` : value
}

function chain(level: Line['level'], message: string, fields: Line['fields']): Line {
  return { component: 'chain', level, message, fields }
}

function limited(message: string, fields: Line['fields']): Line {
  return { ...chain('warn', message, fields), isLimited: true }
}
