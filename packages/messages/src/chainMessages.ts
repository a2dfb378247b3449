import type { AskResult, JobId, Reply } from '@trine/actors'
import { defineLanes } from '@trine/actors'
import type {
  AttestationData,
  Block,
  Result,
  RootHex,
  SignedAttestation,
  Slot,
  State,
  ValidatorIndex,
} from '@trine/types'
import type { BlockOrigin, BlockReference, GossipReference, RootedBlock, Tick } from './common.ts'
import type { Evidence } from './events.ts'
import type { From, SendersOf } from './senders.ts'

/** What the ChainService is told. Meaning, lanes and senders of each: the package's README. */
export type ChainMessage =
  | Tick
  | { readonly type: 'block'; readonly block: RootedBlock; readonly origin: BlockOrigin }
  | {
      readonly type: 'attestation'
      readonly signedAttestation: SignedAttestation
      readonly gossip: GossipReference
    }
  | { readonly type: 'ownBlock'; readonly block: RootedBlock }
  | { readonly type: 'ownAttestation'; readonly signedAttestation: SignedAttestation }
  | {
      readonly type: 'buildBlock'
      readonly slot: Slot
      readonly validatorIndex: ValidatorIndex
      readonly reply: Reply<Result<BlockProposal, DutyError>>
    }
  | {
      readonly type: 'getAttestationData'
      readonly slot: Slot
      readonly reply: Reply<Result<AttestationDuty, DutyError>>
    }
  | {
      readonly type: 'findUnknown'
      readonly roots: readonly RootHex[]
      readonly reply: Reply<readonly RootHex[]>
    }
  | { readonly type: 'getBlock'; readonly id: BlockId; readonly reply: Reply<RootedBlock | undefined> }
  | { readonly type: 'getState'; readonly id: BlockId; readonly reply: Reply<State | undefined> }
  | { readonly type: 'getChain'; readonly reply: Reply<ChainView> }
  | { readonly type: 'getForkChoice'; readonly reply: Reply<ForkChoiceView> }
  | { readonly type: 'getEvidence'; readonly reply: Reply<readonly Evidence[]> }
  | {
      readonly type: 'signaturesVerified'
      readonly jobId: JobId
      readonly outcome: AskResult<readonly boolean[]>
    }
  | {
      readonly type: 'batchWritten'
      readonly jobId: JobId
      readonly outcome: AskResult<Result<'written', unknown>>
    }
  | {
      readonly type: 'storedBlockRead'
      readonly jobId: JobId
      readonly outcome: AskResult<RootedBlock | undefined>
    }
  | { readonly type: 'workOn' }

export type BlockId =
  | { readonly by: 'head' | 'justified' | 'finalized' }
  | { readonly by: 'root'; readonly root: RootHex }
  /** Of the chain of the head. */
  | { readonly by: 'slot'; readonly slot: Slot }

/** A block to be signed by its proposer, whose vote is for this very block. */
export type BlockProposal = {
  readonly root: RootHex
  readonly block: Block
  /** Signatures of the body's attestations, in their order. */
  readonly attestationSignatures: readonly Uint8Array[]
  /** `data.head.root` is `root`. */
  readonly proposerAttestationData: AttestationData
}

export type AttestationDuty = {
  readonly data: AttestationData
  /** The head that the data was made from: if it is no longer the head, fetch again. */
  readonly headRoot: RootHex
}

/**
 * WRONG_SLOT: not the chain's current slot. NOT_PROPOSER: another validator proposes in this slot.
 * NOT_READY: no store yet, or it lacks what is needed. FAILED: a rule broke, see the message.
 */
export type DutyError = {
  readonly code: 'WRONG_SLOT' | 'NOT_PROPOSER' | 'NOT_READY' | 'FAILED'
  readonly message: string
}

export type ChainView = {
  readonly genesisTime: number
  readonly slot: Slot
  readonly interval: number
  readonly head: BlockReference
  readonly safeTarget: BlockReference
  /** Of the store: the highest of any imported block. */
  readonly justified: BlockReference
  readonly finalized: BlockReference
  /** Of the head's own state, which can lie below the store's. */
  readonly headState: { readonly justified: BlockReference; readonly finalized: BlockReference }
  readonly validatorCount: number
  readonly blocksInMemory: number
  readonly statesInMemory: number
  readonly pendingBlocks: number
  readonly pendingAttestations: number
  /** Blocks so far whose proposer's vote was not its proposer's for the block, or for the block's parent, at its slot. */
  readonly unauthenticatedBlocks: number
}

export type ForkChoiceNode = {
  readonly root: RootHex
  readonly slot: Slot
  readonly parentRoot: RootHex
  readonly proposerIndex: ValidatorIndex
  readonly weight: number
}

export type ForkChoiceView = {
  readonly nodes: readonly ForkChoiceNode[]
  readonly head: BlockReference
  readonly safeTarget: BlockReference
  readonly justified: BlockReference
  readonly finalized: BlockReference
  readonly validatorCount: number
}

export const chainLanes = defineLanes<ChainMessage>()({
  lanes: {
    time: { rank: 0, capacity: 16, whenFull: 'refuse' },
    results: { rank: 1, capacity: 256, whenFull: 'refuse' },
    duties: { rank: 2, capacity: 64, whenFull: 'refuse' },
    own: { rank: 3, capacity: 8192, whenFull: 'refuse' },
    queries: { rank: 4, capacity: 256, whenFull: 'refuse' },
    work: { rank: 5, capacity: 1, whenFull: 'refuse' },
    blocks: { rank: 6, capacity: 256, whenFull: 'refuse' },
    attestations: { rank: 7, capacity: 8192, whenFull: 'dropOldest' },
  },
  laneOf: {
    tick: 'time',
    signaturesVerified: 'results',
    batchWritten: 'results',
    storedBlockRead: 'results',
    workOn: 'work',
    buildBlock: 'duties',
    getAttestationData: 'duties',
    ownBlock: 'own',
    ownAttestation: 'own',
    findUnknown: 'queries',
    getBlock: 'queries',
    getState: 'queries',
    getChain: 'queries',
    getForkChoice: 'queries',
    getEvidence: 'queries',
    block: 'blocks',
    attestation: 'attestations',
  },
})

export const chainSenders = {
  tick: ['clock'],
  block: ['network', 'sync'],
  attestation: ['network'],
  ownBlock: ['validator'],
  ownAttestation: ['validator'],
  buildBlock: ['validator', 'api'],
  getAttestationData: ['validator', 'api'],
  findUnknown: ['sync'],
  getBlock: ['network', 'api'],
  getState: ['api'],
  getChain: ['api'],
  getForkChoice: ['api'],
  getEvidence: ['api'],
  signaturesVerified: ['chain'],
  batchWritten: ['chain'],
  storedBlockRead: ['chain'],
  workOn: ['chain'],
} as const satisfies SendersOf<ChainMessage>

/** What one sender may tell the chain. */
export type ChainMessageFrom<S extends string> = From<ChainMessage, typeof chainSenders, S>
