import { createRandom, type Scheduler, VirtualScheduler } from '@trine/actors'
import type { EventSink, Signer, SlotTiming, Verifier } from '@trine/messages'
import { createPayloadCodec } from '@trine/network'
import { createNode, type LeanNode } from '@trine/node'
import { createSignatureKit, resolveScenario } from '@trine/simulator'
import { blockRoot, generateGenesis, genesisBlock } from '@trine/state-transition'
import { createMemoryNetwork, type MemoryNetwork } from '@trine/transport-memory'
import { failure, success, toHex } from '@trine/types'
import { MemoryLedger } from '@trine/validator'

const GENESIS_SECONDS = 1_700_000_000

export const DEVNET_TIMING: SlotTiming = {
  genesisTime: GENESIS_SECONDS * 1000,
  millisecondsPerInterval: 1000,
  intervalsPerSlot: 4,
}

export type DevnetNode = {
  readonly node: LeanNode
  readonly transport: ReturnType<MemoryNetwork['createTransport']>
}

export type MemoryDevnet = {
  /** Virtual wall clock. */
  readonly scheduler: VirtualScheduler
  /** The same, and a little later whenever it is asked for durations, so that work takes time. */
  readonly clock: Scheduler
  readonly network: MemoryNetwork
  readonly nodes: readonly DevnetNode[]
  advance(milliseconds: number): Promise<void>
  kill(): void
}

/** Milliseconds that pass between two looks at the clock. */
const LOOK = 0.01

/**
 * Nodes on virtual time and a simulated network, one validator each, that begin 2 s before genesis. Signatures are
 * dummies; a check takes 5 ms, a signature 20 ms.
 */
export async function startMemoryDevnet(
  size: number,
  eventsOf: (index: number, clock: Scheduler) => EventSink,
): Promise<MemoryDevnet> {
  const scheduler = new VirtualScheduler(DEVNET_TIMING.genesisTime - 2000)
  let looks = 0
  const clock: Scheduler = {
    now: () => scheduler.now(),
    monotonic: () => {
      looks += 1
      return scheduler.monotonic() + looks * LOOK
    },
    after: (milliseconds, task) => scheduler.after(milliseconds, task),
    enqueue: (runnable) => scheduler.enqueue(runnable),
    external: (work, milliseconds, deliver) => scheduler.external(work, milliseconds, deliver),
  }
  const random = createRandom('memory devnet')
  const network = createMemoryNetwork({ scheduler, random: random.split('network') })
  const resolved = resolveScenario({ validators: size, nodes: size })
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.error))
  const kit = await createSignatureKit(resolved.value)
  const registry = kit.publicKeys.map((pubkey, index) => ({ pubkey, index }))
  const genesis = generateGenesis(GENESIS_SECONDS, registry)
  if (!genesis.ok) throw new Error(genesis.error.code)
  const block = genesisBlock(genesis.value)
  const verifier: Verifier = {
    verify: (items, reply) => void scheduler.after(5 * items.length, () => reply.answer(kit.verify(items))),
  }
  const signerOf = (own: number): Signer => ({
    validators: [own],
    publicKeyOf: (index) => (index === own ? kit.publicKeys[own] : undefined),
    sign: (request, reply) => {
      const signature = kit.sign(request)
      const error = { code: 'EPOCH_OUT_OF_RANGE', message: 'no such epoch' } as const
      scheduler.after(20, () => reply.answer(signature ? success(signature) : failure(error)))
    },
  })
  const nodes = kit.publicKeys.map((_, index) => {
    const name = `trine_${index}`
    const transport = network.createTransport(name, { agent: 'trine/0.1.0' })
    const node = createNode({
      name,
      scheduler: clock,
      random: random.split(name),
      timing: DEVNET_TIMING,
      anchor: { state: genesis.value, block },
      genesisRoot: toHex(blockRoot(block)),
      networkName: 'devnet0',
      codec: createPayloadCodec(kit.encoding),
      transport,
      verifier,
      duties: { signer: signerOf(index), ledger: new MemoryLedger() },
      expectsPeers: true,
      events: eventsOf(index, clock),
    })
    return { node, transport }
  })
  network.connectAll()
  for (const { node } of nodes) await scheduler.settle(node.start())
  return {
    scheduler,
    clock,
    network,
    nodes,
    advance: async (milliseconds) => void (await scheduler.advance(milliseconds)),
    kill: () => {
      for (const { node } of nodes) node.kill()
    },
  }
}
