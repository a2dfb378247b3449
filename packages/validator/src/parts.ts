import type { ActorContext, Ref } from '@trine/actors'
import type {
  ChainMessageFrom,
  EventSink,
  KeyLedger,
  NetworkMessageFrom,
  Signer,
  SlotTiming,
  ValidatorMessage,
} from '@trine/messages'

/** What a ValidatorService is made of. */
export type ValidatorParts = {
  readonly timing: SlotTiming
  /** Size of the whole registry: it decides who proposes. */
  readonly validatorCount: number
  /** The keys of the validators that this service acts for. */
  readonly signer: Signer
  readonly ledger: KeyLedger
  readonly chain: Ref<ChainMessageFrom<'validator'>>
  readonly network: Ref<NetworkMessageFrom<'validator'>>
  readonly events: EventSink
}

export type ValidatorContext = ActorContext<ValidatorMessage>
