/** The topics of events that a watch is told. */
export const SIGNING_TOPICS: readonly string[] = ['attestation', 'block', 'evidence']

type Seen = { readonly what: string; readonly by: string }

/**
 * Sees from outside whether a validator signed two things for one slot: told the events of every node, it remembers who
 * voted for what and who proposed what.
 */
export class SigningWatch {
  /** What no honest validator does, one line each. */
  readonly offences: string[] = []
  readonly #seen = new Map<string, Seen>()
  readonly #lastVotes = new Map<number, number>()

  /** Takes an event of a node, which is named for the message of an offence. */
  note(by: string, topic: string, data: Record<string, unknown>): void {
    if (topic === 'evidence') {
      this.offences.push(`${by} has evidence: ${JSON.stringify(data)}`)
    } else if (topic === 'block') {
      this.#compare(`block of validator ${data.proposer_index} at slot ${data.slot}`, String(data.root), by)
    } else if (topic === 'attestation') {
      const { validator_index: validator, slot, head, target, source } = data
      this.#compare(
        `vote of validator ${validator} at slot ${slot}`,
        JSON.stringify([head, target, source]),
        by,
      )
      const last = this.lastVote(Number(validator))
      this.#lastVotes.set(Number(validator), Math.max(last, Number(slot)))
    }
  }

  /** The latest slot that a vote of the validator was seen for; -1 before the first. */
  lastVote(validatorIndex: number): number {
    return this.#lastVotes.get(validatorIndex) ?? -1
  }

  #compare(of: string, what: string, by: string): void {
    const before = this.#seen.get(of)
    if (before === undefined) this.#seen.set(of, { what, by })
    else if (before.what !== what) {
      this.offences.push(`${of}: ${before.what} at ${before.by}, ${what} at ${by}`)
    }
  }
}
