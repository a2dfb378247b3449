import type { BlockReference, SyncState } from '@trine/messages'
import { NodeStatus } from '../node/nodeStatus.ts'
import type { ProcessNode } from './processNode.ts'
import { until } from './trineProcess.ts'

const TOPICS: readonly string[] = [
  ...['interval', 'clock', 'head', 'justified_checkpoint', 'finalized_checkpoint', 'duty'],
]
const SECONDS_TO_START = 300

type Chain = {
  readonly slot: number
  readonly head: BlockReference
  readonly justified: BlockReference
  readonly finalized: BlockReference
}

/** What a node in another process tells of itself. */
export class RemoteStatus extends NodeStatus {
  readonly #node: ProcessNode

  constructor(node: ProcessNode) {
    super()
    this.#node = node
  }

  /** Resolves when the node answers; from then on it is followed, and `onUpdate` called after each tick. */
  async follow(onUpdate: () => void, signal: AbortSignal): Promise<void> {
    const chain = await until(`an answer of ${this.#node.plan.name}`, SECONDS_TO_START, () => {
      if (signal.aborted) throw new Error('ended before it answered')
      return this.#node.get<Chain>('chain')
    })
    this.slot = chain.slot
    this.head = chain.head
    this.justified = chain.justified.slot
    this.finalized = chain.finalized.slot
    await this.#refresh()
    const onEvent = (topic: string, data: Record<string, unknown>) => {
      this.#note(topic, data)
      if (topic === 'interval' || topic === 'clock') onUpdate()
    }
    void this.#node.follow(TOPICS, onEvent, signal)
  }

  #note(topic: string, data: Record<string, unknown>): void {
    const { slot, root } = data as { slot: number; root: string }
    if (topic === 'interval') {
      this.slot = slot
      this.interval = Number(data.interval)
      this.secondsToGenesis = undefined
      // Events do not tell what was so before it was followed.
      if (this.interval === 2) void this.#refresh()
    } else if (topic === 'clock' && data.kind === 'countdown') {
      this.secondsToGenesis = Number(data.seconds_to_genesis)
    } else if (topic === 'head') this.head = { slot, root }
    else if (topic === 'justified_checkpoint') this.justified = slot
    else if (topic === 'finalized_checkpoint') this.finalized = slot
    else if (topic === 'duty') {
      if (data.outcome === 'published') this.dutiesDone += 1
      else this.dutiesMissed += 1
    }
  }

  async #refresh(): Promise<void> {
    const [known, sync] = await Promise.all([
      this.#node.get<{ peers: readonly { peer_id: string }[] }>('node/peers'),
      this.#node.get<{ state: SyncState }>('node/syncing'),
    ])
    if (known === undefined || sync === undefined) return
    this.peers.clear()
    for (const { peer_id } of known.peers) this.peers.add(peer_id)
    this.syncState = sync.state
  }
}
