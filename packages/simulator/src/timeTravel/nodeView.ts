import type { AnswerOf, AskKind, Behaviour, Message, Question } from '@trine/actors'
import {
  type BlockReference,
  type ChainView,
  type ClockView,
  type DutiesView,
  type Evidence,
  type ForkChoiceView,
  type MessagesOf,
  type NetworkView,
  referenceOf,
  type ServiceName,
  type SyncView,
} from '@trine/messages'
import { type SignedAttestation, toHex, toNumber, type ValidatorIndex } from '@trine/types'
import type { NodeIndex } from '../scenario.ts'
import type { StoreMirror } from '../storeMirror.ts'

/** A vote as the fork choice counts it. */
export type VoteView = {
  readonly validatorIndex: ValidatorIndex
  readonly slot: number
  readonly head: BlockReference
  readonly target: BlockReference
  readonly source: BlockReference
}

/** Everything a running node can tell of itself. */
export type ServicesView = {
  readonly chain: ChainView
  readonly forkChoice: ForkChoiceView
  /** The latest vote of each validator: those that have weight, and those that wait to be accepted. */
  readonly votes: { readonly known: readonly VoteView[]; readonly new: readonly VoteView[] }
  readonly evidence: readonly Evidence[]
  readonly sync: SyncView
  readonly duties: DutiesView
  readonly network: NetworkView
  readonly clock: ClockView
}

export type NodeView = {
  readonly node: NodeIndex
  /** How often its process was started so far. */
  readonly starts: number
} & ({ readonly isRunning: false } | ({ readonly isRunning: true } & ServicesView))

/** Asks services that were rebuilt; `mirror` followed the chain's store. */
export async function viewOf(
  behaviourOf: <S extends ServiceName>(name: S) => Promise<Behaviour<MessagesOf[S]>>,
  mirror: StoreMirror,
): Promise<ServicesView> {
  const chain = await behaviourOf('chain')
  const { store } = mirror
  const chainView = await answerOf(chain, { type: 'getChain' })
  if (store !== undefined && toHex(store.head.root) !== chainView.head.root) {
    throw new Error(`store mirror: expected head ${chainView.head.root}, got ${toHex(store.head.root)}`)
  }
  return {
    chain: chainView,
    forkChoice: await answerOf(chain, { type: 'getForkChoice' }),
    votes: {
      known: votesOf(store?.latestKnownAttestations ?? new Map()),
      new: votesOf(store?.latestNewAttestations ?? new Map()),
    },
    evidence: await answerOf(chain, { type: 'getEvidence' }),
    sync: await answerOf(await behaviourOf('sync'), { type: 'getSync' }),
    duties: await answerOf(await behaviourOf('validator'), { type: 'getDuties' }),
    network: await answerOf(await behaviourOf('network'), { type: 'getNetwork' }),
    clock: await answerOf(await behaviourOf('clock'), { type: 'getClock' }),
  }
}

/** Questions about a service itself are answered within the call. */
async function answerOf<M extends Message, K extends AskKind<M>>(
  behaviour: Behaviour<M>,
  question: Question<M, K>,
): Promise<AnswerOf<M, K>> {
  let answer: AnswerOf<M, K> | undefined
  const reply = {
    answer: (value: AnswerOf<M, K>) => {
      answer = value
      return true
    },
    refuse: () => true,
    isOpen: true,
  }
  await behaviour.receive({ ...question, reply } as unknown as M)
  if (answer === undefined) throw new Error(`${question.type}: expected an answer, got none`)
  return answer
}

function votesOf(votes: ReadonlyMap<ValidatorIndex, SignedAttestation>): VoteView[] {
  return [...votes]
    .map(([validatorIndex, { message }]) => ({
      validatorIndex,
      slot: toNumber(message.data.slot),
      head: referenceOf(message.data.head),
      target: referenceOf(message.data.target),
      source: referenceOf(message.data.source),
    }))
    .sort((left, right) => left.validatorIndex - right.validatorIndex)
}
