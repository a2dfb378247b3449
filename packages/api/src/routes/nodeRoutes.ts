import { PRESET, type Status, toHex } from '@trine/types'
import { z } from 'zod'
import type { ApiParts } from '../parts.ts'
import type { Readings } from '../readings.ts'
import { defineRoute, json, type Route } from '../route.ts'
import { milliseconds, pageOf, pageQuery, reference, root, slot, uint } from '../schemas.ts'

const TAG = 'node'
const SYNC_STATES = ['idle', 'syncing', 'synced']

/** Who the node is, what protocol it speaks, whom it is connected to. */
export function nodeRoutes(readings: Readings, parts: ApiParts): Route[] {
  return [
    healthRoute(),
    genesisRoute(readings, parts),
    specRoute(parts),
    identityRoute(readings, parts),
    versionRoute(parts),
    syncingRoute(readings),
    peersRoute(readings),
    peerCountRoute(readings),
  ]
}

function healthRoute(): Route {
  return defineRoute({
    path: '/lean/v0/health',
    operationId: 'getHealth',
    summary: 'Whether the HTTP server answers',
    tag: TAG,
    json: z.object({ status: z.literal('healthy'), service: z.literal('lean-rpc-api') }),
    handle: async () => json({ status: 'healthy', service: 'lean-rpc-api' }),
  })
}

function genesisRoute(readings: Readings, { identity }: ApiParts): Route {
  return defineRoute({
    path: '/lean/v0/genesis',
    operationId: 'getGenesis',
    summary: 'When and with how many validators the chain began',
    tag: TAG,
    json: z.object({ genesis_time: uint, validator_count: uint, genesis_root: root }),
    handle: async () => {
      const view = await readings.chain()
      if (!view.ok) return view
      const { genesisTime, validatorCount } = view.value
      return json({
        genesis_time: genesisTime,
        validator_count: validatorCount,
        genesis_root: identity.genesisRoot,
      })
    },
  })
}

const specShape = z.object({
  PRESET: z.string(),
  MILLISECONDS_PER_SLOT: uint,
  INTERVALS_PER_SLOT: uint,
  MILLISECONDS_PER_INTERVAL: uint,
  HISTORICAL_ROOTS_LIMIT: uint,
  VALIDATOR_REGISTRY_LIMIT: uint,
  JUSTIFICATION_LOOKBACK_SLOTS: uint,
  MAX_REQUEST_BLOCKS: uint,
  FORK_DIGEST: z.string().meta({ description: "the network's name within the gossip topics" }),
  SIGNATURE_ENCODING: z.string(),
})

function specRoute({ identity, timing }: ApiParts): Route {
  const { millisecondsPerInterval, intervalsPerSlot } = timing
  return defineRoute({
    path: '/lean/v0/config/spec',
    operationId: 'getSpec',
    summary: 'The constants of the protocol as this node runs it',
    tag: TAG,
    json: specShape,
    handle: async () =>
      json({
        PRESET: PRESET.name,
        MILLISECONDS_PER_SLOT: millisecondsPerInterval * intervalsPerSlot,
        INTERVALS_PER_SLOT: intervalsPerSlot,
        MILLISECONDS_PER_INTERVAL: millisecondsPerInterval,
        HISTORICAL_ROOTS_LIMIT: PRESET.historicalRootsLimit,
        VALIDATOR_REGISTRY_LIMIT: PRESET.validatorRegistryLimit,
        JUSTIFICATION_LOOKBACK_SLOTS: PRESET.justificationLookbackSlots,
        MAX_REQUEST_BLOCKS: PRESET.maxRequestBlocks,
        FORK_DIGEST: identity.networkName,
        SIGNATURE_ENCODING: identity.signatureEncoding,
      }),
  })
}

function identityRoute(readings: Readings, { identity }: ApiParts): Route {
  return defineRoute({
    path: '/lean/v0/node/identity',
    operationId: 'getIdentity',
    summary: 'Name, version and network identity of the node',
    tag: TAG,
    json: z.object({
      name: z.string(),
      version: z.string(),
      peer_id: z.string(),
      addresses: z.array(z.string()),
    }),
    handle: async () => {
      const view = await readings.network()
      if (!view.ok) return view
      const { name, version, addresses } = identity
      return json({ name, version, peer_id: view.value.localPeerId, addresses })
    },
  })
}

function versionRoute({ identity }: ApiParts): Route {
  return defineRoute({
    path: '/lean/v0/node/version',
    operationId: 'getVersion',
    summary: 'Version of the node',
    tag: TAG,
    json: z.object({ version: z.string() }),
    handle: async () => json({ version: identity.version }),
  })
}

const syncingShape = z.object({
  is_syncing: z.boolean(),
  state: z.enum(SYNC_STATES),
  head_slot: slot,
  sync_distance: uint.meta({ description: 'slots from the head to the current slot' }),
  finalized_slot: slot,
  target_slot: slot.meta({ description: 'highest head that a peer told of' }),
  missing_roots: uint,
  open_requests: uint,
})

function syncingRoute(readings: Readings): Route {
  return defineRoute({
    path: '/lean/v0/node/syncing',
    operationId: 'getSyncing',
    summary: 'How far the node is behind',
    tag: TAG,
    json: syncingShape,
    handle: async () => {
      const [chain, sync] = await Promise.all([readings.chain(), readings.sync()])
      if (!chain.ok) return chain
      if (!sync.ok) return sync
      const { state, targetSlot, missingRoots, openRequests } = sync.value
      const headSlot = chain.value.head.slot
      return json({
        is_syncing: state === 'syncing',
        state,
        head_slot: headSlot,
        sync_distance: Math.max(0, chain.value.slot - headSlot),
        finalized_slot: chain.value.finalized.slot,
        target_slot: targetSlot,
        missing_roots: missingRoots,
        open_requests: openRequests,
      })
    },
  })
}

const direction = z.enum(['inbound', 'outbound'])

const peersShape = z.object({
  peers: z.array(
    z.object({
      peer_id: z.string(),
      direction,
      address: z.string(),
      agent: z.string(),
      score: z.number(),
      status: z
        .object({ finalized: looseReference(), head: looseReference() })
        .nullable()
        .meta({ description: 'what it last told of its chain' }),
      latency: milliseconds
        .nullable()
        .meta({ description: 'milliseconds to its last answer to our status request' }),
      connected_since: milliseconds,
      gossip_received: uint,
      gossip_rejected: uint,
      requests_served: uint,
      requests_failed: uint,
    }),
  ),
  total: uint,
  banned: z.array(z.object({ peer_id: z.string(), until: milliseconds })),
})

/** A checkpoint as a peer told it: the slot can be any uint64, beyond 2^53 as text. */
function looseReference() {
  return reference.extend({ slot: z.union([uint, z.string().regex(/^\d{16,20}$/)]) })
}

function peersRoute(readings: Readings): Route {
  return defineRoute({
    path: '/lean/v0/node/peers',
    operationId: 'getPeers',
    summary: 'Connected peers, and those that are banned',
    tag: TAG,
    query: pageQuery(1000, 100),
    json: peersShape,
    handle: async ({ query }) => {
      const view = await readings.network()
      if (!view.ok) return view
      const { peers, bannedPeers } = view.value
      return json({
        peers: pageOf(peers, query).map((peer) => ({
          peer_id: peer.peerId,
          direction: peer.direction,
          address: peer.address,
          agent: peer.agent,
          score: peer.score,
          status: peer.status === undefined ? null : statusJson(peer.status),
          latency: peer.latency ?? null,
          connected_since: peer.connectedSince,
          gossip_received: peer.gossipReceived,
          gossip_rejected: peer.gossipRejected,
          requests_served: peer.requestsServed,
          requests_failed: peer.requestsFailed,
        })),
        total: peers.length,
        banned: bannedPeers.slice(0, 1000).map(({ peerId, until }) => ({ peer_id: peerId, until })),
      })
    },
  })
}

function statusJson({ finalized, head }: Status) {
  const write = ({ root, slot }: Status['head']) => ({
    root: toHex(root),
    slot: typeof slot === 'bigint' ? slot.toString() : slot,
  })
  return { finalized: write(finalized), head: write(head) }
}

function peerCountRoute(readings: Readings): Route {
  return defineRoute({
    path: '/lean/v0/node/peer_count',
    operationId: 'getPeerCount',
    summary: 'Number of peers by state of their connection; peers that are not connected are not counted',
    tag: TAG,
    json: z.object({ connected: uint, connecting: uint, disconnected: uint, disconnecting: uint }),
    handle: async () => {
      const view = await readings.network()
      if (!view.ok) return view
      return json({ connected: view.value.peers.length, connecting: 0, disconnected: 0, disconnecting: 0 })
    },
  })
}
