import type { Stream } from '@libp2p/interface'
import { byteStream, UnexpectedEOFError } from '@libp2p/utils'
import type { Result } from '@trine/types'
import type { Pull } from './wire/pull.ts'
import type { WireError } from './wire/wireError.ts'

/** Feeds decoders from a stream. */
export type StreamReader = {
  /** Runs a decoder; rejects when the stream breaks, the signal fires, or more than the buffer holds is unread. */
  read<Value>(decoder: Pull<Value>, signal: AbortSignal): Promise<Result<Value, WireError>>
}

/** @param maxUnread bytes that may wait to be read; with more the stream is broken off */
export function createStreamReader(stream: Stream, maxUnread: number): StreamReader {
  const bytes = byteStream(stream, { maxBufferSize: maxUnread })

  /** `undefined` when the stream ends before. */
  const take = async (length: number, signal: AbortSignal): Promise<Uint8Array | undefined> => {
    if (length === 0) return new Uint8Array(0)
    try {
      return (await bytes.read({ bytes: length, signal })).subarray()
    } catch (error) {
      if (error instanceof UnexpectedEOFError) return undefined
      throw error
    }
  }

  return {
    async read(decoder, signal) {
      let step = decoder.next()
      while (!step.done) step = decoder.next(await take(step.value, signal))
      return step.value
    },
  }
}
