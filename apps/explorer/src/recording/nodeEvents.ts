import type { ActorFigures } from '@trine/actors'
import type { NodeEvent, PeerView } from '@trine/messages'
import type { Mailbox, ModelEvent, Peer } from '../model/events.ts'
import { tickOf } from '../model/ticks.ts'

/** What an event of a node tells the model: nothing, or one or more events. */
export function eventsOf(event: NodeEvent): readonly ModelEvent[] {
  switch (event.type) {
    case 'intervalBegan':
      return [{ type: 'tick', tick: tickOf(event) }]
    case 'chainStarted':
      return [
        {
          type: 'block',
          block: event.finalized,
          parentRoot: '',
          proposerIndex: event.finalized.slot % event.validatorCount,
          votes: undefined,
          origin: 'stored',
        },
        { type: 'finalized', checkpoint: event.finalized },
        { type: 'justified', checkpoint: event.justified },
        { type: 'safeTarget', safeTarget: event.safeTarget },
        { type: 'head', head: event.head },
      ]
    case 'block': {
      const { block, parentRoot, proposerIndex, attestations: votes, origin } = event
      return [{ type: 'block', block, parentRoot, proposerIndex, votes, origin }]
    }
    case 'attestation': {
      const { validatorIndex, slot, head, target, source, origin } = event
      return [{ type: 'vote', vote: { validatorIndex, slot, head, target, source }, origin }]
    }
    case 'head':
      return [{ type: 'head', head: event.head }]
    case 'justified':
    case 'finalized':
      return [{ type: event.type, checkpoint: event.checkpoint }]
    case 'safeTarget':
      return [{ type: 'safeTarget', safeTarget: event.safeTarget }]
    case 'reorg':
      return [{ type: 'reorg', from: event.from, to: event.to, depth: event.depth }]
    default:
      return otherEventsOf(event)
  }
}

function otherEventsOf(event: NodeEvent): readonly ModelEvent[] {
  switch (event.type) {
    case 'evidence': {
      const { evidence } = event
      const validatorIndex = evidence.kind === 'twoVotes' ? evidence.validatorIndex : evidence.proposerIndex
      const isProof = evidence.kind === 'twoVotes' || evidence.isProof
      return [{ type: 'equivocation', kind: evidence.kind, validatorIndex, slot: evidence.slot, isProof }]
    }
    case 'duty': {
      const { kind, slot, validatorIndex, outcome, reason, dataTime, reserveTime, signTime } = event.result
      const milliseconds = dataTime + reserveTime + signTime
      return [{ type: 'duty', duty: { kind, slot, validatorIndex, outcome, reason, milliseconds } }]
    }
    case 'dutiesPaused':
      // A single validator that stops leaves the others at work.
      return event.validatorIndex === undefined
        ? [{ type: 'dutiesPaused', reason: event.reason }]
        : [{ type: 'notice', level: 'error', text: `A validator is stopped: ${event.reason}` }]
    case 'dutiesResumed':
      return [{ type: 'dutiesPaused', reason: undefined }]
    case 'peerConnected':
      return [{ type: 'peer', peer: { peerId: event.peerId, direction: event.direction, isConnected: true } }]
    case 'peerDisconnected':
      return [{ type: 'peer', peer: { peerId: event.peerId, isConnected: false } }]
    case 'peerScored':
      return [{ type: 'peer', peer: { peerId: event.peerId, score: event.score } }]
    case 'syncState': {
      const { state, headSlot, targetSlot } = event
      return [{ type: 'sync', state, headSlot, targetSlot }]
    }
    default:
      return noticesOf(event)
  }
}

function noticesOf(event: NodeEvent): readonly ModelEvent[] {
  const notice = (level: 'info' | 'warning' | 'error', text: string): ModelEvent[] => [
    { type: 'notice', level, text },
  ]
  switch (event.type) {
    case 'blockRejected':
      return notice('warning', `Block of slot ${event.slot} rejected: ${event.message}`)
    case 'finalityConflict':
      return notice('error', `Facts about finality disagree: ${event.message}`)
    case 'storeFailed':
      return notice('error', `The disk does not take blocks: ${event.message}`)
    case 'storeRecovered':
      return notice('info', 'The disk takes blocks again')
    case 'intervalsSkipped':
      return notice('warning', `${event.count} intervals had no tick: the machine slept, or its clock jumped`)
    case 'clockStepped':
      return notice('warning', `The clock was set by ${event.milliseconds} ms`)
    case 'peerBanned':
      return notice('warning', `Peer ${event.peerId} is banned: ${event.reason}`)
    case 'actorFailed':
      return notice('error', `The ${event.report.actor} service failed on a message`)
    default:
      return []
  }
}

/** The mailboxes of a node's services. */
export function mailboxesOf(figures: readonly ActorFigures[]): Mailbox[] {
  return figures.map(({ actor, state, restarts, failures, lanes }) => ({
    actor: actor.replace(/^.*\//, ''),
    state,
    restarts,
    failures,
    lanes: lanes.map((lane) => ({
      lane: lane.lane,
      capacity: lane.capacity,
      depth: lane.depth,
      deepest: lane.deepest,
      handled: lane.handled,
      refused: lane.refused,
      dropped: lane.dropped,
      meanWait: lane.handled === 0 ? 0 : lane.waitTotal / lane.handled,
      longestWait: lane.waitMax,
      meanBusy: lane.handled === 0 ? 0 : lane.busyTotal / lane.handled,
    })),
  }))
}

/** A peer as the network service tells of it. */
export function peerOf({ peerId, direction, score, status }: PeerView): Peer {
  return {
    peerId,
    direction,
    score,
    dialect: undefined,
    latency: undefined,
    headSlot: status && Number(status.head.slot),
    finalizedSlot: status && Number(status.finalized.slot),
    isConnected: true,
  }
}
