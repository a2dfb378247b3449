import { randomBytes } from 'node:crypto'
import { createRandom, type Scheduler } from '@trine/actors'
import type { PeerId, TransportEvent } from '@trine/messages'
import { STATUS_PROTOCOLS } from '@trine/network'
import { createLibp2pTransport, type StaticPeer } from '@trine/transport-libp2p'
import { decode, type Status, statusType } from '@trine/types'
import type { NodeSetup } from '../node/nodeSetup.ts'
import { version } from '../version.ts'
import { type Check, fail, ok, warn } from './check.ts'

const STATUS_LENGTH = 80
const STATUS_MILLISECONDS = 5000
const DIAL_MILLISECONDS = 5000
const MOST_MILLISECONDS = 15_000

/** What came of a peer: its status, or why there is none. */
type Probe = { readonly status: Status } | { readonly problem: string }

/**
 * Dials each static peer, over QUIC or TCP as its address says, and asks for its status. Under a name of its own, which
 * is used for this alone: whatever a peer thinks of it afterwards does not touch the node.
 */
export async function checkPeers(
  setup: Pick<NodeSetup, 'staticPeers' | 'peerNames'>,
  genesis: { readonly root: Uint8Array; readonly hasBegun: boolean },
  scheduler: Scheduler,
): Promise<Check[]> {
  const { staticPeers } = setup
  if (staticPeers.length === 0) return [ok('peers', 'no static peers')]
  const probes = await probe(staticPeers, genesis.root, scheduler)
  return judgePeers(setup, genesis.hasBegun, (peerId) => {
    const found = probes.get(peerId)
    if (found === undefined) return { problem: 'no answer in time' }
    return 'status' in found ? { detail: `head at slot ${found.status.head.slot}` } : found
  })
}

/** One check for each peer, and a failure where all others run and none can be reached. */
export function judgePeers(
  { staticPeers, peerNames }: Pick<NodeSetup, 'staticPeers' | 'peerNames'>,
  hasBegun: boolean,
  lookUp: (peerId: PeerId) => { readonly detail: string } | { readonly problem: string },
): Check[] {
  const checks = staticPeers.map(({ peerId, addresses }): Check => {
    const name = `peer ${peerNames?.get(peerId) ?? peerId}`
    const found = lookUp(peerId)
    if ('detail' in found) return ok(name, found.detail)
    const detail = `${addresses.join(', ')}: ${found.problem}`
    return warn(
      name,
      detail,
      `does it run, is the address its own, does the firewall let ${wayOf(addresses)} pass?`,
    )
  })
  if (!hasBegun || checks.length === 0 || checks.some(({ outcome }) => outcome === 'ok')) return checks
  const fix = 'look at this machine first: its network, its firewall, whether UDP leaves it'
  return [...checks, fail('peers', `none of ${checks.length} can be reached, and the network has begun`, fix)]
}

function wayOf(addresses: readonly string[]): string {
  const hasUdp = addresses.some((address) => address.includes('/udp/'))
  return hasUdp ? 'UDP' : 'TCP'
}

async function probe(
  staticPeers: readonly StaticPeer[],
  genesisRoot: Uint8Array,
  scheduler: Scheduler,
): Promise<Map<PeerId, Probe>> {
  const secretKey = randomBytes(32)
  secretKey[0] = 0
  const transport = createLibp2pTransport({
    scheduler,
    random: createRandom(randomBytes(8).toString('hex')),
    secretKey,
    listen: [],
    staticPeers,
    agent: `trine-doctor/${version}`,
    limits: { dialMilliseconds: DIAL_MILLISECONDS, longestRedialMilliseconds: 2 * MOST_MILLISECONDS },
  })
  const genesis = { root: genesisRoot, slot: 0 }
  const body = statusType.serialize({ finalized: genesis, head: genesis })
  const probes = new Map<PeerId, Probe>()
  const { promise: done, resolve } = Promise.withResolvers<void>()
  const take = (peerId: PeerId, found: Probe) => {
    if (!probes.has(peerId) || 'status' in found) probes.set(peerId, found)
    if (staticPeers.every((peer) => probes.has(peer.peerId))) resolve()
  }
  let requestId = 0
  const asked = new Map<number, PeerId>()
  const onEvent = (event: TransportEvent): boolean => {
    if (event.type === 'peerConnected') {
      requestId += 1
      asked.set(requestId, event.peerId)
      transport.request({
        requestId,
        peerId: event.peerId,
        bodies: STATUS_PROTOCOLS.map((protocol) => ({ protocol, body })),
        maxChunks: 1,
        maxChunkLength: STATUS_LENGTH,
        deadlineMilliseconds: STATUS_MILLISECONDS,
      })
    } else if (event.type === 'dialFailed') {
      take(event.peerId, {
        problem: event.cause === 'timeout' ? 'no answer in time' : event.message.split('\n')[0]!,
      })
    } else if (event.type === 'responseChunk') {
      const status = decode(statusType, event.chunk.payload)
      if (status.ok && event.chunk.code === 'success') take(event.peerId, { status: status.value })
    } else if (event.type === 'responseEnded') {
      const problem = `connected, but no status: ${event.outcome}`
      if (event.outcome !== 'complete') take(asked.get(event.requestId)!, { problem })
    }
    return true
  }
  const timer = scheduler.after(MOST_MILLISECONDS, resolve)
  try {
    await transport.start({ name: 'doctor', tell: onEvent })
    await done
  } finally {
    timer.cancel()
    await transport.stop()
  }
  return probes
}
