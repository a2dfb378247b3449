import { z } from 'zod'
import type { Asks } from '../asks.ts'
import { defineRoute, json, type Route } from '../route.ts'
import type { AdminParts } from './createAdmin.ts'
import { fields, integer, text } from './fields.ts'

type Refs = AdminParts['refs']

const DAY = 24 * 60 * 60 * 1000
const MOST_PEERS = 1000

/** What the services do when they are told to. */
export function serviceRoutes(asks: Asks, refs: Refs): Route[] {
  return [banRoute(asks, refs), dropRoute(asks, refs), pauseRoute(asks, refs), resumeRoute(asks, refs)]
}

function banRoute(asks: Asks, { network }: Refs): Route {
  return defineRoute({
    method: 'POST',
    path: '/lean/v0/admin/peers/ban',
    operationId: 'banPeer',
    summary: 'Parts with a peer and refuses it for so long',
    tag: 'peers',
    body: fields({ peer_id: text(256), milliseconds: integer(1, 365 * DAY) }),
    json: z.object({ was_connected: z.boolean() }),
    handle: async ({ body: { peer_id: peerId, milliseconds } }) => {
      const banned = await asks.ask(network, { type: 'banPeer', peerId, milliseconds })
      return banned.ok ? json({ was_connected: banned.value }) : banned
    },
  })
}

function dropRoute(asks: Asks, { network }: Refs): Route {
  const expected = `a list of 1 to ${MOST_PEERS} peer ids`
  return defineRoute({
    method: 'POST',
    path: '/lean/v0/admin/peers/drop',
    operationId: 'dropPeers',
    summary: 'Parts with peers, who may come back; with all of them when none is named',
    tag: 'peers',
    body: fields({
      peer_ids: z.array(text(256), expected).min(1, expected).max(MOST_PEERS, expected).optional(),
    }),
    json: z.object({ dropped: z.array(z.string()) }),
    handle: async ({ body }) => {
      const view = await asks.ask(network, { type: 'getNetwork' })
      if (!view.ok) return view
      const peerIds = body.peer_ids ?? view.value.peers.map(({ peerId }) => peerId)
      const dropped: string[] = []
      for (const peerId of new Set(peerIds)) {
        const wasConnected = await asks.ask(network, { type: 'dropPeer', peerId })
        if (!wasConnected.ok) return wasConnected
        if (wasConnected.value) dropped.push(peerId)
      }
      return json({ dropped })
    },
  })
}

function pauseRoute(asks: Asks, { validator }: Refs): Route {
  return defineRoute({
    method: 'POST',
    path: '/lean/v0/admin/duties/pause',
    operationId: 'pauseDuties',
    summary: 'Pauses the duties of all validators of this node, until they are resumed',
    tag: 'duties',
    body: fields({ reason: text(200) }),
    json: z.object({ were_running: z.boolean() }),
    handle: async ({ body: { reason } }) => {
      const paused = await asks.ask(validator, { type: 'pauseDuties', reason })
      return paused.ok ? json({ were_running: paused.value }) : paused
    },
  })
}

function resumeRoute(asks: Asks, { validator }: Refs): Route {
  return defineRoute({
    method: 'POST',
    path: '/lean/v0/admin/duties/resume',
    operationId: 'resumeDuties',
    summary: 'Lets duties go on',
    tag: 'duties',
    json: z.object({ were_paused: z.boolean() }),
    handle: async () => {
      const resumed = await asks.ask(validator, { type: 'resumeDuties' })
      return resumed.ok ? json({ were_paused: resumed.value }) : resumed
    },
  })
}
