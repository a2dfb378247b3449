import { type AnswerOf, type AskKind, type Question, type Ref, VirtualScheduler } from '@trine/actors'
import type { ChainMessage, RootedBlock } from '@trine/messages'
import { generateGenesis, genesisBlock, proposerOf } from '@trine/state-transition'
import {
  type AttestationData,
  attestationDataType,
  blockWithAttestationType,
  type SignedAttestation,
} from '@trine/types'
import { registry } from '../../state-transition/bench/stateTransition.ts'
import type { ChainParts } from '../src/index.ts'
import { LoneChain } from '../test/loneChain.ts'

const SIGNATURE_LENGTH = 3112

/** A ChainService alone, in virtual time: what is measured is the service. */
export class BenchNode {
  readonly scheduler = new VirtualScheduler()
  readonly chain: Ref<ChainMessage>
  readonly validatorCount: number
  readonly #lone: LoneChain
  readonly #signatureLength: number

  constructor(
    validatorCount: number,
    options: Partial<ChainParts> & { readonly signatureLength?: number } = {},
  ) {
    const { signatureLength = SIGNATURE_LENGTH, ...parts } = options
    this.validatorCount = validatorCount
    this.#signatureLength = signatureLength
    const genesis = generateGenesis(1000, registry(validatorCount))
    if (!genesis.ok) throw new Error(genesis.error.code)
    const anchor = { state: genesis.value, block: genesisBlock(genesis.value) }
    this.#lone = new LoneChain(this.scheduler, { anchor, ...parts })
    this.chain = this.#lone.ref
  }

  settle(): Promise<void> {
    return this.scheduler.advance(0)
  }

  async tick(slot: number, interval: number): Promise<void> {
    this.chain.tell({ type: 'tick', slot, interval, skipped: 0 })
    await this.settle()
  }

  ask<K extends AskKind<ChainMessage>>(
    question: Question<ChainMessage, K>,
  ): Promise<AnswerOf<ChainMessage, K>> {
    return this.scheduler.settle(this.#lone.ask(question))
  }

  sign(validatorIndex: number, data: AttestationData): SignedAttestation {
    return { message: { validatorIndex, data }, signature: new Uint8Array(this.#signatureLength) }
  }

  /** The block of a slot, built by this node and signed, not handed back. */
  async build(slot: number): Promise<RootedBlock> {
    const validatorIndex = proposerOf(slot, this.validatorCount)
    const proposal = await this.ask({ type: 'buildBlock', slot, validatorIndex })
    if (!proposal.ok) throw new Error(proposal.error.message)
    const { root, block, attestationSignatures, proposerAttestationData } = proposal.value
    const { message, signature } = this.sign(validatorIndex, proposerAttestationData)
    return {
      root,
      signedBlock: {
        message: { block, proposerAttestation: message },
        signature: [...attestationSignatures, signature],
      },
    }
  }

  /** The votes of these validators for a slot, its proposer's left out. */
  async votes(slot: number, voters: readonly number[]): Promise<SignedAttestation[]> {
    const duty = await this.ask({ type: 'getAttestationData', slot })
    if (!duty.ok) throw new Error(duty.error.message)
    const proposer = proposerOf(slot, this.validatorCount)
    return voters
      .filter((voter) => voter !== proposer)
      .map((voter) => this.sign(voter, copyOf(duty.value.data)))
  }

  tellBlock(block: RootedBlock): void {
    const gossip = { messageId: block.root, peerId: 'peer' }
    this.chain.tell({ type: 'block', block, origin: { from: 'gossip', gossip } })
  }

  tellVotes(votes: readonly SignedAttestation[]): void {
    const gossip = { messageId: 'vote', peerId: 'peer' }
    for (const signedAttestation of votes) this.chain.tell({ type: 'attestation', signedAttestation, gossip })
  }

  /** A whole slot, the block handed back as if from gossip. */
  async slot(slot: number, voters: readonly number[]): Promise<void> {
    await this.tick(slot, 0)
    this.tellBlock(await this.build(slot))
    await this.tick(slot, 1)
    this.tellVotes(await this.votes(slot, voters))
    // Else the tick would overtake them.
    await this.settle()
    await this.tick(slot, 2)
    await this.tick(slot, 3)
  }
}

/** As a vote that came over the wire has it: nothing shared with others. */
function copyOf(data: AttestationData): AttestationData {
  return attestationDataType.deserialize(attestationDataType.serialize(data))
}

/** A block as it comes over the wire. */
export function copyOfBlock({ root, signedBlock }: RootedBlock): RootedBlock {
  const { message, signature } = signedBlock
  const copy = blockWithAttestationType.deserialize(blockWithAttestationType.serialize(message))
  return { root, signedBlock: { message: copy, signature: signature.map((bytes) => Uint8Array.from(bytes)) } }
}

/** Votes as they come over the wire. */
export function copyOfVotes(votes: readonly SignedAttestation[]): SignedAttestation[] {
  return votes.map(({ message, signature }) => ({
    message: { ...message, data: copyOf(message.data) },
    signature: Uint8Array.from(signature),
  }))
}
