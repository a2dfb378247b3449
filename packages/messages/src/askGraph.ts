import type { AskKind } from '@trine/actors'
import { type ChainMessage, chainLanes, chainSenders } from './chainMessages.ts'
import { type ClockMessage, clockLanes, clockSenders } from './clockMessages.ts'
import { type NetworkMessage, networkLanes, networkSenders } from './networkMessages.ts'
import type { ServiceName } from './senders.ts'
import { type SyncMessage, syncLanes, syncSenders } from './syncMessages.ts'
import { type ValidatorMessage, validatorLanes, validatorSenders } from './validatorMessages.ts'

/** What each service is told. */
export type MessagesOf = {
  readonly clock: ClockMessage
  readonly chain: ChainMessage
  readonly validator: ValidatorMessage
  readonly network: NetworkMessage
  readonly sync: SyncMessage
}

/** The mailbox of each service: its lanes, and who may send what. */
export const mailboxes = {
  clock: { lanes: clockLanes, senders: clockSenders },
  chain: { lanes: chainLanes, senders: chainSenders },
  validator: { lanes: validatorLanes, senders: validatorSenders },
  network: { lanes: networkLanes, senders: networkSenders },
  sync: { lanes: syncLanes, senders: syncSenders },
} as const

/**
 * The kinds that carry a reply. With the senders they make the graph of who asks whom, in which a test finds no cycle:
 * two services that wait for each other would wait for ever.
 */
export const questions = {
  clock: ['getClock'],
  chain: [
    'buildBlock',
    'getAttestationData',
    'findUnknown',
    'getBlock',
    'getState',
    'getChain',
    'getForkChoice',
    'getEvidence',
  ],
  validator: ['getDuties', 'pauseDuties', 'resumeDuties'],
  network: ['submitBlock', 'submitAttestation', 'getNetwork', 'banPeer', 'dropPeer'],
  sync: ['getSync'],
} as const satisfies { readonly [S in ServiceName]: readonly AskKind<MessagesOf[S]>[] }
