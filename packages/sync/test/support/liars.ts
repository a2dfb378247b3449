import type { RootedBlock, Transport, TransportEvent } from '@trine/messages'
import { BLOCKS_BY_ROOT_PROTOCOLS, createPayloadCodec, STATUS_PROTOCOLS } from '@trine/network'
import { type RootHex, statusType, toHex } from '@trine/types'
import { statusOf } from './bench.ts'
import { FORGED } from './modelChain.ts'
import type { createModelNet } from './modelNet.ts'

const codec = createPayloadCodec('ssz3112')

/** What a liar sends for a root, and how long it takes over it; undefined sends nothing for it. */
export type Lie = (root: RootHex) => { readonly payload: Uint8Array; readonly after: number } | undefined

export type LiarOptions = {
  readonly head: () => { readonly root: RootHex; readonly slot: number }
  readonly lie: Lie
  /** It never ends an answer. */
  readonly neverEnds?: boolean
}

/** A peer that speaks the protocols by hand, over the same simulated links as the honest nodes. */
export function addLiar(net: ReturnType<typeof createModelNet>, peerId: string, options: LiarOptions): void {
  const transport = net.network.createTransport(peerId)
  transport.serve([
    { protocol: STATUS_PROTOCOLS[0]!, maxRequestLength: 80 },
    { protocol: BLOCKS_BY_ROOT_PROTOCOLS[0]!, maxRequestLength: 32_768 },
  ])
  let requestIds = 0
  const askStatus = (peer: string) => {
    requestIds += 1
    transport.request({
      requestId: requestIds,
      peerId: peer,
      bodies: [{ protocol: STATUS_PROTOCOLS[0]!, body: statusType.serialize(statusOf(options.head())) }],
      maxChunks: 1,
      maxChunkLength: 80,
      deadlineMilliseconds: 5000,
    })
  }
  const answer = (event: TransportEvent) => {
    if (event.type === 'peerConnected' && event.direction === 'outbound') askStatus(event.peerId)
    if (event.type === 'requestReceived') serve(net, transport, options, event)
  }
  const tell = (event: TransportEvent) => {
    net.scheduler.enqueue({ run: () => answer(event) })
    return true
  }
  void transport.start({ name: peerId, tell })
}

function serve(
  { scheduler }: ReturnType<typeof createModelNet>,
  transport: Transport,
  { head, lie, neverEnds }: LiarOptions,
  { inboundId, protocol, body }: Extract<TransportEvent, { type: 'requestReceived' }>,
): void {
  if (protocol === STATUS_PROTOCOLS[0]) {
    transport.respond(inboundId, { code: 'success', payload: statusType.serialize(statusOf(head())) })
    transport.endResponse(inboundId)
    return
  }
  let after = 0
  for (let at = 0; at + 32 <= body.length; at += 32) {
    const sent = lie(toHex(body.subarray(at, at + 32)))
    if (sent === undefined) continue
    after += sent.after
    scheduler.after(after, () => transport.respond(inboundId, { code: 'success', payload: sent.payload }))
  }
  if (neverEnds !== true) scheduler.after(after, () => transport.endResponse(inboundId))
}

/** Sends these blocks as they are. */
export function sends(blocks: readonly RootedBlock[], after = 0): Lie {
  const byRoot = new Map(blocks.map((block) => [block.root, block]))
  return (root) => {
    const block = byRoot.get(root)
    return block && { payload: codec.encodeBlock(block), after }
  }
}

/** The same block, with a signature that is not its proposer's. The root does not tell. */
export function forged({ root, signedBlock }: RootedBlock): RootedBlock {
  const signature = [new Uint8Array(3112).fill(FORGED)]
  return { root, signedBlock: { ...signedBlock, signature } }
}
