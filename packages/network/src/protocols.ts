import { PRESET } from '@trine/types'

/** Longest body of a blocks-by-root request: a full list behind its offset. */
export const MAX_ROOTS_LENGTH = 4 + 32 * PRESET.maxRequestBlocks

export const STATUS_LENGTH = 80

/**
 * The names under which clients of devnet-1 speak one protocol: with the encoding as suffix (all that ran), and as the
 * specification has it. The first is the most common, and the one we ask by when a peer speaks several.
 */
function namesOf(protocol: string): readonly string[] {
  return [
    `/leanconsensus/req/${protocol}/1/ssz_snappy`,
    `/leanconsensus/req/${protocol}/1/`,
    `/leanconsensus/req/${protocol}/1`,
  ]
}

export const STATUS_PROTOCOLS: readonly string[] = namesOf('status')

/** Peers with these names take a bare list of roots. */
export const BLOCKS_BY_ROOT_PROTOCOLS: readonly string[] = namesOf('blocks_by_root')

/** Of peers with these names, some take a container with the list, others a bare list. */
export const LEAN_BLOCKS_BY_ROOT_PROTOCOLS: readonly string[] = namesOf('lean_blocks_by_root')

const statusProtocols = new Set(STATUS_PROTOCOLS)

export function isStatusProtocol(protocol: string): boolean {
  return statusProtocols.has(protocol)
}

/** The gossip topic of a kind of message. */
export function topicOf(kind: 'block' | 'attestation', networkName: string): string {
  return `/leanconsensus/${networkName}/${kind}/ssz_snappy`
}
