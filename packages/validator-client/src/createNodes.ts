import type { Behaviour, MessageOf, Start } from '@trine/actors'
import type { BlockProposal } from '@trine/messages'
import { toHex } from '@trine/types'
import { readDuty, readProposal } from './answers.ts'
import { wrongDuty, wrongProposal } from './checks.ts'
import { DutyRead, type ReadTools } from './dutyRead.ts'
import { checked, NodeBoard } from './nodeBoard.ts'
import type { NodesMessage } from './nodesMessages.ts'
import type { NodesContext, NodesParts } from './parts.ts'
import { Requests } from './requests.ts'
import { Submissions } from './submissions.ts'
import { Timers } from './timers.ts'

/** The actor that stands in for chain and network towards a ValidatorService: nodes outside of this process. */
export function createNodes(parts: NodesParts): Start<NodesMessage> {
  return (context) => new Nodes(context, parts)
}

class Nodes implements Behaviour<NodesMessage> {
  readonly #parts: NodesParts
  readonly #tools: ReadTools
  readonly #submissions: Submissions

  constructor(context: NodesContext, parts: NodesParts) {
    const requests = new Requests(context, parts)
    const timers = new Timers(context)
    const board = new NodeBoard(parts, requests)
    this.#parts = parts
    this.#tools = { context, parts, requests, timers, board }
    this.#submissions = new Submissions(this.#tools)
    board.poll(0)
  }

  receive(message: NodesMessage): void {
    switch (message.type) {
      case 'tick':
        return this.#onTick(message)
      case 'answered':
        return this.#tools.requests.onAnswered(message.jobId, message.outcome)
      case 'timerFired':
        return this.#tools.timers.onFired(message.timerId)
      case 'getAttestationData':
        return this.#readDuty(message)
      case 'buildBlock':
        return this.#readBlock(message)
      case 'publishAttestation':
        return this.#submissions.addVote(message.signedAttestation)
      case 'publishBlock':
        return this.#submissions.sendBlock(message.block)
      case 'votesEnded':
        return this.#submissions.onVotesEnded(message.slot)
      case 'ownBlock':
      case 'ownAttestation':
        // The nodes learn of them by what is handed in.
        return
    }
  }

  /** Once a slot, when its duties are over; while nobody is ready, in every interval. */
  #onTick({ slot, interval }: MessageOf<NodesMessage, 'tick'>): void {
    const { board, parts } = this.#tools
    if (interval === parts.network.timing.intervalsPerSlot - 1 || !board.hasReady) board.poll(slot)
  }

  #readDuty({ slot, reply }: MessageOf<NodesMessage, 'getAttestationData'>): void {
    const data = {
      kind: 'attestation',
      slot,
      path: `validator/attestation_data?slot=${slot}`,
      read: checked(readDuty, (duty) => wrongDuty(duty, slot)),
      headOf: ({ headRoot }: { readonly headRoot: string }) => headRoot,
      reply,
    } as const
    new DutyRead(data, this.#tools).askNext()
  }

  #readBlock({ slot, validatorIndex, reply }: MessageOf<NodesMessage, 'buildBlock'>): void {
    const read = readProposal(this.#parts.network.signatureEncoding)
    const data = {
      kind: 'block',
      slot,
      path: `validator/block?slot=${slot}&validator_index=${validatorIndex}`,
      read: checked(read, (proposal) => wrongProposal(proposal, slot, validatorIndex)),
      headOf: ({ block }: BlockProposal) => toHex(block.parentRoot),
      reply,
    } as const
    const { limits } = this.#parts
    this.#tools.timers.after(limits.clockGrace, () => new DutyRead(data, this.#tools).askNext())
  }
}
