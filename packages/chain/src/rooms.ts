import type { ActorContext } from '@trine/actors'
import { describeForkChoiceError, getForkchoiceStore } from '@trine/fork-choice'
import type { ChainMessage } from '@trine/messages'
import { stateTransition } from '@trine/state-transition'
import type { RootHex, SignedAttestation } from '@trine/types'
import { Announcer } from './announcer.ts'
import { BlockImport } from './blockImport.ts'
import { BlockMemory } from './blockMemory.ts'
import { BlockNotices } from './blockNotices.ts'
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
import { MissingBlocks } from './missingBlocks.ts'
import { NamedBlocks } from './namedBlocks.ts'
import { Neighbours } from './neighbours.ts'
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

type Basis = ReturnType<typeof createBasis>
type VoteRooms = ReturnType<typeof createVoteRooms>
type BlockRooms = ReturnType<typeof createBlockRooms>

const ownTransition: Transition = (parentState, block, _root, bodyRoot, onPhase) =>
  stateTransition(parentState, block, bodyRoot, onPhase)

/** Builds the rooms of a service on its anchor; throws when anchor state and block do not belong together. */
export function createRooms(
  context: ActorContext<ChainMessage>,
  parts: ChainParts,
  anchor: ChainParts['anchor'],
) {
  const basis = createBasis(context, parts, anchor)
  const votes = createVoteRooms(basis)
  const blocks = createBlockRooms(basis, votes)
  const paths = createPaths(basis, votes, blocks)
  const { store, onStoreStep, blockStore } = basis
  const { replay, importer } = blocks
  const duties = new Duties({ store, replay, importer, onStoreStep })
  const views = new Views({ ...basis, ...votes, ...blocks, ...paths, blockStore })
  return { ...basis, ...votes, ...blocks, ...paths, duties, views }
}

function createBasis(context: ActorContext<ChainMessage>, parts: ChainParts, anchor: ChainParts['anchor']) {
  const limits: ChainLimits = { ...DEFAULT_LIMITS, ...parts.limits }
  const states = new StateCache(limits.statesInMemory)
  const opened = getForkchoiceStore(anchor.state, anchor.block, { states })
  if (!opened.ok) throw new Error(`anchor: ${describeForkChoiceError(opened.error)}`)
  const store = opened.value
  const { events, blockStore, onStoreStep, onFinalized, transition = ownTransition } = parts
  const announcer = new Announcer(store, parts)
  const neighbours = new Neighbours(parts)
  return {
    context,
    parts,
    limits,
    states,
    store,
    events,
    blockStore,
    onStoreStep,
    onFinalized,
    transition,
    announcer,
    neighbours,
  }
}

/** What is known of votes, and how they are verified. */
function createVoteRooms({ context, parts, limits, store, events, neighbours, onStoreStep }: Basis) {
  const { verifier, ownValidators } = parts
  const evidence = new EvidenceStore(limits.evidence, events)
  const verified = new VerifiedVotes(store.validatorCount, limits.verifiedVotesPerValidator)
  const tally = new LinkTally(store.validatorCount)
  const known = { store, verified, tally, evidence, neighbours, events }
  const ledger = new VoteLedger({ ...known, ownValidators, onStoreStep })
  const registry = parts.anchor.state.clone(true)
  const onValid = (vote: SignedAttestation) => ledger.noteVerified(vote)
  const verification = new Verification({ context, verifier, events, limits, registry, onValid })
  const waitingVotes = new WaitingVotes(limits.waitingVotes)
  return { evidence, verified, tally, ledger, verification, waitingVotes }
}

/** Where blocks and their states are kept, and how a block gets into the store. */
function createBlockRooms(basis: Basis, { tally, ledger }: VoteRooms) {
  const { context, limits, store, states, events, announcer, blockStore } = basis
  const memory = new BlockMemory(limits.blocksInMemory, limits.blockBytesInMemory)
  const heads = () => ({ ...announcer.heads, time: store.time })
  const writer = blockStore && new BlockWriter({ context, blockStore, events, limits, heads, store })
  const getBlock = (root: RootHex) => memory.get(root) ?? writer?.unwritten(root)
  const replay = new StateReplay({ ...basis, getBlock })
  const named = new NamedBlocks(store)
  const { lateSlots } = limits
  const finality = new Finality({ ...basis, states, tally, named, replay, writer, lateSlots })
  const importer = new BlockImport({ ...basis, memory, writer, replay, named, ledger, finality })
  return { memory, writer, replay, importer }
}

/** The ways of blocks and votes into the store, which wait for one another. */
function createPaths(basis: Basis, votes: VoteRooms, blocks: BlockRooms) {
  const { limits, store, neighbours, events } = basis
  const { waitingVotes } = votes
  const candidates = new Candidates(limits)
  const refusals = new BlockRefusals(candidates, neighbours, limits.invalidBlocks)
  const support = new Support(candidates, waitingVotes, store.validatorCount)
  const route = new BlockRoute({ store, candidates, refusals, limits })
  const notices = new BlockNotices(candidates, neighbours, events)
  const { vouchedBlocks } = limits
  const missing = new MissingBlocks({ store, candidates, refusals, neighbours })
  const ways = { candidates, refusals, support, route, notices, missing, vouchedBlocks }
  const onImported = (root: RootHex) => voteImport.blockImported(root)
  const pipeline: BlockPipeline = new BlockPipeline({ ...basis, ...votes, ...blocks, ...ways, onImported })
  const voteImport: VoteImport = new VoteImport({
    ...basis,
    ...votes,
    waitingVoteSlots: limits.waitingVoteSlots,
    blockStatus: (root) => missing.statusOf(root),
    onSupport: (root) => pipeline.supportGrew(root),
  })
  return { candidates, missing, pipeline, voteImport }
}
