import type { Random } from '@trine/actors'
import type { PeerId } from '@trine/messages'
import { drawLatency, type LinkConditions } from './conditions.ts'
import { Link } from './link.ts'
import type { MemoryTransport } from './memoryTransport.ts'
import type { NetworkCore } from './network.ts'

/** Two endpoints that are to be connected, whenever both run and nothing stands between them. */
export class Connection {
  /** The side that dials. */
  readonly dialler: MemoryTransport
  readonly listener: MemoryTransport
  isUp = false
  /** How often it was cut. */
  cuts = 0
  readonly #core: NetworkCore
  readonly #random: Random
  readonly #meshPriorities: readonly [number, number]
  #conditions: readonly [LinkConditions, LinkConditions]
  #links: [Link | undefined, Link | undefined] = [undefined, undefined]
  #isCut = false
  /** Who knows that the connection is up. */
  readonly #toldUp: MemoryTransport[] = []
  /** Counts the changes of the connection, so that timers armed before the last one do nothing. */
  #epoch = 0

  constructor(core: NetworkCore, dialler: MemoryTransport, listener: MemoryTransport, random: Random) {
    this.#core = core
    this.dialler = dialler
    this.listener = listener
    this.#random = random
    const mesh = random.split('mesh')
    this.#meshPriorities = [mesh.uint32(), mesh.uint32()]
    this.#conditions = [core.conditions, core.conditions]
  }

  other(endpoint: MemoryTransport): MemoryTransport {
    return endpoint === this.dialler ? this.listener : this.dialler
  }

  /** Each endpoint picks the connections with its lowest numbers for its mesh. */
  meshPriorityOf(endpoint: MemoryTransport): number {
    return this.#meshPriorities[endpoint === this.dialler ? 0 : 1]
  }

  /** The link on which an endpoint of this connection sends; made when it is first used. */
  linkFrom(endpoint: MemoryTransport): Link {
    const side = endpoint === this.dialler ? 0 : 1
    const known = this.#links[side]
    if (known !== undefined) return known
    const { scheduler, figures } = this.#core
    const random = this.#random.split(`from ${endpoint.localPeerId}`)
    const link = new Link(
      endpoint.localPeerId,
      scheduler,
      random,
      this.#conditions[side],
      endpoint.uplink,
      figures,
    )
    link.isCut = this.#isCut
    this.#links[side] = link
    return link
  }

  /** Changes the link on which `endpoint` sends. */
  setConditions(endpoint: MemoryTransport, conditions: LinkConditions): void {
    const side = endpoint === this.dialler ? 0 : 1
    this.#conditions = side === 0 ? [conditions, this.#conditions[1]] : [this.#conditions[0], conditions]
    this.#links[side]?.setConditions(conditions)
  }

  /** Lets nothing through any more. If that lasts, both sides notice and give the connection up. */
  cut(): void {
    if (this.#isCut) return
    this.#setCut(true)
    this.#noticeLoss()
  }

  mend(): void {
    if (!this.#isCut) return
    this.#setCut(false)
    this.#epoch += 1
    this.dial(this.#core.timing.redialMilliseconds)
  }

  /** Connects after a while and the time of a handshake, if nothing stands against it then. */
  dial(milliseconds: number): void {
    if (this.isUp) return
    const { minimum, maximum, skew } = this.#conditions[0].latency
    const handshake = 2 * drawLatency({ minimum, maximum, skew }, this.#random.float())
    this.#later(milliseconds + handshake, () => {
      if (this.isUp || this.#isCut || !this.#bothAreWilling()) return
      this.#epoch += 1
      this.isUp = true
      this.#core.noteTopologyChange()
      const isTaken = this.#tellUp(this.dialler, 'outbound') && this.#tellUp(this.listener, 'inbound')
      if (!isTaken) this.close('too busy to take the connection')
    })
  }

  /** Closes on both sides now, and dials again after a while. */
  close(reason: string): void {
    if (!this.isUp) return
    this.#epoch += 1
    this.isUp = false
    this.#core.noteTopologyChange()
    for (const endpoint of this.#toldUp.splice(0)) {
      endpoint.disconnected(this.other(endpoint).localPeerId, reason)
    }
    this.dial(this.#core.timing.redialMilliseconds)
  }

  /** One side fell silent without a word: the connection is closed when that is noticed. */
  noticeCrash(): void {
    this.#noticeLoss()
  }

  #tellUp(endpoint: MemoryTransport, direction: 'inbound' | 'outbound'): boolean {
    const isTaken = endpoint.connected(this, direction)
    if (isTaken) this.#toldUp.push(endpoint)
    return isTaken
  }

  #noticeLoss(): void {
    if (!this.isUp) return
    this.#later(this.#core.timing.noticeMilliseconds, () => this.close('timeout'))
  }

  #setCut(isCut: boolean): void {
    this.#isCut = isCut
    if (isCut) this.cuts += 1
    for (const link of this.#links) if (link !== undefined) link.isCut = isCut
  }

  #bothAreWilling(): boolean {
    const [dialler, listener] = [this.dialler, this.listener]
    return (
      dialler.isRunning &&
      listener.isRunning &&
      !dialler.bans(listener.localPeerId) &&
      !listener.bans(dialler.localPeerId)
    )
  }

  #later(milliseconds: number, act: () => void): void {
    const epoch = this.#epoch
    this.#core.scheduler.after(milliseconds, () => {
      if (epoch === this.#epoch) act()
    })
  }
}

/** The name under which a pair has its random numbers, the same for both directions. */
export function pairName(left: PeerId, right: PeerId): string {
  return left < right ? `${left} ${right}` : `${right} ${left}`
}
