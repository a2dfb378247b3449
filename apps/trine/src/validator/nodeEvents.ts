import type { NodeEventsPort } from '@trine/validator-client'
import { followEvents } from '../devnet/eventStream.ts'

/** The event streams of nodes by the system's fetch: connected again after each break, bounded in what is held. */
export function createNodeEvents(): NodeEventsPort {
  return {
    follow: ({ url }, topics, take) => {
      const ended = new AbortController()
      void followEvents(url, topics, take, ended.signal)
      return () => ended.abort()
    },
  }
}
