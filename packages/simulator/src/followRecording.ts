import { ask, createRandom, VirtualScheduler } from '@trine/actors'
import type { ChainView, NodeEvent, Verdict, VerificationItem } from '@trine/messages'
import { createPayloadCodec } from '@trine/network'
import { createNode } from '@trine/node'
import { blockRoot, generateGenesis, genesisBlock } from '@trine/state-transition'
import { createMemoryBlockStore } from '@trine/storage'
import { type SignatureEncoding, toHex } from '@trine/types'
import { INTERVALS_PER_SLOT, MILLISECONDS_PER_INTERVAL } from './moment.ts'
import { type RecordedMessage, RecordedTransport } from './recordedTransport.ts'

/** What a network said, and what it started from. */
export type Recording = {
  /** Unix seconds. */
  readonly genesisTime: number
  readonly publicKeys: readonly Uint8Array[]
  /** The network's name in its topics. */
  readonly networkName: string
  readonly encoding: SignatureEncoding
  /** In the order of their arrival. */
  readonly messages: readonly RecordedMessage[]
  readonly verify: (items: readonly VerificationItem[]) => boolean[]
}

/** How a node came through a recording. */
export type FollowReport = {
  readonly chain: ChainView
  readonly verdicts: Readonly<Record<Verdict, number>>
  readonly blocksImported: number
  readonly signaturesValid: number
  readonly signaturesInvalid: number
  /** Everything that a node following honest peers should not see. */
  readonly complaints: readonly string[]
}

/** How long the node runs on after the last message. Milliseconds. */
const AFTERWARDS = 900

/**
 * Lets one node without validators listen to a recorded network, at the recording's own pace of virtual time: through
 * its NetworkService, with every signature verified.
 */
export async function followRecording(recording: Recording): Promise<FollowReport> {
  const genesisTime = recording.genesisTime * 1000
  const scheduler = new VirtualScheduler(genesisTime - MILLISECONDS_PER_INTERVAL)
  const transport = new RecordedTransport(scheduler, genesisTime, recording.messages)
  const genesis = generateGenesis(
    recording.genesisTime,
    recording.publicKeys.map((pubkey, index) => ({ pubkey, index })),
  )
  if (!genesis.ok) throw new Error(`recording: ${genesis.error.code}`)
  const block = genesisBlock(genesis.value)
  const counts = { blocksImported: 0, signaturesValid: 0, signaturesInvalid: 0 }
  const complaints: string[] = []
  const node = createNode({
    name: 'follower',
    scheduler,
    random: createRandom('follower'),
    timing: {
      genesisTime,
      millisecondsPerInterval: MILLISECONDS_PER_INTERVAL,
      intervalsPerSlot: INTERVALS_PER_SLOT,
    },
    anchor: { state: genesis.value, block },
    genesisRoot: toHex(blockRoot(block)),
    networkName: recording.networkName,
    codec: createPayloadCodec(recording.encoding),
    transport,
    verifier: {
      verify: (items, reply) => {
        const verdicts = recording.verify(items)
        scheduler.enqueue({ run: () => reply.answer(verdicts) })
      },
    },
    blockStore: createMemoryBlockStore({ scheduler }),
    expectsPeers: false,
    events: { emit: (event) => note(event, counts, complaints) },
  })
  await scheduler.settle(node.start())
  const last = recording.messages.at(-1)?.millisecondsSinceGenesis ?? 0
  await scheduler.advance(MILLISECONDS_PER_INTERVAL + last + AFTERWARDS)
  const options = { scheduler, timeoutMilliseconds: 1000 }
  const chain = await scheduler.settle(ask(node.refs.chain, { type: 'getChain' }, options))
  if (!chain.ok) throw new Error(`recording: ${chain.error.message}`)
  const verdicts = { accept: 0, ignore: 0, reject: 0 }
  for (const { verdict } of transport.verdicts) verdicts[verdict] += 1
  node.kill()
  return { chain: chain.value, verdicts, ...counts, complaints }
}

type Counts = { blocksImported: number; signaturesValid: number; signaturesInvalid: number }

function note(event: NodeEvent, counts: Counts, complaints: string[]): void {
  switch (event.type) {
    case 'block':
      counts.blocksImported += 1
      return
    case 'signaturesVerified':
      counts.signaturesValid += event.valid
      counts.signaturesInvalid += event.invalid
      return
    case 'actorFailed':
      complaints.push(`a service failed: ${String(event.report.error)}`)
      return
    case 'blockRejected':
    case 'attestationRejected':
    case 'finalityConflict':
      complaints.push(`${event.type}: ${event.message}`)
      return
    default:
  }
}
