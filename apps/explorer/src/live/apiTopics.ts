import type { ModelEvent } from '../model/events.ts'
import { tickOf } from '../model/ticks.ts'
import { dutyOf, evidenceEvents, reference, syncEvent, voteOf } from './apiAnswers.ts'

// biome-ignore lint/suspicious/noExplicitAny: JSON as it comes; every reader below takes only what it names
type Json = any

/** What each topic tells the model. */
const readers: Readonly<Record<string, (data: Json) => ModelEvent[]>> = {
  interval: (data) => [{ type: 'tick', tick: tickOf(data) }],
  head: (data) => [{ type: 'head', head: reference(data) }],
  block: (data) => [
    {
      type: 'block',
      block: reference(data),
      parentRoot: data.parent_root,
      proposerIndex: data.proposer_index,
      votes: data.attestations,
      origin: data.origin,
    },
  ],
  attestation: (data) => [{ type: 'vote', vote: voteOf(data), origin: data.origin }],
  justified_checkpoint: (data) => [{ type: 'justified', checkpoint: reference(data) }],
  finalized_checkpoint: (data) => [{ type: 'finalized', checkpoint: reference(data) }],
  safe_target: (data) => [{ type: 'safeTarget', safeTarget: reference(data) }],
  reorg: ({ from, to, depth }) => [{ type: 'reorg', from: reference(from), to: reference(to), depth }],
  rejection: (data) =>
    data.kind === 'block' ? notice('warning', `Block of slot ${data.slot} rejected: ${data.message}`) : [],
  duty: (data) => [{ type: 'duty', duty: dutyOf(data) }],
  duties_state: (data) => [{ type: 'dutiesPaused', reason: data.paused_because ?? undefined }],
  peer: peerEvents,
  sync: (data) => [syncEvent(data)],
  evidence: (data) => evidenceEvents({ evidence: [data] }),
  clock: clockEvents,
  alarm: (data) =>
    data.kind === 'store_recovered'
      ? notice('info', 'The disk takes blocks again')
      : notice('error', `${alarmName(data)}${data.message}`),
}

function alarmName({ kind, actor }: Json): string {
  switch (kind) {
    case 'actor_failed':
      return `The ${actor} service failed: `
    case 'store_failed':
      return 'The disk does not take blocks: '
    case 'finality_conflict':
      return 'Facts about finality disagree: '
    case 'validator_stopped':
      return 'A validator is stopped: '
    default:
      return ''
  }
}

function notice(level: 'info' | 'warning' | 'error', text: string): ModelEvent[] {
  return [{ type: 'notice', level, text }]
}

function clockEvents(data: Json): ModelEvent[] {
  if (data.kind === 'intervals_skipped') {
    return notice('warning', `${data.count} intervals had no tick: the machine slept, or its clock jumped`)
  }
  return data.kind === 'clock_stepped'
    ? notice('warning', `The clock was set by ${data.milliseconds} ms`)
    : []
}

function peerEvents(data: Json): ModelEvent[] {
  const peerId: string = data.peer_id
  switch (data.kind) {
    case 'connected':
      return [
        {
          type: 'peer',
          peer: {
            peerId,
            direction: data.direction,
            isConnected: true,
            ...(data.agent && { dialect: data.agent }),
          },
        },
      ]
    case 'disconnected':
      return [{ type: 'peer', peer: { peerId, isConnected: false } }]
    case 'scored':
      return [{ type: 'peer', peer: { peerId, score: data.score } }]
    case 'banned':
      return notice('warning', `Peer ${peerId} is banned: ${data.reason}`)
    default:
      return []
  }
}

/** The stream with the topics that are read; `chain_started` is a call to read the answers again. */
export const EVENTS_PATH = `/lean/v0/events?topics=${['chain_started', ...Object.keys(readers)].join(',')}`

/** What an event of the stream tells the model. Topics that are not known tell nothing. */
export function eventsOfTopic(topic: string, data: unknown): readonly ModelEvent[] {
  return readers[topic]?.(data) ?? []
}
