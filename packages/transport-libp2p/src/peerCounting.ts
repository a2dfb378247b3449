import type { Counting } from './wire/chunks.ts'

/**
 * How a peer counts lengths. Clients read as they write, and most only so: once anything of a peer was read, it is
 * written to in the same way; before, by the specification, and otherwise after what it may not have been able to read.
 */
export class PeerCounting {
  #seen: Counting | undefined
  #assumed: Counting = 'data'

  /** How to write to it. */
  get current(): Counting {
    return this.#seen ?? this.#assumed
  }

  /** A request or a chunk of its was read. */
  saw(counting: Counting | undefined): void {
    this.#seen = counting ?? this.#seen
  }

  /** A request written so brought nothing. */
  failed(counting: Counting): void {
    this.#assumed = counting === 'data' ? 'frames' : 'data'
  }
}
