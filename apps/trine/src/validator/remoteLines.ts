import type { Line } from '@trine/logs'
import type { RemoteEvent } from '@trine/messages'

type Event<Type extends RemoteEvent['type']> = Extract<RemoteEvent, { readonly type: Type }>

/** What an event between validators and nodes says to an operator; undefined when nothing. */
export function remoteLine(event: RemoteEvent): Line | undefined {
  switch (event.type) {
    case 'remoteState':
      return stateLine(event)
    case 'remoteRequest':
      return requestLine(event)
    case 'remoteData': {
      const { kind, slot, node, requests, wasOutdated, time } = event
      const message = wasOutdated ? 'head moved, data fetched anew' : 'data for a duty'
      return line('debug', message, { kind, slot, node, requests, ms: Math.round(time) })
    }
    case 'remoteSubmission': {
      const { kind, slot, node, taken, failures } = event
      const [first] = failures
      if (first === undefined) return line('debug', 'handed in', { kind, slot, node, taken })
      const { validatorIndex: validator, verdict, reason } = first
      const level = failures.some((failure) => failure.verdict === 'reject') ? 'warn' : 'debug'
      const fields = { kind, slot, node, taken, refused: failures.length, validator, verdict, reason }
      return { ...line(level, 'refused by a node', fields), isLimited: true }
    }
    case 'remoteLost': {
      const { kind, slot, validators, reason } = event
      const fields = { kind, slot, validators: validators.slice(0, 16).join(','), reason }
      return {
        ...line('error', 'taken by no node', fields),
        advice: 'look at the nodes: do they answer, are they in sync?',
        isLimited: true,
      }
    }
  }
}

function stateLine({ node, state, reason }: Event<'remoteState'>): Line {
  switch (state) {
    case 'ready':
      return line('info', 'node is ready', { node })
    case 'syncing':
      return {
        ...line('warn', 'node is syncing', { node, reason }),
        advice: 'other nodes are asked until it is in sync',
      }
    case 'otherNetwork':
      return {
        ...line('error', 'node is of another network', { node, reason }),
        advice: 'compare its genesis files and settings with those here; it is not used',
      }
    default:
      return {
        ...line('warn', 'node does not answer well', { node, reason }),
        advice:
          'is it running, is its API reachable, does it serve validators? other nodes are asked meanwhile',
        isLimited: true,
      }
  }
}

function requestLine({ node, step, outcome, reason, time }: Event<'remoteRequest'>): Line | undefined {
  if (outcome === 'ok') return undefined
  const fields = { node, step, outcome, reason, ms: Math.round(time) }
  if (outcome !== 'untrue') return line('debug', 'request failed', fields)
  const advice = 'nothing was signed of it; if this goes on, do not use the node'
  return { ...line('warn', 'node said something untrue', fields), advice, isLimited: true }
}

function line(level: Line['level'], message: string, fields: Line['fields']): Line {
  return { component: 'validator', level, message, fields }
}
