import type { AskKind, Message, MessageOf, Ref, Reply } from '@trine/actors'
import { describe, expectTypeOf, it } from 'vitest'
import type {
  ChainMessage,
  ChainMessageFrom,
  MessagesOf,
  NetworkMessage,
  NetworkMessageFrom,
  questions,
  RootedBlock,
  ServiceName,
  SyncMessageFrom,
  TransportEvent,
  ValidatorMessageFrom,
} from '../src/index.ts'

/** Never called: `tsc` reads it, and an `@ts-expect-error` without an error fails the type check. */
function wrongMessages(
  chainForClock: Ref<ChainMessageFrom<'clock'>>,
  chainForNetwork: Ref<ChainMessageFrom<'network'>>,
  networkForSync: Ref<NetworkMessageFrom<'sync'>>,
  block: RootedBlock,
) {
  // @ts-expect-error the clock does not send blocks
  chainForClock.tell({ type: 'block', block, origin: { from: 'request', peerId: 'a' } })
  // @ts-expect-error network's blocks are not the node's own
  chainForNetwork.tell({ type: 'ownBlock', block })
  // @ts-expect-error a block needs its origin
  chainForNetwork.tell({ type: 'block', block })
  // @ts-expect-error an origin by gossip needs its message
  chainForNetwork.tell({ type: 'block', block, origin: { from: 'gossip' } })
  // @ts-expect-error only the validator publishes
  networkForSync.tell({ type: 'publishBlock', block })
  // @ts-expect-error no such offence
  networkForSync.tell({ type: 'reportPeer', peerId: 'a', offence: 'rude', reason: '' })
}

/** Nobody may send results to a service but itself: no other sender's view of it has them. */
type OwnResults = 'signaturesVerified' | 'batchWritten'

type QuestionList = { [S in ServiceName]: (typeof questions)[S][number] }
type QuestionKinds = { [S in ServiceName]: AskKind<MessagesOf[S]> }

/** Kinds that `MessageOf` cannot find, because a member of the union has several types at once. */
type Unfindable<M extends Message> = {
  [K in M['type']]: [MessageOf<M, K>] extends [never] ? K : never
}[M['type']]

/** Kinds that carry a reply although `AskKind` does not see them. */
type HiddenReplies<M extends Message> = Exclude<Extract<M, { readonly reply: unknown }>['type'], AskKind<M>>

describe('message types', () => {
  it('list every question', () => {
    expectTypeOf<QuestionList>().toEqualTypeOf<QuestionKinds>()
    expectTypeOf<HiddenReplies<MessagesOf[ServiceName]>>().toBeNever()
    expectTypeOf<Unfindable<MessagesOf[ServiceName]>>().toBeNever()
  })

  it('let each sender send its own messages and nothing else', () => {
    expectTypeOf<ChainMessageFrom<'clock'>['type']>().toEqualTypeOf<'tick'>()
    expectTypeOf<ChainMessageFrom<'validator'>['type']>().toEqualTypeOf<
      'ownBlock' | 'ownAttestation' | 'buildBlock' | 'getAttestationData'
    >()
    expectTypeOf<Exclude<ChainMessage['type'], ChainMessageFrom<'chain'>['type']> & OwnResults>().toBeNever()
    expectTypeOf<NetworkMessageFrom<'transport'>>().toEqualTypeOf<TransportEvent>()
    expectTypeOf<SyncMessageFrom<'validator'>>().toBeNever()
    expectTypeOf<ValidatorMessageFrom<'sync'>['type']>().toEqualTypeOf<'syncState'>()
    expectTypeOf<Ref<NetworkMessage>>().toExtend<Ref<TransportEvent>>()
    expectTypeOf<Ref<TransportEvent>>().not.toExtend<Ref<NetworkMessage>>()
    expectTypeOf<Reply<unknown>>().toExtend<Reply<string>>()
    expectTypeOf(wrongMessages).toBeFunction()
  })
})
