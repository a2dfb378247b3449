import { topicOf } from '@trine/network'
import * as wire from '@trine/transport-libp2p/wire'
import { fromHex, stringifyJson, toHex } from '@trine/types'
import { type CaseResult, checkCase, difference, hasKeys, type Runner } from './runner.ts'

/** The specification's limit for a request and for what snappy data become in its fixtures, bytes. */
const MAX_LENGTH = 10 * 1024 * 1024

type Json = Readonly<Record<string, unknown>>
type Codec = (codec: Json, output: Json) => string | undefined

const GOSSIPSUB_PROTOBUF = 'the messages of gossipsub are read and written by libp2p alone'
const LATER_TOPIC = 'a topic of a later protocol version'

/** Each kind of fixture: `undefined` when we agree, else what was expected and what came. */
const CODECS: Readonly<Record<string, Codec>> = {
  varint: (codec, output) => {
    const encoded = wire.encodeVarint(BigInt(codec.value as number | bigint))
    const decoded = expectValue(wire.decodeVarint(bytesOf(output.encoded)))
    const expected = {
      encoded: output.encoded,
      length: output.byteLength,
      value: BigInt(codec.value as number),
    }
    return difference('varint', expected, {
      encoded: toHex(encoded),
      length: decoded.length,
      value: decoded.value,
    })
  },

  snappy_block: (codec, output) =>
    checkCompression(codec.data, output.compressed, wire.compressBlock, wire.decompressBlock),

  snappy_frame: (codec, output) =>
    checkCompression(codec.data, output.framed, wire.encodeFrames, wire.decodeFrames),

  reqresp_request: (codec, output) =>
    checkCompression(codec.sszData, output.encoded, wire.encodeRequest, wire.decodeRequest),

  reqresp_response: (codec, output) => checkChunks([codec], output.encoded),

  reqresp_response_stream: (codec, output) => {
    const chunks = codec.chunks as Json[]
    return difference('chunkCount', output.chunkCount, chunks.length) ?? checkChunks(chunks, output.encoded)
  },

  gossip_message_id: (codec, output) => {
    const topic = new TextDecoder().decode(bytesOf(codec.topic))
    const id = wire.gossipMessageId(topic, bytesOf(codec.data), bytesOf(codec.domain))
    return difference('messageId', output.messageId, toHex(id))
  },

  gossip_topic: (codec, output) => {
    const topic = topicOf('block', String(codec.networkName))
    const isOurs = topic === topicOf('block', String(codec.expectedNetworkName))
    return difference('topic', output, {
      topicString: topic,
      ...('expectedNetworkName' in codec && { forkValid: isOurs }),
    })
  },

  peer_id: (codec, output) => {
    const keyType = codec.keyType as wire.PeerKeyType
    const publicKey = bytesOf(codec.publicKey)
    return difference('peer id', output, {
      protobufEncoded: toHex(wire.encodePublicKey(keyType, publicKey)),
      peerId: wire.peerIdOf(keyType, publicKey),
    })
  },

  enr: (codec, output) => {
    const text = String(codec.enrString)
    const record = expectValue(wire.readNodeRecord(text))
    const isAccepted = wire.decodeNodeRecord(text).ok
    return (
      difference('accepted', output.signatureValid, isAccepted) ??
      difference('record', record, expectValue(wire.readNodeRecordRlp(bytesOf(output.rlp)))) ??
      difference('enr', output, recordJson(record, output))
    )
  },

  decode_failure: (codec) => {
    const bytes = bytesOf(codec.rawBytes)
    const decoded = DECODERS[String(codec.decoder)]!(bytes)
    return decoded.ok ? 'expected a refusal, got a value' : undefined
  },
}

const DECODERS: Readonly<Record<string, (bytes: Uint8Array) => { readonly ok: boolean }>> = {
  varint: (bytes) => wire.decodeVarint(bytes),
  enr: wire.readNodeRecordRlp,
  reqresp_request: (bytes) => wire.decodeRequest(bytes, MAX_LENGTH),
  snappy_frame: (bytes) => wire.decodeFrames(bytes, MAX_LENGTH),
}

/** Fixtures of the wire: `networking_codec_test` of the specification. */
export const networkingRunner: Runner = {
  kind: 'networking codec',
  recognises: ({ json }) => fixturesOf(json) !== undefined,
  run: ({ json }) => {
    const cases: CaseResult[] = []
    const notApplicable: { name: string; reason: string }[] = []
    for (const [name, { codec, output }] of fixturesOf(json)!) {
      const kind = String(codec.kind)
      const reason = reasonToPassOver(codec)
      if (reason !== undefined) notApplicable.push({ name, reason })
      else if (!(kind in CODECS)) cases.push({ name, failure: `expected a known kind, got ${kind}` })
      else cases.push(checkCase(name, () => CODECS[kind]!(codec, output)))
    }
    return { cases, notApplicable }
  },
}

function reasonToPassOver({ kind, decoder, topicKind }: Json): string | undefined {
  if (kind === 'gossipsub_rpc' || decoder === 'gossipsub_rpc') return GOSSIPSUB_PROTOBUF
  return kind === 'gossip_topic' && topicKind !== 'block' ? LATER_TOPIC : undefined
}

type Fixture = { readonly codec: Json; readonly output: Json }

function fixturesOf(json: unknown): [string, Fixture][] | undefined {
  if (typeof json !== 'object' || json === null) return undefined
  const entries = Object.entries(json)
  const areFixtures = entries.every(
    ([, fixture]) => hasKeys(fixture, 'codec', 'output') && hasKeys(fixture.codec, 'kind'),
  )
  return entries.length > 0 && areFixtures ? (entries as [string, Fixture][]) : undefined
}

/** Theirs decodes to the data, and so does ours; the bytes may differ. */
function checkCompression(
  data: unknown,
  theirs: unknown,
  encode: (bytes: Uint8Array) => Uint8Array,
  decode: (bytes: Uint8Array, maxLength: number) => ReturnType<typeof wire.decodeFrames>,
): string | undefined {
  const ours = encode(bytesOf(data))
  return (
    difference('theirs decoded', data, toHex(expectValue(decode(bytesOf(theirs), MAX_LENGTH)))) ??
    difference('ours decoded', data, toHex(expectValue(decode(ours, MAX_LENGTH))))
  )
}

function checkChunks(expected: readonly Json[], theirs: unknown): string | undefined {
  const json = (bytes: Uint8Array) =>
    expectValue(wire.decodeChunks(bytes, MAX_LENGTH)).map(({ code, payload }) => ({
      responseCode: RESPONSE_CODES.indexOf(code),
      sszData: toHex(payload),
    }))
  const wanted = expected.map(({ responseCode, sszData }) => ({ responseCode, sszData }))
  const ours = expected.map(({ responseCode, sszData }) =>
    wire.encodeChunk({ code: RESPONSE_CODES[Number(responseCode)]!, payload: bytesOf(sszData) }),
  )
  return (
    difference('theirs decoded', wanted, json(bytesOf(theirs))) ??
    difference('ours decoded', wanted, json(Buffer.concat(ours)))
  )
}

const RESPONSE_CODES = ['success', 'invalidRequest', 'serverError', 'resourceUnavailable'] as const

/** A record as the fixtures describe one. Subnets, forks and aggregators are of other protocols, but are in our pairs. */
function recordJson({ pairs, ...record }: wire.NodeRecord, { rlp }: Json): Json {
  const port = (key: string) => {
    const value = pairs.get(key)
    return value && Buffer.from(value).readUInt16BE()
  }
  const subnets = pairs.get('attnets')
  const fork = pairs.get('eth2')
  return {
    rlp,
    seq: Number(record.sequence),
    identityScheme: new TextDecoder().decode(pairs.get('id')),
    nodeId: `0x${record.nodeId}`,
    publicKey: toHex(record.publicKey),
    ip4: record.ip,
    udpPort: port('udp'),
    quicPort: port('quic'),
    multiaddr: wire.addressesOf({ ...record, pairs })[0],
    attestationSubnets: subnets && bitsOf(subnets),
    eth2Data: fork && {
      forkDigest: toHex(fork.subarray(0, 4)),
      nextForkVersion: toHex(fork.subarray(4, 8)),
      nextForkEpoch: smallest(Buffer.from(fork).readBigUInt64LE(8)),
    },
    isAggregator: pairs.get('is_aggregator')?.[0] === 1,
    signatureValid: record.isSignatureValid,
    isValid: true,
  }
}

function bitsOf(bytes: Uint8Array): number[] {
  return Array.from({ length: 8 * bytes.length }, (_, bit) => bit).filter(
    (bit) => (bytes[bit >> 3]! >> (bit & 7)) & 1,
  )
}

/** As the JSON reader gives integers. */
function smallest(value: bigint): number | bigint {
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
}

function bytesOf(hex: unknown): Uint8Array {
  const bytes = typeof hex === 'string' ? fromHex(hex) : undefined
  if (bytes === undefined) throw new Error(`expected hexadecimal text, got ${stringifyJson(hex)}`)
  return bytes
}

function expectValue<Value>(
  result: { ok: true; value: Value } | { ok: false; error: { message: string; code: string } },
): Value {
  if (!result.ok) throw new Error(`expected a value, got ${result.error.code}: ${result.error.message}`)
  return result.value
}
