import { createRandom, createSystemScheduler, type Scheduler } from '@trine/actors'
import type { Signer, Transport, Verifier } from '@trine/messages'
import { createPayloadCodec } from '@trine/network'
import { createNode, type LeanNode } from '@trine/node'
import { blockRoot, generateGenesis, genesisBlock } from '@trine/state-transition'
import { createMemoryNetwork } from '@trine/transport-memory'
import { success, toHex } from '@trine/types'
import { MemoryLedger } from '@trine/validator'
import {
  type Api,
  type ApiLimits,
  type ApiParts,
  createApi,
  createEventHub,
  type EventHub,
} from '../../src/index.ts'

const SIGNATURE_LENGTH = 3112

/** A node with all validators of its network, on the machine's time but with short slots, and its API. */
export type TestNode = {
  readonly node: LeanNode
  readonly hub: EventHub
  readonly parts: ApiParts
  readonly api: Api
  readonly scheduler: Scheduler
  /** Errors that the API reported: none, in any test. */
  readonly errors: unknown[]
  stop(): Promise<void>
}

export type TestNodeOptions = {
  readonly validatorCount?: number
  readonly millisecondsPerInterval?: number
  /** The chain began so long ago, in slots. */
  readonly slotsPassed?: number
  readonly limits?: Partial<ApiLimits>
  readonly parts?: Partial<ApiParts>
  /** Without, the node only follows. */
  readonly hasDuties?: boolean
  readonly transport?: (scheduler: Scheduler) => Transport
}

/** What the validators of a test node sign with. */
export const GOOD_SIGNATURE = new Uint8Array(SIGNATURE_LENGTH).fill(7)

/** Takes signatures that begin like the good one. */
const verifier: Verifier = {
  verify: (items, reply) =>
    void reply.answer(items.map(({ signature }) => signature[0] === GOOD_SIGNATURE[0])),
}

export async function startTestNode(options: TestNodeOptions = {}): Promise<TestNode> {
  const { validatorCount = 4, millisecondsPerInterval = 25, hasDuties = true, slotsPassed = 0 } = options
  const scheduler = createSystemScheduler()
  const random = createRandom('api')
  const genesisSeconds = Math.floor(scheduler.now() / 1000)
  const genesis = generateGenesis(genesisSeconds, validatorsOf(validatorCount))
  if (!genesis.ok) throw new Error(genesis.error.code)
  const block = genesisBlock(genesis.value)
  const errors: unknown[] = []
  const hub = createEventHub((error) => errors.push(error))
  const genesisTime = scheduler.now() + 50 - slotsPassed * 4 * millisecondsPerInterval
  const timing = { genesisTime, millisecondsPerInterval, intervalsPerSlot: 4 }
  const transport =
    options.transport?.(scheduler) ?? createMemoryNetwork({ scheduler, random }).createTransport('alone')
  const genesisRoot = toHex(blockRoot(block))
  const node = createNode({
    name: 'node',
    scheduler,
    random,
    timing,
    anchor: { state: genesis.value, block },
    genesisRoot,
    networkName: 'devnet0',
    codec: createPayloadCodec('ssz3112'),
    transport,
    verifier,
    duties: hasDuties ? { signer: signerOf(validatorCount), ledger: new MemoryLedger() } : undefined,
    expectsPeers: false,
    events: hub,
  })
  const parts: ApiParts = {
    scheduler,
    timing,
    refs: node.refs,
    events: hub,
    figures: () => node.figures(),
    onError: (error) => errors.push(error),
    identity: {
      name: 'trine_0',
      version: 'trine/0.1.0',
      addresses: ['/ip4/127.0.0.1/udp/9000/quic-v1'],
      networkName: 'devnet0',
      genesisRoot,
      signatureEncoding: 'ssz3112',
      anchorBlock: block,
    },
    limits: options.limits,
    ...options.parts,
  }
  const api = createApi(parts)
  await node.start()
  return {
    node,
    hub,
    parts,
    api,
    scheduler,
    errors,
    stop: async () => {
      await api.close()
      node.kill()
      await transport.stop()
    },
  }
}

function validatorsOf(count: number) {
  return Array.from({ length: count }, (_, index) => {
    const pubkey = new Uint8Array(52).fill(1)
    new DataView(pubkey.buffer).setUint32(0, index)
    return { pubkey, index }
  })
}

function signerOf(count: number): Signer {
  return {
    validators: Array.from({ length: count }, (_, index) => index),
    publicKeyOf: (index) => validatorsOf(count)[index]?.pubkey,
    sign: (_request, reply) => void reply.answer(success(GOOD_SIGNATURE)),
  }
}

/** Waits until a check holds, asking again and again for up to a minute. */
export async function until<T>(what: string, check: () => Promise<T | undefined | false>): Promise<T> {
  const end = performance.now() + 60_000
  for (;;) {
    const value = await check()
    if (value !== undefined && value !== false) return value
    if (performance.now() > end) throw new Error(`not within a minute: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
