export { type MessagesOf, mailboxes, questions } from './askGraph.ts'
export {
  type AttestationDuty,
  type BlockId,
  type BlockProposal,
  type ChainMessage,
  type ChainMessageFrom,
  type ChainView,
  chainLanes,
  chainSenders,
  type DutyError,
  type ForkChoiceNode,
  type ForkChoiceView,
} from './chainMessages.ts'
export {
  type ClockMessage,
  type ClockMessageFrom,
  type ClockView,
  clockLanes,
  clockSenders,
} from './clockMessages.ts'
export type {
  BlockOrigin,
  BlockReference,
  ChainStatus,
  GossipReference,
  MessageId,
  PeerId,
  RootedBlock,
  SyncState,
  Tick,
  Verdict,
  VoteReference,
} from './common.ts'
export type {
  ActorEvent,
  ChainEvent,
  ClockEvent,
  DutyKind,
  DutyResult,
  Evidence,
  IntervalReference,
  NetworkEvent,
  NodeEvent,
  SyncEvent,
  TransitionPhases,
  ValidationTime,
  ValidatorEvent,
} from './events.ts'
export {
  type NetworkMessage,
  type NetworkMessageFrom,
  type NetworkView,
  networkLanes,
  networkSenders,
  type Offence,
  type PeerView,
  type Submission,
} from './networkMessages.ts'
export type {
  BlockStore,
  EventSink,
  HistoryStore,
  KeyLedger,
  Reservation,
  ReservationError,
  SignError,
  Signer,
  SignRequest,
  StoreBatch,
  StoredHeads,
  StoredHistory,
  StoredImport,
  StoredVotes,
  VerificationItem,
  Verifier,
  WriteOutcome,
} from './ports.ts'
export { referenceOf } from './references.ts'
export type { RemoteEvent, RemoteOutcome, RemoteRefusal, RemoteState, RemoteStep } from './remoteEvents.ts'
export { type From, type Sender, type SendersOf, type ServiceName, serviceNames } from './senders.ts'
export { intervalAt, type SlotTiming, slotAt, startOfInterval } from './slotTime.ts'
export {
  type SyncMessage,
  type SyncMessageFrom,
  type SyncView,
  syncLanes,
  syncSenders,
} from './syncMessages.ts'
export type {
  GossipEvent,
  GossipKind,
  OutgoingRequest,
  PeerTraffic,
  PublishOutcome,
  RequestId,
  ResponseChunk,
  ResponseCode,
  ResponseOutcome,
  ServedProtocol,
  SubscribeOptions,
  Transport,
  TransportEvent,
  TransportPeer,
} from './transport.ts'
export {
  type DutiesView,
  type PauseHolder,
  type ValidatorMessage,
  type ValidatorMessageFrom,
  validatorLanes,
  validatorSenders,
} from './validatorMessages.ts'
