import type { RemoteState, RemoteStep } from '@trine/messages'
import { failure, type Result, type Slot, success } from '@trine/types'
import { readGenesis, readSpec, readStatus } from './answers.ts'
import { wrongGenesis, wrongSpec } from './checks.ts'
import type { NodesParts, RemoteNode } from './parts.ts'
import type { Read, RequestFailure, Requests } from './requests.ts'

/** Slots for which a node is asked last, by what it did when it was asked for data. */
const DISTRUST_SLOTS: Partial<Record<RequestFailure['outcome'], number>> = {
  untrue: 32,
  malformed: 32,
  timeout: 8,
}

type Entry = {
  readonly node: RemoteNode
  state: RemoteState
  reason: string
  /** It was seen to be of our network, and not otherwise since. */
  isKnown: boolean
  isPolled: boolean
  syncDistance: number
  distrustedUntil: Slot
}

/** What is known of the nodes: whose network they are of, who is well, who is nearest to the head. */
export class NodeBoard {
  readonly #parts: NodesParts
  readonly #requests: Requests
  readonly #entries: readonly Entry[]
  #slot: Slot = 0

  constructor(parts: NodesParts, requests: Requests) {
    this.#parts = parts
    this.#requests = requests
    this.#entries = parts.nodes.map((node) => ({
      node,
      state: 'unknown',
      reason: 'not asked yet',
      isKnown: false,
      isPolled: false,
      syncDistance: 0,
      distrustedUntil: 0,
    }))
  }

  get hasReady(): boolean {
    return this.#entries.some(({ state }) => state === 'ready')
  }

  /** Asks every node how it is, and those that are not known to be well whether they are of our network. */
  poll(slot: Slot): void {
    this.#slot = slot
    for (const entry of this.#entries) {
      if (entry.isPolled) continue
      entry.isPolled = true
      if (entry.state === 'ready' || entry.state === 'syncing') this.#askStatus(entry)
      else this.#askSpec(entry)
    }
  }

  /** Whom to ask for data, best first: the ready ones by distance to the head, then those whose last answer was no good. */
  readers(): RemoteNode[] {
    const rank = ({ state, distrustedUntil }: Entry) =>
      (state === 'ready' ? 0 : 1) + (distrustedUntil > this.#slot ? 2 : 0)
    return this.#entries
      .filter(({ isKnown, state }) => isKnown && (state === 'ready' || state === 'failing'))
      .sort((left, right) => rank(left) - rank(right) || left.syncDistance - right.syncDistance)
      .map(({ node }) => node)
  }

  /** Who gets what was signed: all that are well, or else all of our network. */
  takers(): RemoteNode[] {
    const healthy = this.#entries.filter(({ state }) => state === 'ready' || state === 'syncing')
    return healthy.length > 0 ? healthy.map(({ node }) => node) : this.known()
  }

  /** Every node of our network. */
  known(): RemoteNode[] {
    return this.#entries.filter(({ isKnown }) => isKnown).map(({ node }) => node)
  }

  /** A node gave no good data. */
  noteFault(node: RemoteNode, { outcome, message }: RequestFailure): void {
    const entry = this.#entries.find((each) => each.node === node)!
    const until = this.#slot + (DISTRUST_SLOTS[outcome] ?? 0)
    entry.distrustedUntil = Math.max(entry.distrustedUntil, until)
    this.#set(entry, 'failing', message)
  }

  /** Why there is nobody to ask. */
  describe(): string {
    const nodes = this.#entries.map(({ node, state, reason }) => `${node.name} is ${state} (${reason})`)
    return `no node is ready: ${nodes.join('; ')}`
  }

  #askSpec(entry: Entry): void {
    const read = checked(readSpec, (spec) => wrongSpec(spec, this.#parts.network))
    this.#ask(entry, 'spec', 'config/spec', read, () => this.#askGenesis(entry))
  }

  #askGenesis(entry: Entry): void {
    const read = checked(readGenesis, (genesis) => wrongGenesis(genesis, this.#parts.network))
    this.#ask(entry, 'genesis', 'genesis', read, () => {
      entry.isKnown = true
      this.#askStatus(entry)
    })
  }

  #askStatus(entry: Entry): void {
    this.#ask(entry, 'status', 'node/syncing', readStatus, (status) => {
      entry.isPolled = false
      entry.syncDistance = status.sync_distance
      if (status.is_syncing) this.#set(entry, 'syncing', `${status.sync_distance} slots behind`)
      else this.#set(entry, 'ready', '')
    })
  }

  #ask<T>(
    entry: Entry,
    step: Extract<RemoteStep, 'spec' | 'genesis' | 'status'>,
    path: string,
    read: Read<T>,
    then: (value: T) => void,
  ): void {
    const timeoutMilliseconds = this.#parts.limits.pollTimeout
    this.#requests.send({ node: entry.node, step, path, read, timeoutMilliseconds }, (result) => {
      if (result.ok) return then(result.value)
      entry.isPolled = false
      const isOther = result.error.outcome === 'untrue'
      if (isOther) entry.isKnown = false
      this.#set(entry, isOther ? 'otherNetwork' : 'failing', result.error.message)
    })
  }

  #set(entry: Entry, state: RemoteState, reason: string): void {
    const isNew = entry.state !== state
    entry.state = state
    entry.reason = reason
    if (isNew) this.#parts.remoteEvents.emit({ type: 'remoteState', node: entry.node.name, state, reason })
  }
}

/** Reads an answer and refuses one that is untrue. */
export function checked<T>(read: Read<T>, wrong: (value: T) => string | undefined): Read<T> {
  return (body): Result<T, RequestFailure> => {
    const result = read(body)
    const message = result.ok ? wrong(result.value) : undefined
    if (!result.ok) return result
    return message === undefined ? success(result.value) : failure({ outcome: 'untrue', message })
  }
}
