import { ListCompositeType } from '@chainsafe/ssz'
import { type Reply, VirtualScheduler } from '@trine/actors'
import { type NodeEvent, type RemoteEvent, type SignRequest, startOfInterval } from '@trine/messages'
import { blockRoot, proposerOf } from '@trine/state-transition'
import {
  type AttestationData,
  attestationType,
  type Block,
  failure,
  PRESET,
  type Result,
  type SignedAttestation,
  type SignedBlockWithAttestation,
  signedTypesFor,
  success,
  toHex,
} from '@trine/types'
import { MemoryLedger } from '@trine/validator'
import {
  createValidatorClient,
  type HttpError,
  type HttpPort,
  type HttpRequest,
  type HttpResponse,
  type NetworkFacts,
} from '../src/index.ts'

export const VALIDATORS = 4
export const NETWORK: NetworkFacts = {
  timing: { genesisTime: 1_700_000_000_000, millisecondsPerInterval: 1000, intervalsPerSlot: 4 },
  validatorCount: VALIDATORS,
  genesisRoot: `0x${'0a'.repeat(32)}`,
  networkName: 'devnet0',
  signatureEncoding: 'ssz3112',
}

const types = signedTypesFor('ssz3112')
const listType = new ListCompositeType(types.signedAttestationType, PRESET.validatorRegistryLimit)
const root = (byte: number) => new Uint8Array(32).fill(byte)
const checkpoint = (byte: number, slot: number) => ({ root: root(byte), slot })

/** Honest data for a slot, from a head that is named by one byte. */
export function voteData(slot: number, head: number): AttestationData {
  const last = Math.max(0, slot - 1)
  return { slot, head: checkpoint(head, last), target: checkpoint(head, last), source: checkpoint(9, 0) }
}

export function unsignedBlock(
  slot: number,
  head: number,
  validators = VALIDATORS,
): SignedBlockWithAttestation {
  const proposerIndex = proposerOf(slot, validators)
  const block: Block = {
    slot,
    proposerIndex,
    parentRoot: root(head),
    stateRoot: root(0),
    body: { attestations: [{ validatorIndex: 3, data: voteData(Math.max(0, slot - 1), head) }] },
  }
  return withVote(block, proposerIndex)
}

/** A proposal with the vote that belongs to its block. */
export function withVote(block: Block, validatorIndex: number): SignedBlockWithAttestation {
  const data = { ...voteData(Number(block.slot), 1), head: { root: blockRoot(block), slot: block.slot } }
  const signature = [new Uint8Array(3112), new Uint8Array(3112)]
  return { message: { block, proposerAttestation: { validatorIndex, data } }, signature }
}

export function dutyJson(data: AttestationData, headRoot = toHex(data.head.root)) {
  const reference = (of: { root: Uint8Array; slot: number | bigint }) => ({
    root: toHex(of.root),
    slot: of.slot,
  })
  const { slot, head, target, source } = data
  return {
    head_root: headRoot,
    data: { slot, head: reference(head), target: reference(target), source: reference(source) },
  }
}

export type Answer = { status?: number; json?: unknown; bytes?: Uint8Array } | 'unreachable' | 'silence'

/** A node that answers honestly unless its script has something else to say. */
export class FakeNode {
  readonly name: string
  /** Milliseconds to every answer. */
  delay = 5
  /** Named by one byte. */
  head = 1
  isDown = false
  isSyncing = false
  syncDistance = 0
  readonly requests: { readonly route: string; readonly time: number }[] = []
  /** With method and query: `GET /lean/v0/head`. */
  readonly urls: string[] = []
  lastBody: Uint8Array | undefined
  readonly votes: SignedAttestation[][] = []
  readonly blocks: SignedBlockWithAttestation[] = []
  /** Of its event stream. */
  readonly listeners = new Set<(topic: string, data: unknown) => void>()
  /** By the last part of the path: `attestation_data`. */
  readonly script = new Map<string, (url: URL, times: number) => Answer>()

  readonly #network: NetworkFacts

  constructor(name: string, network = NETWORK) {
    this.name = name
    this.#network = network
  }

  count(route: string): number {
    return this.requests.filter((request) => request.route === route).length
  }

  answer({ method, url: text, body }: Pick<HttpRequest, 'method' | 'url' | 'body'>, time: number): Answer {
    const url = new URL(text)
    const part = url.pathname.slice(url.pathname.lastIndexOf('/') + 1)
    this.requests.push({ route: `${method} ${part}`, time })
    this.urls.push(`${method} ${url.pathname}${url.search}`)
    this.lastBody = body
    if (this.isDown) return 'unreachable'
    const scripted = this.script.get(part)
    if (scripted !== undefined && (part !== 'block' || method === 'GET')) {
      return scripted(url, this.count(`${method} ${part}`))
    }
    return this.honest(part, url, body)
  }

  /** An event of its chain. */
  tell(topic: string, data: unknown): void {
    for (const listener of this.listeners) listener(topic, data)
  }

  honest(part: string, url: URL, body?: Uint8Array): Answer {
    const slot = Number(url.searchParams.get('slot'))
    switch (part) {
      case 'spec':
        return {
          json: {
            MILLISECONDS_PER_INTERVAL: 1000,
            INTERVALS_PER_SLOT: 4,
            FORK_DIGEST: 'devnet0',
            SIGNATURE_ENCODING: 'ssz3112',
          },
        }
      case 'genesis':
        return {
          json: {
            genesis_time: this.#network.timing.genesisTime / 1000,
            validator_count: this.#network.validatorCount,
            genesis_root: NETWORK.genesisRoot,
          },
        }
      case 'syncing':
        return { json: { is_syncing: this.isSyncing, head_slot: 0, sync_distance: this.syncDistance } }
      case 'head':
        return { json: { head: toHex(root(this.head)), slot } }
      case 'attestation_data':
        return { json: dutyJson(voteData(slot, this.head)) }
      case 'attestations':
        this.votes.push(listType.deserialize(body!))
        for (const vote of this.votes.at(-1)!) this.tell('attestation', voteEvent(vote.message))
        return { json: { accepted: this.votes.at(-1)!.length, failures: [] } }
      default:
        if (body === undefined)
          return { bytes: encodeBlock(unsignedBlock(slot, this.head, this.#network.validatorCount)) }
        this.blocks.push(types.signedBlockWithAttestationType.deserialize(body))
        this.tell('attestation', voteEvent(this.blocks.at(-1)!.message.proposerAttestation))
        return { json: { verdict: 'accept', reason: 'ACCEPTED' } }
    }
  }
}

/** A vote as the event stream tells it. */
export function voteEvent({ validatorIndex, data }: SignedAttestation['message']) {
  const { slot, head, target, source } = dutyJson(data).data
  return { validator_index: validatorIndex, slot, head, target, source, origin: 'gossip' }
}

export function encodeBlock(block: SignedBlockWithAttestation): Uint8Array {
  return types.signedBlockWithAttestationType.serialize(block)
}

export type Bench = ReturnType<typeof createBench>

/** Validators over fake nodes in virtual time, from 500 ms before a slot on. */
export function createBench(
  nodes: readonly FakeNode[],
  {
    own = [0, 1, 2, 3],
    startSlot = 0,
    signDelay = 20,
    scheduler = new VirtualScheduler(startOfInterval(startSlot, 0, NETWORK.timing) - 500),
  } = {},
) {
  const signed: (SignRequest & { readonly time: number })[] = []
  const events: NodeEvent[] = []
  const remote: RemoteEvent[] = []
  const memory = new MemoryLedger()
  const reservedAt = new Map<string, number>()
  const behaviours = { signDelay }
  const client = createValidatorClient({
    name: 'client',
    scheduler,
    nodes: nodes.map(({ name }) => ({ name, url: `http://${name}` })),
    network: NETWORK,
    http: httpOf(nodes, scheduler),
    nodeEvents: {
      follow: (node, _, take) => {
        const { listeners } = nodes.find(({ name }) => name === node.name)!
        listeners.add(take)
        return () => void listeners.delete(take)
      },
    },
    signer: {
      validators: own,
      publicKeyOf: (index) => (own.includes(index) ? new Uint8Array(52).fill(index + 1) : undefined),
      sign: (request, reply) => {
        signed.push({ ...request, time: scheduler.now() })
        scheduler.after(behaviours.signDelay, () => reply.answer(success(new Uint8Array(3112).fill(7))))
      },
    },
    ledger: {
      reserve: (reservation, reply) => {
        reservedAt.set(`${reservation.publicKey[0]! - 1} ${reservation.epoch}`, scheduler.now())
        scheduler.after(5, () => memory.reserve(reservation, reply))
      },
      highestReserved: (publicKey) => memory.highestReserved(publicKey),
    },
    events: { emit: (event) => void events.push(event) },
    remoteEvents: { emit: (event) => void remote.push(event) },
  })
  return {
    scheduler,
    client,
    behaviours,
    signed,
    events,
    remote,
    reservedAt,
    /** Runs to the beginning of an interval. */
    to: async (slot: number, interval = 0) =>
      scheduler.advance(startOfInterval(slot, interval, NETWORK.timing) - scheduler.now()),
    duties: () => events.flatMap((event) => (event.type === 'duty' ? [event.result] : [])),
    of: <K extends RemoteEvent['type']>(type: K) =>
      remote.filter((event): event is Extract<RemoteEvent, { type: K }> => event.type === type),
  }
}

function httpOf(nodes: readonly FakeNode[], scheduler: VirtualScheduler): HttpPort {
  return {
    send: (request, reply: Reply<Result<HttpResponse, HttpError>>) => {
      const node = nodes.find(({ name }) => name === new URL(request.url).hostname)!
      const answer = node.answer(request, scheduler.now())
      if (answer === 'silence') return
      scheduler.after(node.delay, () => {
        if (answer === 'unreachable') {
          reply.answer(failure({ code: 'UNREACHABLE', message: 'connection refused' }))
          return
        }
        const { status = 200, json, bytes } = answer
        const body = bytes ?? new TextEncoder().encode(JSON.stringify(json))
        reply.answer(success({ status, body }))
      })
    },
  }
}

/** What a vote's signature is for. */
export function messageOf(validatorIndex: number, data: AttestationData): string {
  return toHex(attestationType.hashTreeRoot({ validatorIndex, data }))
}
