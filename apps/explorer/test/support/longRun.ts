import { Recorder, type Recording } from '../../src/index.ts'
import type { ModelEvent, Reference } from '../../src/model/events.ts'

const VALIDATORS = 8

export const rootOf = (name: string): string => `0x${Buffer.from(name).toString('hex').padEnd(64, '0')}`

/**
 * A run without finality from a slot on: every tenth slot has no block, every seventh a second one on a side branch.
 * What one node would say, made here because thousands of simulated slots would take minutes.
 */
export function longRunEvents(slots: number, lastFinalized: number): ModelEvent[] {
  const events: ModelEvent[] = []
  let head: Reference = { root: rootOf('g'), slot: 0 }
  const block = (root: string, slot: number, parentRoot: string): ModelEvent => ({
    type: 'block',
    block: { root, slot },
    parentRoot,
    proposerIndex: slot % VALIDATORS,
    votes: VALIDATORS,
    origin: 'gossip',
  })
  events.push(block(head.root, 0, ''), { type: 'head', head })
  for (let slot = 1; slot <= slots; slot++) {
    events.push({ type: 'tick', tick: slot * 4 })
    const former = head
    if (slot % 10 !== 0) {
      head = { root: rootOf(`b${slot}`), slot }
      events.push(block(head.root, slot, former.root), { type: 'head', head })
    }
    if (slot % 7 === 0) events.push(block(rootOf(`s${slot}`), slot, former.root))
    events.push({ type: 'tick', tick: slot * 4 + 1 })
    for (let validatorIndex = 0; validatorIndex < (slot > lastFinalized ? 5 : VALIDATORS); validatorIndex++) {
      const vote = { validatorIndex, slot, head, target: former, source: former }
      events.push({ type: 'vote', origin: 'gossip', vote })
    }
    events.push({ type: 'tick', tick: slot * 4 + 2 }, { type: 'safeTarget', safeTarget: former })
    events.push({ type: 'tick', tick: slot * 4 + 3 })
    if (slot <= lastFinalized && slot > 1) {
      events.push({ type: 'justified', checkpoint: former }, { type: 'finalized', checkpoint: former })
    }
  }
  return events
}

export function longRecording(slots: number, title = 'A long run'): Recording {
  const recorder = new Recorder({
    title,
    description: `${slots} slots`,
    ticksPerSlot: 4,
    millisecondsPerTick: 1000,
    validatorCount: VALIDATORS,
    nodes: [{ name: 'node-0', ownValidators: [0] }],
  })
  for (const event of longRunEvents(slots, 100)) recorder.add(0, event)
  return recorder.finish()
}
