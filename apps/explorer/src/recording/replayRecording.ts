import {
  justifiableSlots,
  type Recording as ModelRecording,
  type Scenario,
  votesToJustify,
} from '@trine/mini3sf'
import { isJustifiableAfter } from '@trine/state-transition/slots'
import type { ModelEvent, Reference, Rules } from '../model/events.ts'
import { Recorder } from './recorder.ts'
import type { Recording } from './recording.ts'

/** Slot 0 never was: the model's clock begins at slot 2, its genesis block has slot 1. */
const FIRST_SLOT = 2

type Track = ModelRecording['tracks'][number]

/**
 * A run of the 3sf-mini model as a recording for the page: stakers are nodes, steps are ticks. Votes are those that a
 * staker took into account, when it did; the model has no sources in its votes.
 */
export function replayRecording(
  recorded: ModelRecording,
  scenario: Scenario,
  protocol: '3sf-mini' | 'devnet-1' = '3sf-mini',
): Recording {
  const { name, seed, stakers, steps, slotDuration, blocks, tracks } = recorded
  const recorder = new Recorder({
    title: `${protocol}: ${name}`,
    description: `seed ${seed.length > 24 ? `${seed.slice(0, 20)}…` : seed}, ${stakers} stakers, ${steps} steps, ${slotDuration} to a slot`,
    ticksPerSlot: slotDuration,
    millisecondsPerTick: 1000,
    validatorCount: stakers,
    rules: rulesOf(recorded, scenario, protocol),
    nodes: tracks.map(({ staker }) => ({ name: `staker ${staker}`, ownValidators: [staker] })),
  })
  const references = blocks.map(({ hash, slot }): Reference => ({ root: hash, slot }))
  for (const [node, track] of tracks.entries()) {
    const byStep = eventsOf(track, references, recorded)
    for (let step = 0; step < steps; step++) {
      recorder.add(node, { type: 'tick', tick: step + 1 + FIRST_SLOT * slotDuration })
      for (const event of byStep.get(step) ?? []) recorder.add(node, event)
    }
  }
  return recorder.finish()
}

/** Votes are told of when they were taken into account, so none of this slot is late. */
const NEVER_LATE = 4

function rulesOf(
  { stakers, steps, slotDuration }: ModelRecording,
  { rules }: Scenario,
  protocol: string,
): Rules {
  const isDevnet1 = protocol === 'devnet-1'
  const isAllowed = isDevnet1
    ? (finalizedSlot: number, slot: number) => isJustifiableAfter(slot, finalizedSlot)
    : justifiableSlots(rules)
  // Distances that a slot of this run, or one soon after it, can have.
  const distances = Array.from(
    { length: 2 * (Math.ceil(steps / slotDuration) + 32) },
    (_, distance) => distance,
  )
  return {
    needed: isDevnet1 ? Math.ceil((2 * stakers) / 3) : votesToJustify(rules, stakers),
    distances: distances.every((distance) => isAllowed(0, distance) === isJustifiableAfter(distance, 0))
      ? undefined
      : distances.filter((distance) => isAllowed(0, distance)),
    lateFrom: NEVER_LATE,
  }
}

/** What happened to a staker, by step: blocks first, then votes, then what it made of them. */
function eventsOf(
  track: Track,
  references: readonly Reference[],
  { blocks, stakers }: ModelRecording,
): Map<number, ModelEvent[]> {
  const byStep = new Map<number, ModelEvent[]>()
  const add = (step: number, event: ModelEvent) => {
    const events = byStep.get(step)
    if (events === undefined) byStep.set(step, [event])
    else events.push(event)
  }
  for (let at = 0; at < track.blocks.length; at += 2) {
    const [step, index] = track.blocks.slice(at, at + 2) as [number, number]
    const { parent, votes, slot } = blocks[index]!
    add(step, {
      type: 'block',
      block: references[index]!,
      parentRoot: references[parent]?.root ?? '',
      proposerIndex: slot % stakers,
      votes,
      origin: index === 0 ? 'stored' : slot % stakers === track.staker ? 'own' : 'gossip',
    })
  }
  for (let at = 0; at < track.votes.length; at += 5) {
    const [step, validatorIndex, slot, head, target] = track.votes.slice(at, at + 5) as [
      number,
      number,
      number,
      number,
      number,
    ]
    // What is -1 is the zero hash: no target yet, which is genesis.
    const vote = {
      validatorIndex,
      slot,
      head: references[Math.max(0, head)]!,
      target: references[Math.max(0, target)]!,
    }
    add(step, { type: 'vote', origin: 'block', vote: { ...vote, source: undefined } })
  }
  for (let at = 0; at < track.statuses.length; at += 7) {
    const [step, head, justified, finalized, safeTarget] = track.statuses.slice(at, at + 5) as [
      number,
      number,
      number,
      number,
      number,
    ]
    add(step, { type: 'head', head: references[head]! })
    if (justified >= 0) add(step, { type: 'justified', checkpoint: references[justified]! })
    if (finalized >= 0) add(step, { type: 'finalized', checkpoint: references[finalized]! })
    if (safeTarget >= 0) add(step, { type: 'safeTarget', safeTarget: references[safeTarget]! })
  }
  return byStep
}
