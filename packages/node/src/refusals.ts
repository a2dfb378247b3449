import type { Message, Ref } from '@trine/actors'
import type { Transport } from '@trine/messages'

/**
 * In the journal of an actor: what it told `by`, counted from 1 in the life of its node, was refused the `number`th
 * time. Whether a message is taken is the one thing that an actor learns without getting a message; with this a replay
 * can tell it the same.
 */
export type Refused = { readonly type: '$refused'; readonly by: string; readonly number: number }

/** How the transport is named in `Refused`: `respond` says when its buffer is full. */
export const TRANSPORT = 'transport'

/** The same ref, with a note for each message that is refused. */
export function watchRef<M extends Message>(ref: Ref<M>, note: (refused: Refused) => void): Ref<M> {
  let number = 0
  return {
    name: ref.name,
    tell: (message) => {
      number += 1
      const isTaken = ref.tell(message)
      if (!isTaken) note({ type: '$refused', by: ref.name, number })
      return isTaken
    },
  }
}

/** The same transport, with a note for each time that it says its buffer is full. */
export function watchTransport(transport: Transport, note: (refused: Refused) => void): Transport {
  let number = 0
  return {
    localPeerId: transport.localPeerId,
    start: (events) => transport.start(events),
    stop: () => transport.stop(),
    subscribe: (topic, options) => transport.subscribe(topic, options),
    unsubscribe: (topic) => transport.unsubscribe(topic),
    publish: (topic, payload, reply) => transport.publish(topic, payload, reply),
    reportVerdict: (gossip, verdict) => transport.reportVerdict(gossip, verdict),
    serve: (protocols) => transport.serve(protocols),
    request: (request) => transport.request(request),
    readOn: (requestId) => transport.readOn(requestId),
    cancelRequest: (requestId) => transport.cancelRequest(requestId),
    respond: (inboundId, chunk) => {
      number += 1
      const hasRoom = transport.respond(inboundId, chunk)
      if (!hasRoom) note({ type: '$refused', by: TRANSPORT, number })
      return hasRoom
    },
    endResponse: (inboundId) => transport.endResponse(inboundId),
    setScore: (peerId, score) => transport.setScore(peerId, score),
    disconnect: (peerId, reason) => transport.disconnect(peerId, reason),
    ban: (peerId, milliseconds) => transport.ban(peerId, milliseconds),
    peers: () => transport.peers(),
  }
}
