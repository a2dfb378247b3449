import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { awaitReply, type Journal, type Random, type Scheduler } from '@trine/actors'
import type { DurableKeyLedger } from '@trine/key-ledger'
import { type EventSink, type SlotTiming, type StoredHeads, slotAt } from '@trine/messages'
import { createPayloadCodec } from '@trine/network'
import { createNode, type LeanNode, type NodeParts } from '@trine/node'
import { blockRoot } from '@trine/state-transition'
import { type LevelBlockStore, openLevelBlockStore } from '@trine/storage/level'
import { createLibp2pTransport, type Libp2pTransport } from '@trine/transport-libp2p'
import { type Block, toHex } from '@trine/types'
import type { SignaturePool } from '@trine/xmss'
import { createPool } from '@trine/xmss/pool'
import { checkpointOf } from '../checkpoint/checkpointOf.ts'
import type { OpenedCheckpoint } from '../checkpoint/openCheckpoint.ts'
import { UserError } from '../userError.ts'
import { withFileErrors } from '../userInput.ts'
import { genesisOf } from './genesisOf.ts'
import { pauseToListen } from './listenFirst.ts'
import type { NodeSetup } from './nodeSetup.ts'
import { openKeys } from './openKeys.ts'
import { openLedger } from './openLedger.ts'
import { createPoolSigner, createPoolVerifier, type PooledKey, prepareKeys } from './ports.ts'

const PROTOCOL = 'devnet-1'
/** For the services; what else ends has the rest of the 5 s of a process. */
const STOP_MILLISECONDS = 2000

/** What a real node shares with what runs around it. */
export type Surroundings = {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly events: EventSink
  readonly agent: string
  /** Whether the process is this node's alone; several in one have a network of their own, with keys nobody else has. */
  readonly ownsProcess: boolean
  /** Shared by several nodes of one process; else the node has one of its own and ends it. */
  readonly pool?: SignaturePool | undefined
  readonly journal?: Journal | undefined
  /** Follows the fork-choice store. */
  readonly follower?: Pick<NodeParts, 'onStoreStep' | 'onFinalized'> | undefined
}

/** A real node that runs: on disk, on the network, with its keys. */
export type OpenNode = {
  readonly node: LeanNode
  readonly setup: NodeSetup
  readonly timing: SlotTiming
  /** Duties pause, until somebody says that enough was listened to. */
  readonly listensFirst: boolean
  /** Hash tree root of the genesis block. */
  readonly genesisRoot: string
  /** What the chain began from: genesis or a checkpoint. */
  readonly anchorBlock: Block
  /** Undefined when it began from genesis, or goes on from what is on disk. */
  readonly checkpoint: OpenedCheckpoint | undefined
  readonly keys: readonly PooledKey[]
  readonly pool: SignaturePool
  readonly transport: Libp2pTransport
  readonly blockStore: LevelBlockStore
  readonly ledger: DurableKeyLedger
  /** Ends duties, services, network and files, in this order. */
  stop(): Promise<void>
}

/**
 * Opens everything a node is made of and starts it. What the user can mend (a folder in use, a key of another network, a
 * taken port) is a UserError; whatever was opened until then is closed.
 */
export async function openNode(setup: NodeSetup, surroundings: Surroundings): Promise<OpenNode> {
  await using opened = new AsyncDisposableStack()
  const { scheduler, random, events } = surroundings
  const { timing, ...genesis } = genesisOf(setup)
  const genesisRoot = blockRoot(genesis.block)
  const pool = surroundings.pool ?? opened.adopt(createPoolOf(setup), (own) => own.close('now'))
  const keys = await openKeys(setup, pool)
  const blockStore = opened.adopt(await openBlocks(setup, toHex(genesisRoot)), (store) => store.close())
  const ledger = opened.adopt(await openLedger(setup, keys, genesisRoot), (held) => held.close())
  const slot = Math.max(0, slotAt(scheduler.now(), timing))
  await prepareKeys(pool, keys, slot)
  const checkpoint = await checkpointOf(
    setup.dataFolder,
    setup.checkpoints ?? [],
    () => isEmpty(blockStore, scheduler),
    { ...setup.genesis, genesisRoot: toHex(genesisRoot), currentSlot: slot },
  )
  const transport = createTransport(setup, surroundings)
  const anchor = checkpoint ?? genesis
  const node = createNode({
    name: setup.name,
    scheduler,
    random: random.split('node'),
    timing,
    anchor,
    genesisRoot: toHex(genesisRoot),
    networkName: setup.networkName,
    codec: createPayloadCodec(setup.signatureEncoding),
    transport,
    verifier: createPoolVerifier(pool),
    blockStore,
    backfill: { store: blockStore, retainSlots: setup.retainSlots },
    duties: { signer: createPoolSigner(pool, keys), ledger },
    expectsPeers: setup.staticPeers.length > 0,
    events,
    journal: surroundings.journal,
    ...surroundings.follower,
  })
  opened.defer(async () => void (await node.stop(STOP_MILLISECONDS)))
  const listensFirst = surroundings.ownsProcess && pauseToListen(node, keys, ledger, slot)
  await startNode(node, setup)
  const resources = opened.move()
  return {
    node,
    setup,
    timing,
    listensFirst,
    genesisRoot: toHex(genesisRoot),
    anchorBlock: anchor.block,
    checkpoint,
    keys,
    pool,
    transport,
    blockStore,
    ledger,
    stop: () => resources.disposeAsync(),
  }
}

/** Whether nothing was written to a block store yet. */
async function isEmpty(blockStore: LevelBlockStore, scheduler: Scheduler): Promise<boolean> {
  const heads = await awaitReply<StoredHeads | undefined>(
    'blocks',
    { scheduler, timeoutMilliseconds: 60_000 },
    (reply) => blockStore.readHeads(reply),
  )
  if (!heads.ok) throw new Error(`block store: ${heads.error.message}`)
  return heads.value === undefined
}

function createPoolOf({ scheme, signatureEncoding }: NodeSetup): SignaturePool {
  return createPool({ scheme, encoding: signatureEncoding })
}

async function openBlocks(setup: NodeSetup, genesisRoot: string): Promise<LevelBlockStore> {
  const { dataFolder, signatureEncoding, retainSlots } = setup
  await withFileErrors(dataFolder, () => mkdir(dataFolder, { recursive: true }))
  const opened = await openLevelBlockStore({
    folder: join(dataFolder, 'blocks'),
    genesisRoot,
    protocol: PROTOCOL,
    signatureEncoding,
    retainSlots,
  })
  if (!opened.ok) throw new UserError(opened.error.message)
  return opened.value
}

function createTransport(setup: NodeSetup, { scheduler, random, agent }: Surroundings): Libp2pTransport {
  const { nodeKey, listen, staticPeers, name } = setup
  try {
    return createLibp2pTransport({
      scheduler,
      random: random.split('transport'),
      secretKey: nodeKey,
      listen,
      staticPeers,
      agent,
    })
  } catch (error) {
    throw new UserError(`${name}: network: ${(error as Error).message}`)
  }
}

async function startNode(node: LeanNode, { listen }: NodeSetup): Promise<void> {
  try {
    await node.start()
  } catch (error) {
    const { message } = error as Error
    // libp2p tells of every address, with stacks.
    const reason = /EADDRINUSE|already in use/i.test(message)
      ? 'an address is in use'
      : message.split('\n')[0]
    throw new UserError(`cannot listen on ${listen.join(', ')}: ${reason}`)
  }
}
