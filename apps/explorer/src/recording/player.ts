import type { HeadHistory } from '../model/compare.ts'
import type { DutyOutcome, ModelEvent, Reference } from '../model/events.ts'
import { type Change, Model } from '../model/model.ts'
import {
  ARGUMENTS,
  BLOCK_ORIGINS,
  CODE,
  DUTY_KINDS,
  DUTY_OUTCOMES,
  type RecordedNode,
  type Recording,
  VOTE_ORIGINS,
} from './recording.ts'

/** Plays a recording: the model of a node at any tick. */
export class Player {
  readonly recording: Recording
  readonly #references: readonly Reference[]
  readonly #histories: readonly NodeHistory[]
  #node = -1
  #model = new Model()
  #tick = -1
  #at = 0
  #votesAt = 0

  constructor(recording: Recording) {
    this.recording = recording
    this.#references = recording.roots.map((root, index) => ({ root, slot: recording.slots[index]! }))
    this.#histories = recording.nodes.map((node) => historyOf(node, this.#references))
  }

  /** The model of a node after everything that happened in a tick. The same object as long as time goes forward. */
  modelAt(node: number, tick: number): Model {
    if (node !== this.#node || tick < this.#tick) this.#rewind(node)
    const { events, votes } = this.recording.nodes[node]!
    for (this.#tick = tick; this.#at < events.length; this.#at += 1 + ARGUMENTS[events[this.#at]!]!) {
      const isTick = events[this.#at] === CODE.tick
      if (isTick && this.#at > 0) this.#applyVotes(votes, Math.min(events[this.#at + 1]! - 1, tick))
      if (isTick && events[this.#at + 1]! > tick) break
      for (const event of this.#eventsAt(this.recording.nodes[node]!)) this.#model.apply(event)
    }
    this.#applyVotes(votes, tick)
    // Nothing may have happened lately, or the node is down: time goes on all the same.
    if (this.#model.tick < tick) this.#model.apply({ type: 'tick', tick })
    return this.#model
  }

  /** Where all nodes stood at a tick. */
  standingsAt(tick: number): HeadHistory[] {
    return this.#histories.map((history) => ({
      name: history.name,
      tick,
      head: before(history.heads, tick).at(-1),
      heads: before(history.heads, tick),
      justified: before(history.justified, tick).at(-1),
      finalized: before(history.finalized, tick).at(-1),
    }))
  }

  /** The nearest tick before (-1) or after (1) at which the head's branch, justified or finalized checkpoint changed. */
  nextChange(node: number, tick: number, direction: 1 | -1): number | undefined {
    const { justified, finalized } = this.#histories[node]!
    const moments = [...justified, ...finalized].map(({ at }) => at).sort((left, right) => left - right)
    return direction === 1 ? moments.find((at) => at > tick) : moments.findLast((at) => at < tick)
  }

  #rewind(node: number): void {
    const { ticksPerSlot, millisecondsPerTick, validatorCount, votesFrom, rules } = this.recording
    const { name, ownValidators } = this.recording.nodes[node]!
    this.#node = node
    this.#model = new Model()
    this.#at = 0
    this.#votesAt = 0
    const times = { ticksPerSlot, millisecondsPerTick, genesisTime: undefined, rules }
    this.#model.apply({ type: 'setup', name, validatorCount, ...times })
    const own = ownValidators.map((validatorIndex) => ({ validatorIndex, keyEnd: undefined }))
    this.#model.apply({ type: 'ownValidators', validators: own })
    this.#model.votes.firstSlot = votesFrom
  }

  #applyVotes(heard: readonly number[], until: number): void {
    const { votes } = this.recording
    for (; this.#votesAt < heard.length && heard[this.#votesAt]! <= until; this.#votesAt += 3) {
      const at = heard[this.#votesAt + 1]! * 5
      const [validatorIndex, slot, head, target, source] = votes.slice(at, at + 5) as [
        number,
        number,
        number,
        number,
        number,
      ]
      const vote = {
        validatorIndex,
        slot,
        head: this.#references[head]!,
        target: this.#references[target]!,
        source: this.#references[source],
      }
      this.#model.apply({ type: 'vote', vote, origin: VOTE_ORIGINS[heard[this.#votesAt + 2]!]! })
    }
  }

  #eventsAt(node: RecordedNode): readonly ModelEvent[] {
    const [code, ...numbers] = node.events.slice(this.#at, this.#at + 7) as [number, ...number[]]
    const reference = this.#references[numbers[0]!]!
    switch (code) {
      case CODE.tick:
        return [{ type: 'tick', tick: numbers[0]! }]
      case CODE.block:
        return [this.#block(numbers[0]!, numbers[1]!)]
      case CODE.head:
        return [{ type: 'head', head: reference }]
      case CODE.safeTarget:
        return [{ type: 'safeTarget', safeTarget: reference }]
      case CODE.justified:
        return [{ type: 'justified', checkpoint: reference }]
      case CODE.finalized:
        return [{ type: 'finalized', checkpoint: reference }]
      case CODE.duty:
        return [{ type: 'duty', duty: dutyOf(node, numbers) }]
      default:
        return [node.extras[numbers[0]!]!]
    }
  }

  #block(index: number, origin: number): ModelEvent {
    const [name, parent, proposerIndex, votes] = this.recording.blocks.slice(index * 4, index * 4 + 4) as [
      number,
      number,
      number,
      number,
    ]
    return {
      type: 'block',
      block: this.#references[name]!,
      parentRoot: this.#references[parent]?.root ?? '',
      proposerIndex,
      votes: votes < 0 ? undefined : votes,
      origin: BLOCK_ORIGINS[origin]!,
    }
  }
}

type NodeHistory = {
  readonly name: string
  readonly heads: readonly Change[]
  readonly justified: readonly Change[]
  readonly finalized: readonly Change[]
}

function historyOf({ name, events }: RecordedNode, references: readonly Reference[]): NodeHistory {
  const heads: Change[] = []
  const justified: Change[] = []
  const finalized: Change[] = []
  const lists = new Map([
    [CODE.head as number, heads],
    [CODE.justified, justified],
    [CODE.finalized, finalized],
  ])
  let tick = 0
  for (let at = 0; at < events.length; at += 1 + ARGUMENTS[events[at]!]!) {
    if (events[at] === CODE.tick) tick = events[at + 1]!
    else lists.get(events[at]!)?.push({ ...references[events[at + 1]!]!, at: tick })
  }
  return { name, heads, justified, finalized }
}

function before(changes: readonly Change[], tick: number): readonly Change[] {
  let low = 0
  let high = changes.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (changes[middle]!.at <= tick) low = middle + 1
    else high = middle
  }
  return changes.slice(0, low)
}

function dutyOf({ extras }: RecordedNode, numbers: readonly number[]): DutyOutcome {
  const [kind = 0, slot = 0, validatorIndex = 0, outcome = 0, reason = -1, tenths = 0] = numbers
  const told = extras[reason]
  return {
    kind: DUTY_KINDS[kind]!,
    slot,
    validatorIndex,
    outcome: DUTY_OUTCOMES[outcome]!,
    reason: told?.type === 'notice' ? told.text : '',
    milliseconds: tenths / 10,
  }
}
