import type { JobId, MessageOf } from '@trine/actors'
import type { BlockProposal, ValidatorMessage } from '@trine/messages'
import { blockRoot, proposerOf } from '@trine/state-transition'
import { type Attestation, type RootHex, type Slot, toHex, type ValidatorIndex } from '@trine/types'
import { type Duty, type DutyLog, newDuty } from './dutyLog.ts'
import type { HeadView } from './headView.ts'
import type { ValidatorContext, ValidatorParts } from './parts.ts'
import type { Signing } from './signing.ts'

type OpenProposal = {
  readonly duty: Duty
  readonly jobId: JobId
  readonly begunAt: number
  readonly headBefore: RootHex | undefined
  readonly isSecondTry: boolean
}

/** The proposer's duty: a block for the slot, with the proposer's own vote for that very block. */
export class Proposing {
  readonly #context: ValidatorContext
  readonly #parts: ValidatorParts
  readonly #log: DutyLog
  readonly #signing: Signing
  readonly #head: HeadView
  #open: OpenProposal | undefined
  /** The last proposal whose epoch was handed to the ledger. */
  #spent: { readonly slot: Slot; readonly validatorIndex: ValidatorIndex } | undefined

  constructor(
    context: ValidatorContext,
    parts: ValidatorParts,
    log: DutyLog,
    signing: Signing,
    head: HeadView,
  ) {
    this.#context = context
    this.#parts = parts
    this.#log = log
    this.#signing = signing
    this.#head = head
  }

  /** Our validator that proposes in a slot, if it is one of ours. Slot 0 is the genesis block's. */
  proposerIn(slot: Slot): ValidatorIndex | undefined {
    const proposer = proposerOf(slot, this.#parts.validatorCount)
    return slot > 0 && this.#parts.signer.publicKeyOf(proposer) !== undefined ? proposer : undefined
  }

  /** Whether a validator's vote of this slot travels, or may yet travel, in its block: then it must not attest. */
  holdsVote(slot: Slot, validatorIndex: ValidatorIndex): boolean {
    const isThis = (duty: { slot: Slot; validatorIndex: ValidatorIndex } | undefined) =>
      duty?.slot === slot && duty.validatorIndex === validatorIndex
    return isThis(this.#open?.duty) || isThis(this.#spent)
  }

  begin(slot: Slot, validatorIndex: ValidatorIndex): void {
    this.#abandon('a new slot began')
    const duty = newDuty('block', slot, validatorIndex)
    if (!this.#signing.isStill(slot)) return this.#log.end(duty, 'skipped', 'the tick came after the slot')
    this.#ask(duty, this.#context.scheduler.monotonic(), false)
  }

  onBuilt({ jobId, outcome }: MessageOf<ValidatorMessage, 'blockBuilt'>): void {
    const open = this.#open
    if (open?.jobId !== jobId) return
    this.#open = undefined
    const { duty, begunAt } = open
    duty.dataTime = this.#context.scheduler.monotonic() - begunAt
    if (!outcome.ok) return this.#log.end(duty, 'failed', `chain: ${outcome.error.message}`)
    if (!outcome.value.ok) return this.#log.end(duty, 'failed', `chain: ${outcome.value.error.message}`)
    const proposal = outcome.value.value
    if (!open.isSecondTry && this.#head.hasMoved(open.headBefore, toHex(proposal.block.parentRoot))) {
      return this.#ask(duty, begunAt, true)
    }
    const problem = problemOf(proposal, duty)
    if (problem !== undefined) return this.#log.end(duty, 'failed', problem)
    this.#sign(duty, proposal)
  }

  #ask(duty: Duty, begunAt: number, isSecondTry: boolean): void {
    const { slot, validatorIndex } = duty
    const jobId = this.#context.request(
      this.#parts.chain,
      { type: 'buildBlock', slot, validatorIndex },
      { as: 'blockBuilt', timeoutMilliseconds: this.#signing.timeLeft(slot) },
      (id, outcome) => ({ type: 'blockBuilt', jobId: id, outcome }),
    )
    if (jobId === undefined) return this.#log.end(duty, 'failed', 'too many results are awaited')
    this.#open = { duty, jobId, begunAt, headBefore: this.#head.root, isSecondTry }
  }

  #sign(duty: Duty, { root, block, attestationSignatures, proposerAttestationData }: BlockProposal): void {
    const { slot, validatorIndex } = duty
    const attestation: Attestation = { validatorIndex, data: proposerAttestationData }
    const publish = (signature: Uint8Array): boolean => {
      const signedBlock = {
        message: { block, proposerAttestation: attestation },
        signature: [...attestationSignatures, signature],
      }
      this.#parts.chain.tell({ type: 'ownBlock', block: { root, signedBlock } })
      return this.#parts.network.tell({ type: 'publishBlock', block: { root, signedBlock } })
    }
    if (this.#signing.begin({ duty, attestation, publish })) this.#spent = { slot, validatorIndex }
  }

  #abandon(reason: string): void {
    const open = this.#open
    if (open === undefined) return
    this.#open = undefined
    this.#context.forget(open.jobId)
    this.#log.end(open.duty, 'failed', reason)
  }
}

/** What is wrong with a proposal: its vote must be for the very block, in the duty's slot, or it is never signed. */
function problemOf(
  { root, block, proposerAttestationData: data }: BlockProposal,
  duty: Duty,
): string | undefined {
  const headRoot = toHex(data.head.root)
  const actualRoot = toHex(blockRoot(block))
  if (actualRoot !== root) return `expected a block with root ${root}, got ${actualRoot}`
  if (headRoot !== root) return `expected a proposer vote for the block ${root}, got one for ${headRoot}`
  if (data.slot !== duty.slot || block.slot !== duty.slot) {
    return `expected block and vote of slot ${duty.slot}, got ${block.slot} and ${data.slot}`
  }
  if (block.proposerIndex !== duty.validatorIndex) {
    return `expected proposer ${duty.validatorIndex}, got ${block.proposerIndex}`
  }
  return undefined
}
