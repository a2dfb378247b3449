import { createRandom, createSystemScheduler } from '@trine/actors'
import { type Api, createApi, createEventHub, type StaticFiles } from '@trine/api'
import type { KeyLedger, Signer, Verifier } from '@trine/messages'
import { createPayloadCodec } from '@trine/network'
import { createNode, type LeanNode } from '@trine/node'
import { blockRoot, generateGenesis, genesisBlock } from '@trine/state-transition'
import { createMemoryNetwork } from '@trine/transport-memory'
import { success, toHex } from '@trine/types'
import { MemoryLedger } from '@trine/validator'

/** A devnet within this process, on the machine's time with short slots, each node with its API. */
export type Devnet = {
  /** Addresses of the nodes' APIs; the same after a restart. */
  readonly urls: readonly string[]
  readonly errors: unknown[]
  stopNode(index: number): Promise<void>
  startNode(index: number): Promise<void>
  stop(): Promise<void>
}

export type DevnetOptions = {
  readonly nodes: number
  readonly validators: number
  readonly millisecondsPerInterval: number
  readonly explorer: StaticFiles
}

type Running = { readonly node: LeanNode; readonly api: Api }

const SIGNATURE = new Uint8Array(3112).fill(7)

const verifier: Verifier = { verify: (items, reply) => void reply.answer(items.map(() => true)) }

export async function startDevnet(options: DevnetOptions): Promise<Devnet> {
  const { nodes, validators, millisecondsPerInterval, explorer } = options
  const scheduler = createSystemScheduler()
  const random = createRandom('devnet')
  const network = createMemoryNetwork({ scheduler, random })
  const genesis = generateGenesis(Math.floor(scheduler.now() / 1000), keysOf(validators))
  if (!genesis.ok) throw new Error(genesis.error.code)
  const block = genesisBlock(genesis.value)
  const genesisRoot = toHex(blockRoot(block))
  const timing = { genesisTime: scheduler.now() + 500, millisecondsPerInterval, intervalsPerSlot: 4 }
  const errors: unknown[] = []
  const ledgers: KeyLedger[] = Array.from({ length: nodes }, () => new MemoryLedger())
  const running: (Running | undefined)[] = []
  const ports: number[] = Array.from({ length: nodes }, () => 0)

  const startNode = async (index: number): Promise<void> => {
    const hub = createEventHub((error) => errors.push(error))
    const node = createNode({
      name: `node-${index}`,
      scheduler,
      random: random.split(`node-${index} ${ports[index]}`),
      timing,
      anchor: { state: genesis.value, block },
      genesisRoot,
      networkName: 'devnet0',
      codec: createPayloadCodec('ssz3112'),
      transport: network.createTransport(`node-${index}`),
      verifier,
      duties: { signer: signerOf(index, nodes, validators), ledger: ledgers[index]! },
      expectsPeers: nodes > 1,
      events: hub,
    })
    const identity = {
      name: `trine_${index}`,
      version: 'trine/0.1.0',
      addresses: [],
      networkName: 'devnet0',
      genesisRoot,
      signatureEncoding: 'ssz3112' as const,
      anchorBlock: block,
    }
    const api = createApi({
      scheduler,
      timing,
      refs: node.refs,
      events: hub,
      figures: () => node.figures(),
      onError: (error) => errors.push(error),
      identity,
      keyEndOf: () => 1 << 18,
      explorer,
    })
    await node.start()
    ports[index] = (await api.listen({ host: '127.0.0.1', port: ports[index]! })).port
    running[index] = { node, api }
  }
  const stopNode = async (index: number): Promise<void> => {
    const stopped = running[index]
    running[index] = undefined
    await stopped?.api.close()
    network.crash(`node-${index}`)
    stopped?.node.kill()
  }
  for (let index = 0; index < nodes; index++) await startNode(index)
  network.connectAll()
  return {
    urls: ports.map((port) => `http://127.0.0.1:${port}`),
    errors,
    startNode,
    stopNode,
    stop: async () => {
      for (let index = 0; index < nodes; index++) await stopNode(index)
    },
  }
}

function keysOf(count: number) {
  return Array.from({ length: count }, (_, index) => {
    const pubkey = new Uint8Array(52).fill(1)
    new DataView(pubkey.buffer).setUint32(0, index)
    return { pubkey, index }
  })
}

function signerOf(node: number, nodes: number, validators: number): Signer {
  const keys = keysOf(validators)
  const own = keys.map(({ index }) => index).filter((index) => index % nodes === node)
  return {
    validators: own,
    publicKeyOf: (index) => (own.includes(index) ? keys[index]?.pubkey : undefined),
    sign: (_request, reply) => void reply.answer(success(SIGNATURE)),
  }
}
