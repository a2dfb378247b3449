import type { NodeEvent } from '@trine/messages'
import { dutyJson } from '../dutyJson.ts'

/** What one can listen to. The first seven are common among lean clients, the rest are Trine's. */
export const TOPICS = [
  'head',
  'block',
  'justified_checkpoint',
  'finalized_checkpoint',
  'block_gossip',
  'attestation',
  'interval',
  'clock',
  'safe_target',
  'reorg',
  'block_building',
  'block_waiting',
  'chain_started',
  'rejection',
  'verification',
  'duty',
  'duties_state',
  'peer',
  'gossip',
  'request',
  'sync',
  'evidence',
  'alarm',
] as const

export type Topic = (typeof TOPICS)[number]

/** An event as readers get it. */
export type TopicEvent = { readonly topic: Topic; readonly data: unknown }

type EventOf<Type extends NodeEvent['type']> = Extract<NodeEvent, { type: Type }>

type Writers = { readonly [Type in NodeEvent['type']]: (event: EventOf<Type>) => readonly TopicEvent[] }

const one = (topic: Topic, data: unknown): readonly TopicEvent[] => [{ topic, data }]

/** Heads older than so many slots are not told of: they pass by in hundreds while a node catches up. */
const HEAD_RECENCY_SLOTS = 32

/** What the events need to know beyond themselves. */
export type EventSurroundings = {
  /** The slot that it is now. */
  readonly slot: () => number
  /** The parent of a block that was imported lately. */
  readonly parentOf: (root: string) => string | undefined
}

/** Writes what happens in a node as what readers of the event stream get. */
export function createEventWriter(
  surroundings: EventSurroundings,
): (event: NodeEvent) => readonly TopicEvent[] {
  const writers: Writers = {
    ...clockWriters,
    ...chainWriters(surroundings),
    ...validatorWriters,
    ...networkWriters,
    syncState: ({ state, headSlot, targetSlot }) =>
      one('sync', { state, head_slot: headSlot, target_slot: targetSlot }),
    backfill: () => [],
    actorFailed: ({ report }) =>
      one('alarm', {
        kind: 'actor_failed',
        actor: report.actor,
        phase: report.phase,
        decision: report.decision,
        message: report.error instanceof Error ? report.error.message : String(report.error),
      }),
  }
  return (event) => (writers[event.type] as (event: NodeEvent) => readonly TopicEvent[])(event)
}

const clockWriters = {
  countdown: ({ secondsToGenesis }) =>
    one('clock', { kind: 'countdown', seconds_to_genesis: secondsToGenesis }),
  intervalBegan: ({ slot, interval, lateness }) => one('interval', { slot, interval, lateness }),
  intervalsSkipped: ({ first, last, count }) =>
    one('clock', { kind: 'intervals_skipped', first, last, count }),
  clockStepped: ({ milliseconds }) => one('clock', { kind: 'clock_stepped', milliseconds }),
} satisfies Partial<Writers>

function chainWriters({ slot: currentSlot, parentOf }: EventSurroundings) {
  return {
    head: ({ head: { slot, root } }) =>
      slot < currentSlot() - HEAD_RECENCY_SLOTS
        ? []
        : one('head', { slot, root, parent_root: parentOf(root) ?? null }),
    block: ({ block: { slot, root }, parentRoot, proposerIndex, origin, ...rest }) => {
      const data = {
        slot,
        root,
        parent_root: parentRoot,
        proposer_index: proposerIndex,
        origin,
        attestations: rest.attestations,
        import_time: rest.importTime,
        transition_time: rest.transitionTime,
        processing_time: rest.processingTime,
      }
      const imported = one('block', data)
      return origin === 'gossip' ? [...one('block_gossip', { slot, root }), ...imported] : imported
    },
    chainStarted: ({ head, safeTarget, justified, finalized, validatorCount }) =>
      one('chain_started', {
        head,
        safe_target: safeTarget,
        justified,
        finalized,
        validator_count: validatorCount,
      }),
    blockBuilding: ({ slot, validatorIndex, outcome, reason, attestations, time }) =>
      one('block_building', { slot, validator_index: validatorIndex, outcome, reason, attestations, time }),
    blockRejected: ({ root, slot, reason, message }) =>
      one('rejection', { kind: 'block', root, slot: plain(slot), reason, message }),
    blockWaiting: ({ block: { slot, root }, waitsFor }) =>
      one('block_waiting', { slot, root, waits_for: snakeCase(waitsFor) }),
    attestation: ({ validatorIndex, slot, head, target, source, origin }) =>
      one('attestation', { validator_index: validatorIndex, slot, head, target, source, origin }),
    attestationRejected: ({ validatorIndex, reason, message }) =>
      one('rejection', { kind: 'attestation', validator_index: plain(validatorIndex), reason, message }),
    signaturesVerified: ({ valid, invalid, time }) => one('verification', { valid, invalid, time }),
    justified: ({ checkpoint: { slot, root } }) => one('justified_checkpoint', { slot, root }),
    finalized: ({ checkpoint: { slot, root } }) => one('finalized_checkpoint', { slot, root }),
    reorg: ({ from, to, commonAncestor, depth }) =>
      one('reorg', { from, to, common_ancestor: commonAncestor, depth }),
    safeTarget: ({ safeTarget: { slot, root } }) => one('safe_target', { slot, root }),
    evidence: ({ evidence }) =>
      one('evidence', {
        kind: snakeCase(evidence.kind),
        slot: evidence.slot,
        validator_index: evidence.kind === 'twoVotes' ? evidence.validatorIndex : evidence.proposerIndex,
      }),
    finalityConflict: ({ message, checkpoints }) =>
      one('alarm', { kind: 'finality_conflict', message, checkpoints }),
    storeFailed: ({ message, unwrittenBlocks }) =>
      one('alarm', { kind: 'store_failed', message, unwritten_blocks: unwrittenBlocks }),
    storeRecovered: ({ writtenBlocks }) =>
      one('alarm', { kind: 'store_recovered', written_blocks: writtenBlocks }),
  } satisfies Partial<Writers>
}

const validatorWriters = {
  duty: ({ result }) => one('duty', dutyJson(result)),
  dutiesPaused: ({ reason, validatorIndex }) =>
    validatorIndex === undefined
      ? one('duties_state', { paused_because: reason })
      : one('alarm', { kind: 'validator_stopped', validator_index: validatorIndex, message: reason }),
  dutiesResumed: () => one('duties_state', { paused_because: null }),
} satisfies Partial<Writers>

const networkWriters = {
  peerConnected: ({ peerId, direction, address, agent }) =>
    one('peer', { kind: 'connected', peer_id: peerId, direction, address, agent }),
  peerDisconnected: ({ peerId, direction, reason, isByUs }) =>
    one('peer', { kind: 'disconnected', peer_id: peerId, direction, reason, is_by_us: isByUs }),
  dialFailed: ({ peerId, cause, message }) =>
    one('peer', { kind: 'dial_failed', peer_id: peerId, cause, message }),
  peerScored: ({ peerId, score, reason }) => one('peer', { kind: 'scored', peer_id: peerId, score, reason }),
  peerBanned: ({ peerId, milliseconds, reason }) =>
    one('peer', { kind: 'banned', peer_id: peerId, milliseconds, reason }),
  gossipReceived: ({ kind, peerId, bytes }) =>
    one('gossip', { kind: 'received', what: GOSSIP[kind], peer_id: peerId, bytes }),
  gossipJudged: ({ kind, peerId, verdict, reason }) =>
    one('gossip', { kind: 'judged', what: GOSSIP[kind], peer_id: peerId, verdict, reason }),
  gossipPublished: ({ kind, bytes, recipients }) =>
    one('gossip', { kind: 'published', what: GOSSIP[kind], bytes, recipients }),
  requestEnded: ({ direction, protocol, peerId, outcome, chunks, time }) =>
    one('request', { direction, protocol, peer_id: peerId, outcome, chunks, time }),
} satisfies Partial<Writers>

const GOSSIP = { gossipBlock: 'block', gossipAttestation: 'attestation' } as const

/** A uint64 from outside; beyond 2^53 as text. */
function plain(value: number | bigint): number | string {
  return typeof value === 'bigint' ? value.toString() : value
}

function snakeCase(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
