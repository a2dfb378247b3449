import { ENR, SignableENR, verify } from '@chainsafe/enr'
import { RLP } from '@ethereumjs/rlp'
import type { PeerId } from '@trine/messages'
import { type Result, success } from '@trine/types'
import { peerIdOf } from './peerId.ts'
import { type WireError, wireFailure } from './wireError.ts'

/** EIP-778: longest record in RLP, bytes. */
const MAX_RECORD_LENGTH = 300

const PREFIX = 'enr:'

/** A node record, as far as we speak its language. */
export type NodeRecord = {
  readonly sequence: bigint
  readonly nodeId: string
  readonly peerId: PeerId
  /** Compressed, 33 bytes. */
  readonly publicKey: Uint8Array
  readonly ip: string | undefined
  /** UDP port of QUIC: of `quic`, or else of `udp`. */
  readonly quicPort: number | undefined
  readonly tcpPort: number | undefined
  /** All keys and values, for those that are not ours. */
  readonly pairs: ReadonlyMap<string, Uint8Array>
  readonly isSignatureValid: boolean
}

/** Reads `enr:...` and checks its signature. */
export function decodeNodeRecord(text: string): Result<NodeRecord, WireError> {
  const record = readNodeRecord(text)
  if (!record.ok || record.value.isSignatureValid) return record
  return wireFailure('CHECKSUM', 'node record: expected a valid signature')
}

/** Reads `enr:...` and says in `isSignatureValid` whether the signature is right. */
export function readNodeRecord(text: string): Result<NodeRecord, WireError> {
  if (!text.startsWith(PREFIX)) return wireFailure('MALFORMED', `node record: expected ${PREFIX} first`)
  if (text.length > PREFIX.length + Math.ceil((MAX_RECORD_LENGTH * 4) / 3)) {
    return wireFailure('TOO_LONG', `node record: expected at most ${MAX_RECORD_LENGTH} bytes`)
  }
  const base64 = text.slice(PREFIX.length)
  const rlp = Buffer.from(base64, 'base64url')
  if (rlp.toString('base64url') !== base64) {
    return wireFailure('MALFORMED', 'node record: expected base64url without padding')
  }
  return readNodeRecordRlp(rlp)
}

/** Reads a record in RLP: a list of signature, sequence number, and keys with their values in ascending order. */
export function readNodeRecordRlp(rlp: Uint8Array): Result<NodeRecord, WireError> {
  if (rlp.length > MAX_RECORD_LENGTH) {
    return wireFailure(
      'TOO_LONG',
      `node record: expected at most ${MAX_RECORD_LENGTH} bytes, got ${rlp.length}`,
    )
  }
  try {
    return readItems(RLP.decode(rlp))
  } catch (error) {
    return wireFailure('MALFORMED', `node record: ${error instanceof Error ? error.message : error}`)
  }
}

function readItems(items: unknown): Result<NodeRecord, WireError> {
  const isFlat = Array.isArray(items) && items.every((item) => item instanceof Uint8Array)
  if (!isFlat || items.length < 2 || items.length % 2 !== 0) {
    return wireFailure('MALFORMED', 'node record: expected a list of signature, sequence, keys and values')
  }
  const [signature, sequence] = items as [Uint8Array, Uint8Array]
  const names = items.filter((_, index) => index >= 2 && index % 2 === 0).map((name) => Buffer.from(name))
  if (names.some((name, index) => index > 0 && Buffer.compare(names[index - 1]!, name) >= 0)) {
    return wireFailure('MALFORMED', 'node record: expected the keys in ascending order')
  }
  const pairs = new Map(names.map((name, index) => [name.toString(), items[2 * index + 3] as Uint8Array]))
  const record = new ENR(pairs, BigInt(`0x0${Buffer.from(sequence).toString('hex')}`), signature)
  return success({
    sequence: record.seq,
    nodeId: record.nodeId,
    peerId: peerIdOf('secp256k1', record.publicKey),
    publicKey: record.publicKey,
    ip: record.ip,
    quicPort: record.quic ?? record.udp,
    tcpPort: record.tcp,
    pairs,
    isSignatureValid: isSigned(record, items.slice(1)),
  })
}

function isSigned(record: ENR, content: Uint8Array[]): boolean {
  try {
    return verify(record.id, RLP.encode(content), record.publicKey, record.signature)
  } catch {
    return false
  }
}

/** Makes the record of a node: secret key of 32 bytes, IPv4 address, UDP port of QUIC and, where it has one, TCP port. */
export function encodeNodeRecord(
  secretKey: Uint8Array,
  address: { readonly ip: string; readonly quicPort?: number; readonly tcpPort?: number },
): string {
  const record = SignableENR.createV4(secretKey)
  record.ip = address.ip
  record.quic = address.quicPort
  record.tcp = address.tcpPort
  return record.encodeTxt()
}

/** Where the node of a record is reached, QUIC first: `/ip4/127.0.0.1/udp/9000/quic-v1`. */
export function addressesOf({ ip, quicPort, tcpPort }: NodeRecord): string[] {
  if (ip === undefined) return []
  return [
    ...(quicPort === undefined ? [] : [`/ip4/${ip}/udp/${quicPort}/quic-v1`]),
    ...(tcpPort === undefined ? [] : [`/ip4/${ip}/tcp/${tcpPort}`]),
  ]
}
