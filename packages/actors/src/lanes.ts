import type { Message } from './message.ts'

/** What one lane of a mailbox is like. */
export type LaneOptions = {
  /** Lower ranks are served first; two lanes of one mailbox never share a rank. */
  readonly rank: number
  /** Most messages waiting in the lane. */
  readonly capacity: number
  /** A full lane refuses the new message, or drops its oldest for it. */
  readonly whenFull: 'refuse' | 'dropOldest'
}

/** The lanes of a mailbox and the lane of every kind of message: a kind that is missing does not compile. */
export type LaneTable<M extends Message, Name extends string = string> = {
  readonly lanes: { readonly [K in Name]: LaneOptions }
  readonly laneOf: { readonly [K in M['type']]: Name }
}

/** Checks a lane table against the kinds of `M`, e.g. `defineLanes<ChainMessage>()({lanes: {...}, laneOf: {...}})`. */
export function defineLanes<M extends Message>() {
  return <Name extends string>(table: LaneTable<M, Name>): LaneTable<M, Name> => {
    const entries = Object.entries<LaneOptions>(table.lanes)
    if (entries.length > 31) throw new RangeError(`lanes: expected at most 31, got ${entries.length}`)
    const ranks = new Map<number, string>()
    for (const [name, { rank, capacity }] of entries) {
      if (!Number.isSafeInteger(capacity) || capacity < 1) {
        throw new RangeError(`lane ${name}: expected a capacity of at least 1, got ${capacity}`)
      }
      const other = ranks.get(rank)
      if (other !== undefined) {
        throw new RangeError(`lane ${name}: expected a rank of its own, got ${rank} of lane ${other}`)
      }
      ranks.set(rank, name)
    }
    return table
  }
}
