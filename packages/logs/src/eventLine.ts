import type { NodeEvent } from '@trine/messages'
import { chainLine } from './chainLines.ts'
import { clockLine, syncLine } from './clockLines.ts'
import type { Line } from './line.ts'
import { failureLine, networkLine } from './networkLines.ts'
import { validatorLine } from './validatorLines.ts'

/** What an event says to an operator; undefined when nothing. */
export function eventLine(event: NodeEvent): Line | undefined {
  switch (event.type) {
    case 'countdown':
    case 'intervalBegan':
    case 'intervalsSkipped':
    case 'clockStepped':
      return clockLine(event)
    case 'syncState':
    case 'backfill':
      return syncLine(event)
    case 'duty':
    case 'dutiesPaused':
    case 'dutiesResumed':
      return validatorLine(event)
    case 'peerConnected':
    case 'peerDisconnected':
    case 'dialFailed':
    case 'peerScored':
    case 'peerBanned':
    case 'gossipReceived':
    case 'gossipJudged':
    case 'gossipPublished':
    case 'requestEnded':
      return networkLine(event)
    case 'actorFailed':
      return failureLine(event)
    default:
      return chainLine(event)
  }
}
