import type { ActorContext } from '@trine/actors'
import { describeForkChoiceError, getForkchoiceStore, type Store } from '@trine/fork-choice'
import type { ChainMessage } from '@trine/messages'
import { stateTransition } from '@trine/state-transition'
import { Announcer } from './announcer.ts'
import { BlockImport } from './blockImport.ts'
import { BlockMemory } from './blockMemory.ts'
import { BlockPipeline } from './blockPipeline.ts'
import { BlockRefusals } from './blockRefusals.ts'
import { BlockRoute } from './blockRoute.ts'
import { BlockWriter } from './blockWriter.ts'
import { Candidates } from './candidates.ts'
import { Duties } from './duties.ts'
import { EvidenceStore } from './evidenceStore.ts'
import { Finality } from './finality.ts'
import { type ChainLimits, DEFAULT_LIMITS } from './limits.ts'
import { LinkTally } from './linkTally.ts'
import { NamedBlocks } from './namedBlocks.ts'
import { Outbox } from './outbox.ts'
import type { ChainParts, Transition } from './parts.ts'
import { StateCache } from './stateCache.ts'
import { StateReplay } from './stateReplay.ts'
import { Support } from './support.ts'
import { Verification } from './verification.ts'
import { VerifiedVotes } from './verifiedVotes.ts'
import { Views } from './views.ts'
import { VoteImport } from './voteImport.ts'
import { VoteLedger } from './voteLedger.ts'
import { WaitingVotes } from './waitingVotes.ts'

/** Everything a ChainService consists of, put together. */
export type Rooms = ReturnType<typeof createRooms>

const ownTransition: Transition = (parentState, block, _root, bodyRoot) =>
  stateTransition(parentState, block, bodyRoot)

/** Builds the rooms of a service on its anchor; throws when anchor state and block do not belong together. */
export function createRooms(
  context: ActorContext<ChainMessage>,
  parts: ChainParts,
  anchor: ChainParts['anchor'],
) {
  const limits: ChainLimits = { ...DEFAULT_LIMITS, ...parts.limits }
  const states = new StateCache(limits.statesInMemory)
  const opened = getForkchoiceStore(anchor.state, anchor.block, { states })
  if (!opened.ok) throw new Error(`anchor: ${describeForkChoiceError(opened.error)}`)
  const store = opened.value
  const announcer = new Announcer(store, parts)
  const blocks = createBlockRooms(context, parts, { limits, states, store, announcer })
  const votes = createVoteRooms(context, parts, { limits, store })
  const { replay, writer } = blocks
  const { ledger, verification, verified, tally, evidence, waitingVotes, outbox } = votes

  const candidates = new Candidates(limits)
  const refusals = new BlockRefusals(candidates, outbox, limits.invalidBlocks)
  const support = new Support(candidates, waitingVotes, store.validatorCount)
  const route = new BlockRoute({ store, candidates, refusals, limits })
  const named = new NamedBlocks(store)
  const finality = new Finality({
    ...{ store, states, tally, named, replay, writer, events: parts.events },
    lateSlots: limits.lateSlots,
    onStoreStep: parts.onStoreStep,
  })
  const importer = new BlockImport({
    ...{ context, parts, ledger, named, finality, announcer, states, store, ...blocks },
  })
  const pipeline: BlockPipeline = new BlockPipeline({
    ...{ context, store, candidates, route, support, refusals, verification, verified, replay, importer },
    ...{ evidence, outbox, events: parts.events },
    onImported: (root) => voteImport.blockImported(root),
  })
  const voteImport: VoteImport = new VoteImport({
    ...{ store, verified, verification, ledger, outbox },
    waiting: waitingVotes,
    waitingVoteSlots: limits.waitingVoteSlots,
    blockStatus: (root) => pipeline.statusOf(root),
    onSupport: (root) => pipeline.supportGrew(root),
  })
  const duties = new Duties({ store, replay, importer, onStoreStep: parts.onStoreStep })
  const views = new Views({
    ...{ store, announcer, states, candidates, waitingVotes, pipeline, blockStore: parts.blockStore },
    ...blocks,
  })
  return {
    ...{ store, states, announcer, verification, ledger, evidence, outbox, pipeline, voteImport },
    ...{ duties, views, importer, replay, writer },
  }
}

type Basis = {
  readonly limits: ChainLimits
  readonly states: StateCache
  readonly store: Store
  readonly announcer: Announcer
}

function createBlockRooms(
  context: ActorContext<ChainMessage>,
  { blockStore, events, transition = ownTransition }: ChainParts,
  { limits, states, store, announcer }: Basis,
) {
  const memory = new BlockMemory(limits.blocksInMemory, limits.blockBytesInMemory)
  const heads = () => announcer.heads
  const writer = blockStore && new BlockWriter({ context, blockStore, events, limits, heads })
  const getBlock = (root: string) => memory.get(root) ?? writer?.unwritten(root)
  const replay = new StateReplay({ context, limits, store, states, getBlock, blockStore, transition })
  return { memory, writer, replay, transition }
}

function createVoteRooms(
  context: ActorContext<ChainMessage>,
  parts: ChainParts,
  { limits, store }: Pick<Basis, 'limits' | 'store'>,
) {
  const { events, verifier, ownValidators, onStoreStep } = parts
  const outbox = new Outbox(parts)
  const evidence = new EvidenceStore(limits.evidence, events)
  const verified = new VerifiedVotes(store.validatorCount, limits.verifiedVotesPerValidator)
  const tally = new LinkTally(store.validatorCount)
  const ledger = new VoteLedger({
    ...{ store, verified, tally, evidence, outbox, events, ownValidators, onStoreStep },
  })
  const verification = new Verification({
    ...{ context, verifier, events, limits, registry: parts.anchor.state.clone(true) },
    onValid: (vote) => ledger.noteVerified(vote),
  })
  const waitingVotes = new WaitingVotes(limits.waitingVotes)
  return { outbox, evidence, verified, tally, ledger, verification, waitingVotes }
}
