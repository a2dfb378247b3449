import type { StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'
import { yamux } from '@libp2p/yamux'

type Sender = StreamMuxer & { send(data: unknown): boolean }

/**
 * yamux 8 opens a stream in a microtask, where an error has nobody to catch it: a peer that hangs up at that moment would
 * end our process. Sending on a connection that has closed says "full" here instead; its end is on its way.
 */
export function safeYamux(): () => StreamMuxerFactory {
  const create = yamux()
  return () => {
    const factory = create()
    return {
      protocol: factory.protocol,
      createStreamMuxer: (connection) => {
        const muxer = factory.createStreamMuxer(connection) as Sender
        const send = muxer.send.bind(muxer)
        muxer.send = (data) => connection.status === 'open' && send(data)
        return muxer
      },
    }
  }
}
