import { sha256 } from '@noble/hashes/sha2.js'
import type { PeerId } from '@trine/messages'
import { base58btc } from 'multiformats/bases/base58'
import { encodeVarint } from './varint.ts'

/** Kinds of keys by their number in libp2p's PublicKey message. */
const KEY_TYPES = { ed25519: 1, secp256k1: 2, ecdsa: 3 } as const

export type PeerKeyType = keyof typeof KEY_TYPES

/** Public keys up to this length, bytes as a message, stand in the peer id themselves; of longer ones their SHA-256. */
const MAX_INLINE_KEY = 42

/** libp2p's PublicKey message: the type as field 1, the bytes as field 2. */
export function encodePublicKey(type: PeerKeyType, publicKey: Uint8Array): Uint8Array {
  return Uint8Array.of(0x08, KEY_TYPES[type], 0x12, ...encodeVarint(publicKey.length), ...publicKey)
}

/**
 * The peer id of a public key: 33 bytes compressed for secp256k1 (the kind that node keys are of), 32 for ed25519,
 * SubjectPublicKeyInfo for ecdsa. Whether the bytes are a key is not checked. Source: libp2p specification, peer ids.
 */
export function peerIdOf(type: PeerKeyType, publicKey: Uint8Array): PeerId {
  const encoded = encodePublicKey(type, publicKey)
  const isInline = encoded.length <= MAX_INLINE_KEY
  const digest = isInline ? encoded : sha256(encoded)
  return base58btc.baseEncode(Uint8Array.of(isInline ? 0x00 : 0x12, digest.length, ...digest))
}
