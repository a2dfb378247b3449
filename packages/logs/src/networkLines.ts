import type { ActorEvent, NetworkEvent } from '@trine/messages'
import { type Line, milliseconds } from './line.ts'

/** The line for an event of the network. Strangers cause most of them: all that is written by default is limited. */
export function networkLine(event: NetworkEvent): Line {
  switch (event.type) {
    case 'peerConnected': {
      const { peerId, agent, direction, address } = event
      return limited('info', 'peer connected', { peer: peerId, agent, direction, address })
    }
    case 'peerDisconnected':
      return limited('info', 'peer gone', { peer: event.peerId, reason: event.reason })
    case 'dialFailed':
      return {
        ...limited('warn', 'peer cannot be reached', { peer: event.peerId, detail: event.message }),
        advice: 'does it run, and is its UDP port open? It is dialled again and again',
      }
    case 'peerScored':
      return network('debug', 'peer lost of its score', {
        peer: event.peerId,
        score: event.score,
        reason: event.reason,
      })
    case 'peerBanned':
      return banLine(event)
    default:
      return trafficLine(event)
  }
}

function banLine({
  peerId,
  milliseconds: span,
  cause,
  reason,
}: Extract<NetworkEvent, { readonly type: 'peerBanned' }>): Line {
  const fields = { peer: peerId, seconds: span / 1000, reason }
  if (cause === 'operator') return network('info', 'peer banned', fields)
  if (cause === 'score') return limited('warn', 'peer banned', fields)
  return {
    ...limited('warn', 'peer is on another chain', fields),
    advice:
      'compare genesis time and validators with its operator; if most peers say so, it is this node that is wrong',
  }
}

function trafficLine(
  event: Exclude<
    NetworkEvent,
    { readonly type: 'peerConnected' | 'peerDisconnected' | 'dialFailed' | 'peerScored' | 'peerBanned' }
  >,
): Line {
  switch (event.type) {
    case 'gossipReceived':
      return network('trace', 'gossip received', { kind: event.kind, peer: event.peerId, bytes: event.bytes })
    case 'gossipJudged': {
      const { kind, peerId, verdict, reason } = event
      const level = verdict === 'reject' ? 'debug' : 'trace'
      return network(level, 'gossip judged', { kind, peer: peerId, verdict, reason })
    }
    case 'gossipPublished': {
      const { kind, bytes, recipients } = event
      return network('debug', 'gossip published', { kind, bytes, recipients })
    }
    case 'requestEnded': {
      const { direction, protocol, peerId, outcome, chunks, time } = event
      const fields = { direction, protocol, peer: peerId, outcome, chunks, ms: milliseconds(time) }
      return network('debug', 'request ended', fields)
    }
  }
}

/** The line for a service that failed at a message. */
export function failureLine({ report }: ActorEvent): Line {
  const { actor, phase, message, decision, error } = report
  return {
    component: 'node',
    level: 'error',
    message: 'service failed',
    fields: {
      service: actor,
      at: message === undefined ? phase : message.type,
      decision,
      detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
    },
    advice:
      decision === 'stop'
        ? 'the node ends: report this line'
        : 'the node goes on: report this line, it is a fault',
    isLimited: true,
  }
}

function network(level: Line['level'], message: string, fields: Line['fields']): Line {
  return { component: 'network', level, message, fields }
}

function limited(level: Line['level'], message: string, fields: Line['fields']): Line {
  return { ...network(level, message, fields), isLimited: true }
}
