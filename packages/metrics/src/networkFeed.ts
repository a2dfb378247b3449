import type { GossipKind, NetworkEvent, SlotTiming } from '@trine/messages'
import { arrivalOf } from './arrival.ts'
import type { Instruments } from './instruments.ts'

type EventOf<Type extends NetworkEvent['type']> = Extract<NetworkEvent, { readonly type: Type }>

const KIND: Readonly<Record<GossipKind, string>> = { gossipBlock: 'block', gossipAttestation: 'attestation' }

/** Takes down what the network tells. */
export function createNetworkFeed(
  made: Instruments,
  now: () => number,
  timing: SlotTiming,
): (event: NetworkEvent) => void {
  const noteReceived = ({ kind, bytes, slot }: EventOf<'gossipReceived'>): void => {
    const label = { kind: KIND[kind] }
    made.gossipReceived.inc(label)
    made.gossipReceivedBytes.inc(label, bytes)
    if (kind === 'gossipBlock') made.gossipBlockSize.observe(bytes)
    else made.gossipAttestationSize.observe(bytes)
    const arrival = slot === undefined ? undefined : arrivalOf(kind, slot, now(), timing)
    if (arrival === undefined) return
    made.gossipArrival.observe({ kind: KIND[kind], position: arrival.position }, arrival.delay / 1000)
  }
  return (event) => {
    switch (event.type) {
      case 'gossipReceived':
        return noteReceived(event)
      case 'gossipJudged':
        return made.gossipJudged.inc({ kind: KIND[event.kind], verdict: event.verdict })
      case 'gossipPublished':
        made.gossipPublished.inc({ kind: KIND[event.kind] })
        return made.gossipPublishedBytes.inc({ kind: KIND[event.kind] }, event.bytes)
      case 'requestEnded':
        return noteRequest(made, event)
      case 'peerConnected':
        return made.connectionEvents.inc({ direction: event.direction, result: 'success' })
      case 'peerDisconnected':
        return made.disconnectionEvents.inc({ direction: event.direction, reason: endOf(event) })
      case 'dialFailed':
        return made.connectionEvents.inc({ direction: 'outbound', result: event.cause })
      case 'peerScored':
        return made.peerOffences.inc()
      case 'peerBanned':
        return made.peerBans.inc()
    }
  }
}

/** How a connection ended, in the words of leanMetrics; the transport tells no more than a text. */
function endOf({ isByUs, reason }: EventOf<'peerDisconnected'>): string {
  if (isByUs) return 'local_close'
  if (/time(d |-)?out/i.test(reason)) return 'timeout'
  return /error/i.test(reason) ? 'error' : 'remote_close'
}

function noteRequest(
  made: Instruments,
  { direction, protocol, outcome, time }: EventOf<'requestEnded'>,
): void {
  const method = protocol.includes('blocks_by_root') ? 'blocks_by_root' : 'status'
  made.requests.inc({ direction, method, outcome })
  made.requestTime.observe({ direction, method }, time / 1000)
}
