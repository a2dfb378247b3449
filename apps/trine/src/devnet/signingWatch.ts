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
  readonly #votesAt = new Map<number, number>()
  readonly #blockSlots = new Set<number>()

  /** Takes an event of a node, which is named for the message of an offence. */
  note(by: string, topic: string, data: Record<string, unknown>): void {
    if (topic === 'evidence') {
      this.offences.push(`${by} has evidence: ${JSON.stringify(data)}`)
    } else if (topic === 'block') {
      this.#blockSlots.add(Number(data.slot))
      this.#compare(`block of validator ${data.proposer_index} at slot ${data.slot}`, String(data.root), by)
    } else if (topic === 'attestation') {
      const { validator_index: validator, slot, head, target, source } = data
      const vote = nameOfVote(Number(validator), Number(slot))
      const isNew = this.#compare(vote, JSON.stringify([head, target, source]), by)
      if (isNew) this.#votesAt.set(Number(slot), this.votesAt(Number(slot)) + 1)
      const last = this.lastVote(Number(validator))
      this.#lastVotes.set(Number(validator), Math.max(last, Number(slot)))
    }
  }

  /** The latest slot that a vote of the validator was seen for; -1 before the first. */
  lastVote(validatorIndex: number): number {
    return this.#lastVotes.get(validatorIndex) ?? -1
  }

  /** Whether a vote of the validator for the slot was seen. */
  hasVoted(validatorIndex: number, slot: number): boolean {
    return this.#seen.has(nameOfVote(validatorIndex, slot))
  }

  /** Validators whose vote for the slot was seen. */
  votesAt(slot: number): number {
    return this.#votesAt.get(slot) ?? 0
  }

  hasBlockAt(slot: number): boolean {
    return this.#blockSlots.has(slot)
  }

  /** Whether it is the first of its kind. */
  #compare(of: string, what: string, by: string): boolean {
    const before = this.#seen.get(of)
    if (before === undefined) this.#seen.set(of, { what, by })
    else if (before.what !== what)
      this.offences.push(`${of}: ${before.what} at ${before.by}, ${what} at ${by}`)
    return before === undefined
  }
}

function nameOfVote(validatorIndex: number, slot: number): string {
  return `vote of validator ${validatorIndex} at slot ${slot}`
}
