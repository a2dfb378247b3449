import type { Reply, Timer } from '@trine/actors'
import { type DutyError, type DutyKind, startOfInterval } from '@trine/messages'
import { failure, type Result, type RootHex, type Slot, success } from '@trine/types'
import { readHead } from './answers.ts'
import type { NodeBoard } from './nodeBoard.ts'
import type { NodesContext, NodesParts, RemoteNode } from './parts.ts'
import type { NodeRequest, Read, RequestFailure, Requests } from './requests.ts'
import type { Timers } from './timers.ts'

/** A node whose clock is a little behind says "not this slot yet": it is asked again so often, after so long. */
const MOST_RETRIES = 8
const RETRY_MILLISECONDS = 100

/** What is needed for a duty. */
export type DutyData<T> = {
  readonly kind: DutyKind
  readonly slot: Slot
  readonly path: string
  /** Takes the answer apart and checks all that can be checked. */
  readonly read: Read<T>
  /** The head that it was made from. */
  readonly headOf: (value: T) => RootHex
  readonly reply: Reply<Result<T, DutyError>>
}

/** What reading is done with. */
export type ReadTools = {
  readonly context: NodesContext
  readonly parts: NodesParts
  readonly requests: Requests
  readonly timers: Timers
  readonly board: NodeBoard
}

/**
 * Gets the data of one duty: from the best node, from the next one too when that fails or takes its time; the first good
 * answer is taken. Before it is, the node's head is looked at again: data from a head that has moved is fetched anew,
 * once. All of this is before anything is reserved; after the answer nothing is fetched any more.
 */
export class DutyRead<T> {
  readonly #data: DutyData<T>
  readonly #tools: ReadTools
  readonly #left: RemoteNode[]
  readonly #begunAt: number
  readonly #reasons: string[] = []
  #patience: Timer | undefined
  #open = 0
  #asked = 0
  #retries = 0
  #wasOutdated = false
  #isDone = false

  constructor(data: DutyData<T>, tools: ReadTools) {
    this.#data = data
    this.#tools = tools
    this.#left = tools.board.readers()
    this.#begunAt = tools.context.scheduler.monotonic()
  }

  /** Asks the next node, if there is one. */
  askNext(): void {
    this.#patience?.cancel()
    if (this.#isOver) return
    const node = this.#left.shift()
    if (node === undefined) {
      if (this.#open === 0) this.#giveUp()
      return
    }
    const { timers, parts } = this.#tools
    if (this.#left.length > 0) this.#patience = timers.after(parts.limits.patience, () => this.askNext())
    this.#ask(node, false)
  }

  get #isOver(): boolean {
    return this.#isDone || !this.#data.reply.isOpen || this.#timeLeft <= 0
  }

  get #timeLeft(): number {
    const { context, parts } = this.#tools
    return startOfInterval(this.#data.slot + 1, 0, parts.network.timing) - context.scheduler.now()
  }

  #ask(node: RemoteNode, isAnew: boolean): void {
    const { kind, path, read } = this.#data
    this.#asked += 1
    const isBlock = kind === 'block'
    const step = isBlock ? 'blockData' : 'attestationData'
    const limit = this.#tools.parts.limits.dataTimeout
    this.#send({ node, step, path, isBlock, read, timeoutMilliseconds: limit }, (result) => {
      if (!result.ok) this.#onFailure(node, isAnew, result.error)
      else if (isAnew) this.#finish(node, result.value)
      else this.#checkHead(node, result.value)
    })
  }

  /** A look that fails leaves the data as good as it was. */
  #checkHead(node: RemoteNode, value: T): void {
    const timeoutMilliseconds = this.#tools.parts.limits.headTimeout
    this.#send({ node, step: 'head', path: 'head', read: readHead, timeoutMilliseconds }, (head) => {
      if (!head.ok || head.value === this.#data.headOf(value)) return this.#finish(node, value)
      this.#wasOutdated = true
      this.#ask(node, true)
    })
  }

  #onFailure(node: RemoteNode, isAnew: boolean, error: RequestFailure): void {
    if (error.status === 409 && this.#retries < MOST_RETRIES) {
      this.#retries += 1
      this.#open += 1
      this.#tools.timers.after(RETRY_MILLISECONDS, () => {
        this.#open -= 1
        if (!this.#isOver) this.#ask(node, isAnew)
      })
      return
    }
    this.#reasons.push(`${node.name}: ${error.message}`)
    this.#noteFault(node, error)
    this.askNext()
  }

  /** That it is not the slot, or another's turn, can be a matter of clocks. */
  #noteFault(node: RemoteNode, error: RequestFailure): void {
    if (error.status !== 409) this.#tools.board.noteFault(node, error)
  }

  #send<U>(request: NodeRequest<U>, then: (result: Result<U, RequestFailure>) => void): void {
    this.#open += 1
    const timeoutMilliseconds = Math.min(request.timeoutMilliseconds, this.#timeLeft)
    this.#tools.requests.send({ ...request, timeoutMilliseconds }, (result) => {
      this.#open -= 1
      if (!this.#isOver) return then(result)
      // Another node was quicker, or the slot is over: what this one did counts all the same.
      if (!result.ok && request.step !== 'head') this.#noteFault(request.node, result.error)
    })
  }

  #finish(node: RemoteNode, value: T): void {
    const { kind, slot, reply } = this.#data
    const { context, parts } = this.#tools
    this.#isDone = true
    this.#patience?.cancel()
    parts.remoteEvents.emit({
      type: 'remoteData',
      kind,
      slot,
      node: node.name,
      requests: this.#asked,
      wasOutdated: this.#wasOutdated,
      time: context.scheduler.monotonic() - this.#begunAt,
    })
    reply.answer(success(value))
  }

  #giveUp(): void {
    this.#isDone = true
    const message = this.#reasons.length > 0 ? this.#reasons.join('; ') : this.#tools.board.describe()
    this.#data.reply.answer(failure({ code: 'NOT_READY', message }))
  }
}
