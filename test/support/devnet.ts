import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom, createSystemScheduler } from '@trine/actors'
import { createLibp2pTransport } from '@trine/transport-libp2p'
import { PRESET } from '@trine/types'
import { freePorts, isFreeTcp, isFreeUdp } from '../../apps/trine/src/devnet/freePorts.ts'
import { runTrine, TrineProcess, until } from './processes.ts'
import { type PacketFate, startUdpProxy, type UdpProxy } from './udpProxy.ts'

export type Wire = 'quic' | 'tcp'

export type DevnetOptions = {
  readonly nodes: number
  readonly validators: number
  /** How node `from` dials node `to`. */
  readonly wire?: (from: number, to: number) => Wire
  /** When given, all QUIC goes through proxies that treat packets so. */
  readonly fate?: PacketFate
}

export type Checkpoint = { readonly slot: number; readonly root: string }

let made = 0

/** A network of `trine node` processes on loopback, with files made by `trine genesis`. */
export class Devnet {
  readonly folder: string
  readonly nodes: readonly DevnetNode[]
  readonly #proxies: readonly UdpProxy[]
  #genesisTime = 0

  private constructor(folder: string, nodes: readonly DevnetNode[], proxies: readonly UdpProxy[]) {
    this.folder = folder
    this.nodes = nodes
    this.#proxies = proxies
  }

  /** Makes the files; nothing runs yet. */
  static async make(options: DevnetOptions): Promise<Devnet> {
    const { nodes, validators, wire = () => 'quic' as const, fate } = options
    const folder = mkdtempSync(join(tmpdir(), 'trine-devnet-'))
    const genesis = join(folder, 'genesis')
    // Tests run side by side, so each looks from a place of its own; below the ports that the system gives to clients.
    const place = 10_000 + (process.pid % 70) * 300 + (made++ % 6) * 50
    const udp = await freePorts(place, nodes, isFreeUdp)
    const tcp = await freePorts(place, 3 * nodes, isFreeTcp)
    await runTrine([
      ...['genesis', '--out', genesis, '--nodes', `${nodes}`, '--validators', `${validators}`],
      ...['--active-epochs', '1024', '--genesis-time', '+1h'],
      ...['--base-port', `${udp}`, '--base-metrics-port', `${tcp + nodes}`, '--base-api-port', `${tcp}`],
    ])
    const proxies: UdpProxy[] = []
    const peerIds = Array.from({ length: nodes }, (_, index) => peerIdOf(join(genesis, `trine_${index}.key`)))
    const processes: DevnetNode[] = []
    for (let from = 0; from < nodes; from++) {
      const addresses: string[] = []
      for (let to = 0; to < nodes; to++) {
        if (to === from) continue
        if (wire(from, to) === 'tcp') {
          addresses.push(`/ip4/127.0.0.1/tcp/${tcp + 2 * nodes + to}/p2p/${peerIds[to]}`)
          continue
        }
        const proxy = fate && (await startUdpProxy(udp + to, `${from}-${to}`, fate))
        if (proxy !== undefined) proxies.push(proxy)
        addresses.push(`/ip4/127.0.0.1/udp/${proxy?.port ?? udp + to}/quic-v1/p2p/${peerIds[to]}`)
      }
      const args = [
        ...[
          'node',
          '--genesis',
          genesis,
          '--node-id',
          `trine_${from}`,
          '--data-dir',
          join(folder, `${from}`),
        ],
        ...['--socket-address', '127.0.0.1', '--tcp-port', `${tcp + 2 * nodes + from}`],
        ...['--bootnodes', addresses.join(',') || 'none'],
      ]
      processes.push(
        new DevnetNode(
          from,
          args,
          `http://127.0.0.1:${tcp + from}`,
          `http://127.0.0.1:${tcp + nodes + from}`,
        ),
      )
    }
    return new Devnet(folder, processes, proxies)
  }

  /** Kills what still runs and takes the files away. */
  async end(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.process?.end('SIGKILL')))
    for (const proxy of this.#proxies) proxy.close()
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }

  /** Starts all nodes, with genesis when they should be ready: that takes longer on a slow machine. */
  async start(): Promise<void> {
    const begin = performance.now()
    await runTrine(['--version'])
    const secondsToStart = (performance.now() - begin) / 1000
    this.#genesisTime = Math.ceil(Date.now() / 1000 + 6 + 4 * secondsToStart * this.nodes.length)
    const config = join(this.folder, 'genesis', 'config.yaml')
    const text = readFileSync(config, 'utf8')
    writeFileSync(config, text.replace(/^GENESIS_TIME: .*$/m, `GENESIS_TIME: ${this.#genesisTime}`))
    for (const node of this.nodes) node.start()
  }

  /** The slot it is; negative before genesis. */
  get slot(): number {
    return Math.floor((Date.now() / 1000 - this.#genesisTime) / PRESET.secondsPerSlot)
  }

  /** Waits until every node knows all others. */
  async connect(seconds: number): Promise<void> {
    const wanted = this.nodes.length - 1
    await this.#each(this.nodes, `${wanted} peers`, seconds, async (node) => {
      const peers = await node.get<{ peers: readonly { status: unknown }[] }>('node/peers')
      return (peers?.peers.filter(({ status }) => status).length ?? 0) >= wanted
    })
  }

  /** Waits until the nodes have finalized a slot. */
  async finalize(slot: number, seconds: number, nodes: readonly DevnetNode[] = this.nodes): Promise<void> {
    await this.#each(nodes, `slot ${slot} finalized`, seconds, async (node) => {
      const finalized = await node.finalized()
      return finalized !== undefined && finalized.slot >= slot
    })
  }

  /** Throws with what the nodes print and answer when it does not come true for each in time. */
  async #each(
    nodes: readonly DevnetNode[],
    what: string,
    seconds: number,
    holds: (node: DevnetNode) => Promise<boolean>,
  ): Promise<void> {
    try {
      for (const node of nodes) {
        await until(`${what} at node ${node.index}`, seconds, async () => (await holds(node)) || undefined)
      }
    } catch (error) {
      const described = await Promise.all(nodes.map((node) => node.describe()))
      throw new Error(`${(error as Error).message}\n${described.join('\n')}`)
    }
  }
}

export class DevnetNode {
  readonly index: number
  readonly apiUrl: string
  readonly metricsUrl: string
  process: TrineProcess | undefined
  readonly #args: readonly string[]

  constructor(index: number, args: readonly string[], apiUrl: string, metricsUrl: string) {
    this.index = index
    this.#args = args
    this.apiUrl = apiUrl
    this.metricsUrl = metricsUrl
  }

  start(): void {
    this.process = new TrineProcess(this.#args)
  }

  /** What the API answers; undefined while nobody does. */
  async get<T>(path: string): Promise<T | undefined> {
    try {
      const response = await fetch(`${this.apiUrl}/lean/v0/${path}`, { signal: AbortSignal.timeout(5000) })
      return response.ok ? ((await response.json()) as T) : undefined
    } catch {
      return undefined
    }
  }

  finalized(): Promise<Checkpoint | undefined> {
    return this.get<Checkpoint>('checkpoints/finalized')
  }

  /** What it prints and answers, for the message of a failed test. */
  async describe(): Promise<string> {
    const paths = ['head', 'checkpoints/finalized', 'node/syncing', 'node/peers', 'duties']
    const answers = await Promise.all(
      paths.map(async (path) => `${path}: ${JSON.stringify(await this.get(path))?.slice(0, 1500)}`),
    )
    return [`--- node ${this.index}`, this.process?.output, ...answers].join('\n')
  }

  async headSlot(): Promise<number | undefined> {
    return (await this.get<{ slot: number }>('head'))?.slot
  }
}

function peerIdOf(keyFile: string): string {
  const secretKey = Uint8Array.from(Buffer.from(readFileSync(keyFile, 'utf8').trim(), 'hex'))
  const scheduler = createSystemScheduler()
  const parts = { scheduler, random: createRandom('unused'), listen: [], staticPeers: [], agent: 'unused' }
  return createLibp2pTransport({ ...parts, secretKey }).localPeerId
}
