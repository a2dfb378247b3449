import type { Counting } from './wire/chunks.ts'

/**
 * How to count lengths for a peer. What it answered to it can read. Else clients read as they write, so that one request
 * or error of a peer says it; and before anything of it was read it is asked by the specification, and otherwise after
 * what it may not have been able to read.
 */
export class PeerCounting {
  #answered: Counting | undefined
  #written: Counting | undefined
  #assumed: Counting = 'data'

  /** How to write to it. */
  get current(): Counting {
    return this.#answered ?? this.#written ?? this.#assumed
  }

  /** It gave what was asked for in this counting. */
  answered(counting: Counting): void {
    this.#answered = counting
  }

  /** It wrote something; undefined when both countings fit. */
  wrote(counting: Counting | undefined): void {
    this.#written = counting ?? this.#written
  }

  /**
   * A request in this counting brought nothing that was asked for. Where it brought nothing at all, what the peer wrote
   * itself says nothing of what it reads.
   */
  failed(counting: Counting, isSilent: boolean): void {
    if (isSilent && counting === this.#written) this.#written = undefined
    this.#assumed = counting === 'data' ? 'frames' : 'data'
  }
}
