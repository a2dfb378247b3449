/** One node of the benchmark `network`, in a process of its own: does what its parent says, and tells it when. */
import { awaitReply, createRandom, createSystemScheduler } from '@trine/actors'
import type { PublishOutcome, TransportEvent } from '@trine/messages'
import { createLibp2pTransport, type StaticPeer } from '../src/index.ts'

export type Command =
  | { readonly do: 'publish'; readonly block: number; readonly length: number }
  /** Asks a peer for a block so many times, one after the other. */
  | { readonly do: 'ask'; readonly peerId: string; readonly length: number; readonly times: number }
  | { readonly do: 'weigh' }

/** Times are milliseconds since the Unix epoch, with fractions. */
export type Report =
  | { readonly type: 'ready'; readonly peer: StaticPeer }
  | { readonly type: 'peers'; readonly count: number }
  | { readonly type: 'published'; readonly block: number; readonly at: number; readonly recipients: number }
  | { readonly type: 'received'; readonly block: number; readonly at: number }
  | { readonly type: 'answered'; readonly times: readonly number[] }
  | { readonly type: 'weight'; readonly rss: number; readonly maxRss: number }

export type Kind = 'quic' | 'tcp'

const TOPIC = '/leanconsensus/bench/block/ssz_snappy'
const BLOCK = '/leanconsensus/req/bench/1/ssz_snappy'
const MAX_LENGTH = 16 * 1024 * 1024
const UNLIMITED = 1e12

const now = () => performance.timeOrigin + performance.now()
const tell = (report: Report) => void process.send!(report)
const scheduler = createSystemScheduler()

/** Bytes that snappy cannot make shorter, a number in the first four. */
function blockOf(number: number, length: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4))
  let word = number + 1
  for (let index = 0; index < words.length; index++) {
    word ^= word << 13
    word ^= word >>> 17
    word ^= word << 5
    words[index] = word
  }
  words[0] = number
  return new Uint8Array(words.buffer, 0, length)
}

const [kind, number, staticPeers] = process.argv.slice(2) as [Kind, string, string]
const transport = createLibp2pTransport({
  scheduler,
  random: createRandom(number),
  secretKey: new Uint8Array(32).fill(Number(number) + 1),
  listen: [kind === 'quic' ? '/ip4/127.0.0.1/udp/0/quic-v1' : '/ip4/127.0.0.1/tcp/0'],
  staticPeers: JSON.parse(staticPeers),
  agent: 'trine/bench',
  limits: {
    gossipMessagesPerSecond: UNLIMITED,
    gossipBytesPerSecond: UNLIMITED,
    requestsPerSecond: UNLIMITED,
  },
})
const served = new Map<number, Uint8Array>()
const waiting = new Map<number, () => void>()
let peers = 0
let requests = 0

function onEvent(event: TransportEvent): void {
  if (event.type === 'gossipBlock') {
    tell({ type: 'received', block: Buffer.from(event.payload).readUInt32LE(), at: now() })
    transport.reportVerdict(event.gossip, 'accept')
  } else if (event.type === 'peerConnected' || event.type === 'peerDisconnected') {
    peers += event.type === 'peerConnected' ? 1 : -1
    tell({ type: 'peers', count: peers })
  } else if (event.type === 'requestReceived') {
    const length = Buffer.from(event.body).readUInt32LE()
    if (!served.has(length)) served.set(length, blockOf(0, length))
    transport.respond(event.inboundId, { code: 'success', payload: served.get(length)! })
    transport.endResponse(event.inboundId)
  } else if (event.type === 'responseEnded') {
    if (event.outcome !== 'complete') throw new Error(`request: expected complete, got ${event.outcome}`)
    waiting.get(event.requestId)?.()
  }
}

async function ask(peerId: string, length: number): Promise<number> {
  requests += 1
  const requestId = requests
  const began = performance.now()
  const body = Buffer.alloc(4)
  body.writeUInt32LE(length)
  await new Promise<void>((resolve) => {
    waiting.set(requestId, resolve)
    transport.request({
      requestId,
      peerId,
      bodies: [{ protocol: BLOCK, body }],
      maxChunks: 1,
      maxChunkLength: MAX_LENGTH,
      deadlineMilliseconds: 60_000,
    })
  })
  waiting.delete(requestId)
  return performance.now() - began
}

async function run(command: Command): Promise<void> {
  if (command.do === 'publish') {
    const payload = blockOf(command.block, command.length)
    const at = now()
    const options = { scheduler, timeoutMilliseconds: 60_000 }
    const outcome = await awaitReply<PublishOutcome>('publish', options, (reply) =>
      transport.publish(TOPIC, payload, reply),
    )
    const recipients = outcome.ok && outcome.value.ok ? outcome.value.recipients : 0
    tell({ type: 'published', block: command.block, at, recipients })
  } else if (command.do === 'ask') {
    const times: number[] = []
    while (times.length < command.times) times.push(await ask(command.peerId, command.length))
    tell({ type: 'answered', times })
  } else {
    const { rss } = process.memoryUsage()
    tell({ type: 'weight', rss, maxRss: process.resourceUsage().maxRSS * 1024 })
  }
}

transport.subscribe(TOPIC, { deliverAs: 'gossipBlock', maxLength: MAX_LENGTH })
transport.serve([{ protocol: BLOCK, maxRequestLength: 4 }])
await transport.start({
  name: 'bench',
  tell: (event) => {
    onEvent(event)
    return true
  },
})
process.on('message', (command: Command) => void run(command))
process.on('disconnect', () => process.exit())
const [address = ''] = transport.addresses()
tell({
  type: 'ready',
  peer: { peerId: transport.localPeerId, addresses: [address.replace(/\/p2p\/.*/, '')] },
})
