import { ListCompositeType } from '@chainsafe/ssz'
import type { Timer } from '@trine/actors'
import { type DutyKind, type RemoteStep, type RootedBlock, startOfInterval } from '@trine/messages'
import {
  PRESET,
  type SignedAttestation,
  type SignedTypes,
  type Slot,
  signedTypesFor,
  toNumber,
  type ValidatorIndex,
} from '@trine/types'
import { type Refusal, readBlockVerdict, readVotesVerdict } from './answers.ts'
import type { ReadTools } from './dutyRead.ts'
import type { RemoteNode } from './parts.ts'
import type { Read } from './requests.ts'

/** The interval in which votes are counted for the safe target: they should be there before. */
const COUNTING_INTERVAL = 2
/** Votes that come later wait so long for others. */
const SHORTEST_COLLECTION = 50
/** What no node answered to is handed in once more, after so long. */
const RETRY_MILLISECONDS = 250
/** What a node knew already is as good as taken. */
const KNOWN = 'DUPLICATE'

type Bundle = {
  readonly kind: DutyKind
  readonly slot: Slot
  readonly step: Extract<RemoteStep, 'submitBlock' | 'submitVotes'>
  readonly path: string
  readonly body: Uint8Array
  readonly read: Read<readonly Refusal[]>
  /** Whose signatures these are, by their index in the bundle. */
  readonly validators: readonly ValidatorIndex[]
}

type Attempt = { readonly missing: Set<number>; waiting: number; hasAnswer: boolean; reason: string }

/** What was signed goes to all healthy nodes: a block at once, the votes of a slot together in one request. */
export class Submissions {
  readonly #tools: ReadTools
  readonly #types: SignedTypes
  #votes: { readonly slot: Slot; readonly signed: SignedAttestation[]; readonly deadline: Timer } | undefined

  constructor(tools: ReadTools) {
    this.#tools = tools
    this.#types = signedTypesFor(tools.parts.network.signatureEncoding)
  }

  addVote(signedAttestation: SignedAttestation): void {
    const slot = toNumber(signedAttestation.message.data.slot)
    if (this.#votes?.slot !== slot) this.#sendVotes()
    this.#votes ??= { slot, signed: [], deadline: this.#armDeadline(slot) }
    this.#votes.signed.push(signedAttestation)
  }

  /** No more votes of the slot are to come. */
  onVotesEnded(slot: Slot): void {
    if (this.#votes?.slot === slot) this.#sendVotes()
  }

  sendBlock({ signedBlock }: RootedBlock): void {
    const { block } = signedBlock.message
    this.#begin({
      kind: 'block',
      slot: toNumber(block.slot),
      step: 'submitBlock',
      path: 'validator/block',
      body: this.#types.signedBlockWithAttestationType.serialize(signedBlock),
      read: readBlockVerdict,
      validators: [toNumber(block.proposerIndex)],
    })
  }

  #armDeadline(slot: Slot): Timer {
    const { context, parts, timers } = this.#tools
    const end = startOfInterval(slot, COUNTING_INTERVAL, parts.network.timing) - parts.limits.collectMargin
    const wait = Math.max(SHORTEST_COLLECTION, end - context.scheduler.now())
    return timers.after(wait, () => this.#sendVotes())
  }

  #sendVotes(): void {
    const votes = this.#votes
    if (votes === undefined) return
    this.#votes = undefined
    votes.deadline.cancel()
    const { slot, signed } = votes
    this.#begin({
      kind: 'attestation',
      slot,
      step: 'submitVotes',
      path: 'validator/attestations',
      body: listType(this.#types).serialize(signed),
      read: readVotesVerdict(signed.length),
      validators: signed.map(({ message }) => toNumber(message.validatorIndex)),
    })
  }

  #begin(bundle: Bundle): void {
    this.#send(bundle, this.#tools.board.takers(), true)
  }

  #send(bundle: Bundle, nodes: readonly RemoteNode[], mayRetry: boolean): void {
    const attempt: Attempt = {
      missing: new Set(bundle.validators.keys()),
      waiting: nodes.length,
      hasAnswer: false,
      reason: this.#tools.board.describe(),
    }
    if (nodes.length === 0) return this.#end(bundle, attempt, mayRetry)
    for (const node of nodes) this.#sendTo(node, bundle, attempt, mayRetry)
  }

  #sendTo(node: RemoteNode, bundle: Bundle, attempt: Attempt, mayRetry: boolean): void {
    const { context, parts, requests } = this.#tools
    const { step, path, body, read } = bundle
    const begunAt = context.scheduler.monotonic()
    const timeoutMilliseconds = parts.limits.submitTimeout
    requests.send({ node, step, path, body, read, timeoutMilliseconds }, (result) => {
      attempt.waiting -= 1
      if (result.ok) {
        this.#onVerdict(node, bundle, attempt, result.value, context.scheduler.monotonic() - begunAt)
      } else {
        attempt.reason = `${node.name}: ${result.error.message}`
      }
      if (attempt.waiting === 0) this.#end(bundle, attempt, mayRetry)
    })
  }

  #onVerdict(
    node: RemoteNode,
    { kind, slot, validators }: Bundle,
    attempt: Attempt,
    refusals: readonly Refusal[],
    time: number,
  ): void {
    const refused = refusals.filter(({ reason }) => reason !== KNOWN)
    const indices = new Set(refused.map(({ index }) => index))
    for (const index of validators.keys()) if (!indices.has(index)) attempt.missing.delete(index)
    attempt.hasAnswer = true
    if (refused[0] !== undefined) attempt.reason = `${node.name}: ${refused[0].verdict}, ${refused[0].reason}`
    this.#tools.parts.remoteEvents.emit({
      type: 'remoteSubmission',
      kind,
      slot,
      node: node.name,
      taken: validators.length - indices.size,
      failures: refused.map(({ index, verdict, reason }) => ({
        validatorIndex: validators[index]!,
        verdict,
        reason,
      })),
      time,
    })
  }

  #end(bundle: Bundle, { missing, hasAnswer, reason }: Attempt, mayRetry: boolean): void {
    if (missing.size === 0) return
    if (!hasAnswer && mayRetry) {
      const { timers, board } = this.#tools
      timers.after(RETRY_MILLISECONDS, () => this.#send(bundle, board.known(), false))
      return
    }
    const { kind, slot } = bundle
    const validators = [...missing].map((index) => bundle.validators[index]!)
    this.#tools.parts.remoteEvents.emit({ type: 'remoteLost', kind, slot, validators, reason })
  }
}

function listType({ signedAttestationType }: SignedTypes) {
  return new ListCompositeType(signedAttestationType, PRESET.validatorRegistryLimit, {
    typeName: 'List[SignedAttestation]',
  })
}
