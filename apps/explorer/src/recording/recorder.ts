import type { DutyOutcome, ModelEvent, Reference, VoteContent, VoteOrigin } from '../model/events.ts'
import {
  BLOCK_ORIGINS,
  CODE,
  DUTY_KINDS,
  DUTY_OUTCOMES,
  type RecordedNode,
  type Recording,
  VOTE_ORIGINS,
} from './recording.ts'

export type RecorderOptions = Pick<
  Recording,
  'title' | 'description' | 'ticksPerSlot' | 'millisecondsPerTick' | 'validatorCount' | 'rules'
> & {
  readonly nodes: readonly { readonly name: string; readonly ownValidators: readonly number[] }[]
  /** Most numbers in the streams of all nodes together. */
  readonly limit?: number
}

type Track = {
  readonly name: string
  readonly ownValidators: readonly number[]
  tick: number
  readonly events: number[]
  readonly extras: ModelEvent[]
  readonly reasons: Map<string, number>
  /** Per slot in which they were heard. */
  readonly votes: Map<number, number[]>
}

/** About 20 MB of text, a few when compressed. */
const LIMIT = 6_000_000

/** Takes the events of several nodes and makes a recording. When it grows too large it forgets the oldest votes. */
export class Recorder {
  readonly #options: RecorderOptions
  readonly #tracks: readonly Track[]
  readonly #roots: string[] = []
  readonly #slots: number[] = []
  readonly #names = new Map<string, number>()
  readonly #blocks: number[] = []
  readonly #blockOf = new Map<number, number>()
  readonly #votes: number[] = []
  readonly #voteOf = new Map<string, number>()
  #size = 0
  #firstTick = Number.POSITIVE_INFINITY
  #lastTick = 0
  #votesFrom = 0

  constructor(options: RecorderOptions) {
    this.#options = options
    this.#tracks = options.nodes.map(({ name, ownValidators }) => ({
      name,
      ownValidators,
      tick: 0,
      events: [],
      extras: [],
      reasons: new Map(),
      votes: new Map(),
    }))
  }

  /** Numbers recorded so far. */
  get size(): number {
    return this.#size
  }

  add(node: number, event: ModelEvent): void {
    const track = this.#tracks[node]!
    switch (event.type) {
      case 'tick':
        track.tick = event.tick
        this.#lastTick = Math.max(this.#lastTick, event.tick)
        this.#firstTick = Math.min(this.#firstTick, event.tick)
        return this.#push(track, CODE.tick, event.tick)
      case 'block':
        return this.#push(track, CODE.block, this.#block(event), BLOCK_ORIGINS.indexOf(event.origin))
      case 'head':
        return this.#push(track, CODE.head, this.#name(event.head))
      case 'safeTarget':
        return this.#push(track, CODE.safeTarget, this.#name(event.safeTarget))
      case 'justified':
      case 'finalized':
        return this.#push(track, CODE[event.type], this.#name(event.checkpoint))
      case 'vote':
        return this.#addVote(track, event.vote, event.origin)
      case 'duty':
        return this.#duty(track, event.duty)
      case 'setup':
      case 'weights':
        return
      default:
        track.extras.push(event)
        return this.#push(track, CODE.extra, track.extras.length - 1)
    }
  }

  /** The recording of everything so far. */
  finish(): Recording {
    const { title, description, ticksPerSlot, millisecondsPerTick, validatorCount, rules } = this.#options
    const kept = new Map<number, number>()
    const votes: number[] = []
    const nodes = this.#tracks.map((track): RecordedNode => {
      const { name, ownValidators, events, extras } = track
      const heard = [...track.votes].sort(([left], [right]) => left - right).flatMap(([, list]) => list)
      for (let at = 1; at < heard.length; at += 3) {
        const former = heard[at]!
        let index = kept.get(former)
        if (index === undefined) {
          index = kept.size
          kept.set(former, index)
          votes.push(...this.#votes.slice(former * 5, former * 5 + 5))
        }
        heard[at] = index
      }
      return { name, ownValidators, events, extras, votes: heard }
    })
    return {
      format: 'trine-recording-1',
      title,
      description,
      ticksPerSlot,
      millisecondsPerTick,
      validatorCount,
      rules,
      firstTick: Number.isFinite(this.#firstTick) ? this.#firstTick : 0,
      lastTick: this.#lastTick,
      votesFrom: this.#votesFrom,
      roots: this.#roots,
      slots: this.#slots,
      blocks: this.#blocks,
      votes,
      nodes,
    }
  }

  #push(track: Track, ...numbers: number[]): void {
    track.events.push(...numbers)
    this.#size += numbers.length
  }

  #name({ root, slot }: Reference): number {
    const known = this.#names.get(root)
    if (known !== undefined) return known
    this.#names.set(root, this.#roots.length)
    this.#roots.push(root)
    this.#slots.push(slot)
    return this.#roots.length - 1
  }

  #block({ block, parentRoot, proposerIndex, votes }: Extract<ModelEvent, { type: 'block' }>): number {
    const name = this.#name(block)
    const known = this.#blockOf.get(name)
    if (known !== undefined) return known
    const index = this.#blocks.length / 4
    this.#blockOf.set(name, index)
    this.#blocks.push(name, this.#names.get(parentRoot) ?? -1, proposerIndex, votes ?? -1)
    return index
  }

  #addVote(track: Track, vote: VoteContent, origin: VoteOrigin): void {
    const names = [this.#name(vote.head), this.#name(vote.target), vote.source ? this.#name(vote.source) : -1]
    const key = `${vote.validatorIndex} ${vote.slot} ${names}`
    let index = this.#voteOf.get(key)
    if (index === undefined) {
      index = this.#votes.length / 5
      this.#voteOf.set(key, index)
      this.#votes.push(vote.validatorIndex, vote.slot, ...names)
    }
    const slot = Math.floor(track.tick / this.#options.ticksPerSlot)
    const heard = track.votes.get(slot)
    if (heard === undefined) track.votes.set(slot, [track.tick, index, VOTE_ORIGINS.indexOf(origin)])
    else heard.push(track.tick, index, VOTE_ORIGINS.indexOf(origin))
    this.#size += 3
    if (this.#size > (this.#options.limit ?? LIMIT)) this.#forgetVotes(slot)
  }

  /** Drops the older half of the votes; everything else stays. */
  #forgetVotes(slot: number): void {
    const from = Math.max(this.#votesFrom + 1, Math.ceil((this.#votesFrom + slot) / 2))
    if (from >= slot) return
    for (const { votes } of this.#tracks) {
      for (const [heardIn, list] of votes) {
        if (heardIn >= from) continue
        this.#size -= list.length
        votes.delete(heardIn)
      }
    }
    this.#votesFrom = from
  }

  #duty(track: Track, duty: DutyOutcome): void {
    const { kind, slot, validatorIndex, outcome, reason, milliseconds } = duty
    let told = -1
    if (reason !== '') {
      told = track.reasons.get(reason) ?? track.extras.length
      if (told === track.extras.length) track.extras.push({ type: 'notice', level: 'info', text: reason })
      track.reasons.set(reason, told)
    }
    const numbers = [DUTY_KINDS.indexOf(kind), slot, validatorIndex, DUTY_OUTCOMES.indexOf(outcome), told]
    this.#push(track, CODE.duty, ...numbers, Math.round(milliseconds * 10))
  }
}
