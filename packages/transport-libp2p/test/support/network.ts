import { awaitReply, createRandom, createSystemScheduler, type Ref } from '@trine/actors'
import type { PublishOutcome, TransportEvent } from '@trine/messages'
import { createLibp2pTransport, type Libp2pTransport, type Libp2pTransportOptions } from '../../src/index.ts'

export const scheduler = createSystemScheduler()

export type Kind = 'quic' | 'tcp'

/** An event of one type. */
export type EventOf<Type extends TransportEvent['type']> = Extract<TransportEvent, { type: Type }>

/** Takes the events of a transport, and lets a test wait for one. */
export class Events implements Ref<TransportEvent> {
  readonly name = 'events'
  readonly all: TransportEvent[] = []
  /** What `tell` answers: set to refuse. */
  takes: (event: TransportEvent) => boolean = () => true
  readonly #waiting = new Set<() => void>()

  tell(event: TransportEvent): boolean {
    if (!this.takes(event)) return false
    this.all.push(event)
    for (const look of [...this.#waiting]) look()
    return true
  }

  /** The first event of the type that fits, now or later. The test's own time limit ends the waiting. */
  async next<Type extends TransportEvent['type']>(
    type: Type,
    fits: (event: EventOf<Type>) => boolean = () => true,
  ): Promise<EventOf<Type>> {
    const find = () => this.all.find((event) => event.type === type && fits(event as EventOf<Type>))
    return (await this.#until(find)) as EventOf<Type>
  }

  #until<Value>(find: () => Value | undefined): Promise<Value> {
    return new Promise((resolve) => {
      const look = () => {
        const found = find()
        if (found === undefined) return
        this.#waiting.delete(look)
        resolve(found)
      }
      this.#waiting.add(look)
      look()
    })
  }
}

export type Endpoint = { readonly transport: Libp2pTransport; readonly events: Events }

export const TOPIC = '/leanconsensus/devnet0/block/ssz_snappy'
export const ECHO = '/leanconsensus/req/echo/1/ssz_snappy'

const open = new Set<Libp2pTransport>()

/** Short only where a test waits for them to pass: machines are slow at times. */
const patient = {
  dialMilliseconds: 60_000,
  identifyMilliseconds: 60_000,
  requestMilliseconds: 60_000,
  stallMilliseconds: 60_000,
}
const redials = { firstRedialMilliseconds: 50, longestRedialMilliseconds: 400 }

/** Starts a transport on loopback that is subscribed to `TOPIC` and serves `ECHO`. */
export async function startEndpoint(
  number: number,
  kind: Kind,
  options: Partial<Libp2pTransportOptions> = {},
): Promise<Endpoint> {
  const transport = createLibp2pTransport({
    scheduler,
    random: createRandom(number),
    secretKey: new Uint8Array(32).fill(number),
    listen: [kind === 'quic' ? '/ip4/127.0.0.1/udp/0/quic-v1' : '/ip4/127.0.0.1/tcp/0'],
    staticPeers: [],
    agent: `trine/test-${number}`,
    ...options,
    limits: { ...patient, ...redials, ...options.limits },
  })
  transport.subscribe(TOPIC, { deliverAs: 'gossipBlock', maxLength: 14_000_000 })
  transport.serve([{ protocol: ECHO, maxRequestLength: 32_768 }])
  const events = new Events()
  open.add(transport)
  await transport.start(events)
  return { transport, events }
}

export function stopAll(): Promise<unknown> {
  const stopping = [...open].map((transport) => transport.stop())
  open.clear()
  return Promise.all(stopping)
}

/** What another needs to dial an endpoint. */
export function asStaticPeer({ transport }: Endpoint) {
  const addresses = transport.addresses().map((address) => address.replace(/\/p2p\/.*/, ''))
  return { peerId: transport.localPeerId, addresses }
}

/** Publishes; tries again while nobody is there, as the application does. */
export async function publish({ transport }: Endpoint, payload: Uint8Array): Promise<PublishOutcome> {
  for (;;) {
    const reply = await awaitReply<PublishOutcome>(
      'test',
      { scheduler, timeoutMilliseconds: 60_000 },
      (open) => transport.publish(TOPIC, payload, open),
    )
    if (!reply.ok) throw new Error(reply.error.message)
    if (reply.value.ok || reply.value.code !== 'NO_PEERS') return reply.value
    await new Promise<void>((resolve) => scheduler.after(20, resolve))
  }
}
