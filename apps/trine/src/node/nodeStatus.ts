import type { BlockReference, EventSink, NodeEvent, PeerId, SyncState } from '@trine/messages'
import type { Slot } from '@trine/types'

/** What a person wants to know of a node at a glance, gathered from its events. */
export class NodeStatus implements EventSink {
  slot: Slot = 0
  interval = 0
  secondsToGenesis: number | undefined
  head: BlockReference | undefined
  justified: Slot = 0
  finalized: Slot = 0
  syncState: SyncState = 'idle'
  dutiesDone = 0
  dutiesMissed = 0
  readonly peers = new Set<PeerId>()

  emit(event: NodeEvent): void {
    switch (event.type) {
      case 'countdown':
        this.secondsToGenesis = event.secondsToGenesis
        break
      case 'intervalBegan':
        this.slot = event.slot
        this.interval = event.interval
        this.secondsToGenesis = undefined
        break
      case 'chainStarted':
        this.head = event.head
        this.justified = event.justified.slot
        this.finalized = event.finalized.slot
        break
      case 'head':
        this.head = event.head
        break
      case 'justified':
        this.justified = event.checkpoint.slot
        break
      case 'finalized':
        this.finalized = event.checkpoint.slot
        break
      case 'syncState':
        this.syncState = event.state
        break
      case 'duty':
        if (event.result.outcome === 'published') this.dutiesDone += 1
        else this.dutiesMissed += 1
        break
      case 'peerConnected':
        this.peers.add(event.peerId)
        break
      case 'peerDisconnected':
        this.peers.delete(event.peerId)
        break
    }
  }
}
