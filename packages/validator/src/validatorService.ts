import type { Behaviour, Start } from '@trine/actors'
import type { DutiesView, Tick, ValidatorMessage } from '@trine/messages'
import type { Slot, ValidatorIndex } from '@trine/types'
import { DutyLog, newDuty } from './dutyLog.ts'
import { HeadView } from './headView.ts'
import type { ValidatorContext, ValidatorParts } from './parts.ts'
import { Pauses } from './pauses.ts'
import { Proposing } from './proposing.ts'
import { Signing } from './signing.ts'
import { Voting } from './voting.ts'

/**
 * The ValidatorService: proposes at interval 0, attests at interval 1 with every validator whose vote does not travel in
 * its own block, and signs nothing that the ledger did not reserve first. Messages, lanes and senders: @trine/messages.
 */
export function createValidator(parts: ValidatorParts): Start<ValidatorMessage> {
  // Pauses outlive a restart: neither a failed message nor a supervisor may end what an operator ordered.
  const pauses = new Pauses(parts.events)
  return (context) => new ValidatorService(context, parts, pauses)
}

class ValidatorService implements Behaviour<ValidatorMessage> {
  readonly #parts: ValidatorParts
  readonly #head = new HeadView()
  readonly #log: DutyLog
  readonly #pauses: Pauses
  readonly #signing: Signing
  readonly #proposing: Proposing
  readonly #voting: Voting
  /** Latest slot in which duties of each kind were begun: neither is ever begun twice. */
  #proposedSlot = 0
  #votedSlot = 0
  #slot: Slot = 0

  constructor(context: ValidatorContext, parts: ValidatorParts, pauses: Pauses) {
    this.#parts = parts
    this.#log = new DutyLog(parts.events)
    this.#pauses = pauses
    this.#signing = new Signing(context, parts, this.#log)
    this.#proposing = new Proposing(context, parts, this.#log, this.#signing, this.#head)
    this.#voting = new Voting(context, parts, this.#log, this.#signing, this.#head)
  }

  receive(message: ValidatorMessage): void {
    switch (message.type) {
      case 'tick':
        return this.#onTick(message)
      case 'blockBuilt':
        return this.#proposing.onBuilt(message)
      case 'attestationDataReady':
        return this.#voting.onData(message)
      case 'epochReserved':
        return this.#signing.onReserved(message)
      case 'signed':
        return this.#signing.onSigned(message)
      case 'chainStatus':
        this.#head.root = message.head.root
        return
      case 'syncState':
        return this.#pauses.setSyncing(message.state === 'syncing')
      case 'foreignVote': {
        const { validatorIndex, slot } = message.vote
        const reason = `validator ${validatorIndex} was seen signing elsewhere in slot ${slot}: is its key in use twice?`
        return this.#pauses.stopValidator(validatorIndex, reason)
      }
      case 'getDuties':
        message.reply.answer(this.#view())
        return
      case 'pauseDuties':
        message.reply.answer(this.#pauses.pause(message.reason, message.by ?? 'operator'))
        return
      case 'resumeDuties':
        message.reply.answer(this.#pauses.resume(message.by ?? 'operator'))
        return
    }
  }

  /** Proposals only at interval 0; votes at interval 1, or at the next tick of the slot when that one was skipped. */
  #onTick({ slot, interval }: Tick): void {
    this.#slot = slot
    if (slot > this.#proposedSlot) this.#propose(slot, interval)
    if (interval > 0 && slot > this.#votedSlot) this.#vote(slot, interval)
  }

  #propose(slot: Slot, interval: number): void {
    this.#proposedSlot = slot
    const proposer = this.#proposing.proposerIn(slot)
    if (proposer === undefined) return
    const reason = interval > 0 ? 'the tick for proposing was skipped' : this.#pauses.reasonFor(proposer)
    if (reason === undefined) this.#proposing.begin(slot, proposer)
    else this.#log.end(newDuty('block', slot, proposer), 'skipped', reason)
  }

  #vote(slot: Slot, interval: number): void {
    this.#votedSlot = slot
    const isTooLate = interval > 2
    const voters: ValidatorIndex[] = []
    for (const validatorIndex of this.#parts.signer.validators) {
      if (this.#proposing.holdsVote(slot, validatorIndex)) continue
      const reason = isTooLate
        ? 'the ticks for attesting were skipped'
        : this.#pauses.reasonFor(validatorIndex)
      if (reason === undefined) voters.push(validatorIndex)
      else this.#log.end(newDuty('attestation', slot, validatorIndex), 'skipped', reason)
    }
    this.#voting.begin(slot, voters)
  }

  #view(): DutiesView {
    const { validatorCount, signer } = this.#parts
    const nextProposal = (validatorIndex: ValidatorIndex) => {
      const next = this.#slot + 1
      return next + ((validatorIndex - (next % validatorCount) + validatorCount) % validatorCount)
    }
    return {
      pausedBecause: this.#pauses.reason,
      validators: signer.validators.map((validatorIndex) => ({
        validatorIndex,
        nextProposal: nextProposal(validatorIndex),
        lastResults: this.#log.of(validatorIndex),
      })),
    }
  }
}
