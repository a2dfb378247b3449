import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import type { SettingsResult } from '@trine/settings'
import type { StaticPeer } from '@trine/transport-libp2p'
import { addressesOf, decodeNodeRecord } from '@trine/transport-libp2p/wire'
import { failure, type Result, success } from '@trine/types'
import { z } from 'zod'
import { parseFile } from './parseFile.ts'
import { items } from './texts.ts'

const EXAMPLE = '/ip4/127.0.0.1/udp/9000/quic-v1/p2p/16Uiu2...'

/** What a peer is reached over: the protocols of a multiaddress without the peer id. */
const REACHED_OVER = /^(ip4|ip6|dns|dns4|dns6)\/(udp\/quic-v1|tcp)$/

/**
 * A peer as a node record (`enr:...`) or a multiaddress that ends in `/p2p/PEER_ID`. The error says what was expected.
 */
export function parsePeer(text: string): Result<StaticPeer, string> {
  return text.startsWith('enr:') ? peerOfRecord(text) : peerOfAddress(text)
}

function peerOfRecord(text: string): Result<StaticPeer, string> {
  const record = decodeNodeRecord(text)
  if (!record.ok)
    return failure(record.error.message.replace(/^node record: (expected )?/, 'a node record: '))
  const addresses = addressesOf(record.value)
  if (addresses.length === 0) return failure('a node record with ip and quic, udp or tcp')
  return success({ peerId: record.value.peerId, addresses })
}

function peerOfAddress(text: string): Result<StaticPeer, string> {
  try {
    const components = multiaddr(text).getComponents()
    const last = components.at(-1)
    const over = components.slice(0, -1).map(({ name }) => name)
    if (last?.name === 'p2p' && last.value !== undefined && REACHED_OVER.test(over.join('/'))) {
      const peerId = peerIdFromString(last.value).toString()
      return success({ peerId, addresses: [text.slice(0, text.lastIndexOf('/p2p/'))] })
    }
  } catch {
    // No multiaddress, or no peer id in it: the same refusal.
  }
  return failure(`a node record (enr:...) or an address like ${EXAMPLE}`)
}

const peer = z.unknown().transform((value, context): StaticPeer => {
  const parsed =
    typeof value === 'string' ? parsePeer(value) : failure('a node record or an address, as text')
  if (parsed.ok) return parsed.value
  context.addIssue({ code: 'custom', message: parsed.error, input: value })
  return z.NEVER
})

const schema = z.preprocess((content) => content ?? [], items(peer, 'node records or addresses'))

/** Reads `nodes.yaml`: a list of node records and addresses. */
export function parseNodes(text: string): SettingsResult<StaticPeer[]> {
  const parsed = parseFile(text, schema)
  return parsed.ok ? { ok: true, value: mergePeers(parsed.value) } : parsed
}

/** Every peer once, with all its addresses in the order of their coming. */
export function mergePeers(peers: readonly StaticPeer[]): StaticPeer[] {
  const merged = new Map<string, StaticPeer>()
  for (const { peerId, addresses } of peers) {
    const known = merged.get(peerId)?.addresses ?? []
    merged.set(peerId, { peerId, addresses: [...new Set([...known, ...addresses])] })
  }
  return [...merged.values()]
}

/** Whether it is an address to listen on: an IP address, then QUIC or TCP, without a peer id. */
export function isListenAddress(text: string): boolean {
  try {
    const names = multiaddr(text)
      .getComponents()
      .map(({ name }) => name)
    return !names[0]?.startsWith('dns') && REACHED_OVER.test(names.join('/'))
  } catch {
    return false
  }
}
