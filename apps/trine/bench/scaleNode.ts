/** Of the benchmark `scale`: the real node, alone in its process, that follows what the feeder gossips. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { ask, createRandom, createSkewedScheduler, createSystemScheduler } from '@trine/actors'
import { production } from '@trine/xmss'
import { createPool } from '@trine/xmss/pool'
import { type OpenNode, openNode } from '../src/node/openNode.ts'
import { EventCollector } from './scaleFigures.ts'
import { startProfile } from './scaleProfile.ts'
import {
  type FollowFigures,
  GENESIS_TIME,
  INTERVALS_PER_SLOT,
  MILLISECONDS_PER_INTERVAL,
  NETWORK_NAME,
  type NodeCommand,
  type NodeReport,
} from './scaleProtocol.ts'

const MILLISECONDS_PER_SLOT = MILLISECONDS_PER_INTERVAL * INTERVALS_PER_SLOT
/** `sysconf(_SC_CLK_TCK)`, the unit of processor time in /proc, is this on every Linux there is. */
const TICKS_PER_SECOND = 100

const tell = (report: NodeReport) => void process.send!(report)
process.once('message', (command: NodeCommand) => void follow(command))
process.on('disconnect', () => process.exit())

async function follow(command: NodeCommand): Promise<void> {
  const { publicKeys, slots, startsAt, dataFolder, profileFile } = command
  const scheduler = createSkewedScheduler(createSystemScheduler(), GENESIS_TIME * 1000 - startsAt)
  const collector = new EventCollector(slots, () => Date.now() - startsAt)
  const pool = createPool({ scheme: production, encoding: 'ssz3112' })
  const setup = {
    name: 'follower',
    dataFolder,
    genesis: { genesisTime: GENESIS_TIME, publicKeys },
    ownKeys: [],
    scheme: production,
    signatureEncoding: 'ssz3112',
    nodeKey: new Uint8Array(32).fill(1),
    listen: ['/ip4/127.0.0.1/udp/0/quic-v1'],
    staticPeers: [],
    networkName: NETWORK_NAME,
  } as const
  const random = createRandom('scale')
  const opened = await openNode(setup, {
    scheduler,
    random,
    events: collector,
    agent: 'trine/scale',
    ownsProcess: true,
    pool,
  })
  const [address = ''] = opened.transport.addresses()
  const peerId = opened.transport.localPeerId
  tell({ type: 'ready', peer: { peerId, addresses: [address.replace(/\/p2p\/.*/, '')] } })

  const until = (slot: number) =>
    setTimeout(Math.max(0, startsAt + slot * MILLISECONDS_PER_SLOT - Date.now()))
  // To begin a profile takes a while.
  await until(0.5)
  const stopProfile = profileFile === undefined ? undefined : await startProfile(profileFile)
  await until(1)
  const endUse = measureUse()
  await until(slots + 1)
  const use = endUse()
  const profile = await stopProfile?.()
  const figures = { ...collector.figures(), ...use, ...(await stateOf(opened, scheduler)), profile }
  tell({ type: 'followed', figures: { ...figures, workers: pool.status().workers } })
  await opened.stop()
  await pool.close('now')
  process.disconnect()
}

/** Seconds of the processor so far of the threads of this process, by their names; nothing but on Linux. */
function threadSeconds(): Record<string, number> {
  const folder = '/proc/self/task'
  const seconds: Record<string, number> = {}
  if (!existsSync(folder)) return seconds
  for (const thread of readdirSync(folder)) {
    let stat: string
    try {
      stat = readFileSync(`${folder}/${thread}/stat`, 'utf8')
    } catch {
      continue // It has ended.
    }
    // proc_pid_stat(5): `pid (name) state ...`, utime and stime are fields 14 and 15.
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    seconds[name] = (seconds[name] ?? 0) + (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  }
  return seconds
}

const secondsOf = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1e6

/** What the process uses of the machine from now on. */
function measureUse() {
  const began = performance.now()
  const cpu = process.cpuUsage()
  const mainThread = process.threadCpuUsage()
  const threads = threadSeconds()
  const loop = performance.eventLoopUtilization()
  return () => {
    const threadsNow = Object.entries(threadSeconds())
    return {
      seconds: (performance.now() - began) / 1000,
      cpuSeconds: secondsOf(process.cpuUsage(cpu)),
      mainThreadCpuSeconds: secondsOf(process.threadCpuUsage(mainThread)),
      threadCpuSeconds: Object.fromEntries(
        threadsNow.map(([name, seconds]) => [name, seconds - (threads[name] ?? 0)]),
      ),
      mainThreadBusy: performance.eventLoopUtilization(loop).utilization,
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
    }
  }
}

async function stateOf(
  { node, transport }: OpenNode,
  scheduler: ReturnType<typeof createSkewedScheduler>,
): Promise<Pick<FollowFigures, 'gossipRefused' | 'lanes' | 'headSlot' | 'finalizedSlot'>> {
  const chain = await ask(node.refs.chain, { type: 'getChain' }, { scheduler, timeoutMilliseconds: 60_000 })
  if (!chain.ok) throw new Error(chain.error.message)
  return {
    gossipRefused: transport.peers().reduce((sum, { traffic }) => sum + (traffic?.gossipRefused ?? 0), 0),
    lanes: node
      .figures()
      .flatMap(({ actor, lanes }) => lanes.map((lane) => ({ actor, ...lane })))
      .filter(
        ({ refused, dropped, deepest, capacity }) =>
          refused + dropped > 0 || (capacity > 16 && deepest * 4 > capacity),
      ),
    headSlot: chain.value.head.slot,
    finalizedSlot: chain.value.finalized.slot,
  }
}
