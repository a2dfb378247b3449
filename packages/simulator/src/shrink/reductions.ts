import { GOOD_LINK, type LinkConditions } from '@trine/transport-memory'
import { INTERVALS_PER_SLOT, type Moment, momentOf } from '../moment.ts'
import type { Fault, NodeIndex, Scenario, Span } from '../scenario.ts'
import { DEFAULT_SCENARIO } from '../scenarioFile.ts'

/** A scenario that is a little smaller than another, and in what. */
export type Reduction = { readonly what: string; readonly scenario: Scenario }

/** The list without a part of it, larger parts first: what is tried in delta debugging. */
export function* withoutParts<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let size = items.length; size >= 1; size = Math.floor(size / 2)) {
    for (let start = 0; start < items.length; start += size) {
      yield [...items.slice(0, start), ...items.slice(start + size)]
    }
  }
}

/** Smaller numbers: the minimum first, then ever nearer to the number itself. */
export function* smaller(value: number, minimum: number): Generator<number> {
  if (value <= minimum) return
  yield minimum
  for (let cut = Math.floor((value - minimum) / 2); cut >= 1; cut = Math.floor(cut / 2)) yield value - cut
}

/** Fewer faults. */
export function* fewerFaults(scenario: Scenario): Generator<Reduction> {
  for (const faults of withoutParts(scenario.faults)) {
    const gone = scenario.faults.length - faults.length
    yield { what: `${gone} of ${scenario.faults.length} faults fewer`, scenario: { ...scenario, faults } }
  }
}

/** Shorter spans of single faults: cut at the end, then at the beginning. */
export function* shorterSpans(scenario: Scenario): Generator<Reduction> {
  const end = scenario.slots * INTERVALS_PER_SLOT
  for (const [index, fault] of scenario.faults.entries()) {
    const from = numberOf(fault.from)
    const to = fault.to === undefined ? end : Math.min(numberOf(fault.to), end)
    const cuts: Span[] = []
    for (const length of smaller(to - from, 1)) {
      cuts.push({ from: fault.from, to: momentOf(from + length) })
      cuts.push({ from: momentOf(to - length), to: fault.to })
    }
    for (const span of cuts) {
      yield withFault(scenario, index, { ...fault, ...span }, 'a shorter span')
    }
  }
}

/** Single faults that concern fewer nodes. */
export function* fewerFaultyNodes(scenario: Scenario): Generator<Reduction> {
  for (const [index, fault] of scenario.faults.entries()) {
    for (const smallerFault of onFewerNodes(fault)) {
      yield withFault(scenario, index, smallerFault, 'on fewer nodes')
    }
  }
}

function* onFewerNodes(fault: Fault): Generator<Fault> {
  switch (fault.kind) {
    case 'partition':
      for (const groups of withoutParts(fault.groups)) if (groups.length > 0) yield { ...fault, groups }
      for (const [index, group] of fault.groups.entries()) {
        for (const nodes of withoutParts(group)) {
          if (nodes.length > 0) yield { ...fault, groups: fault.groups.with(index, nodes) }
        }
      }
      return
    case 'link':
      for (const between of withoutParts(fault.between)) if (between.length > 0) yield { ...fault, between }
      // An empty second set means everybody, which is more.
      for (const and of withoutParts(fault.and)) if (and.length > 0) yield { ...fault, and }
      return
    case 'stranger':
    case 'archive':
      return
    default:
      for (const nodes of withoutParts(fault.nodes)) if (nodes.length > 0) yield { ...fault, nodes }
  }
}

/** Single faults that are milder or simpler. */
export function* milderFaults(scenario: Scenario): Generator<Reduction> {
  for (const [index, fault] of scenario.faults.entries()) {
    for (const milder of milderThan(fault)) yield withFault(scenario, index, milder, 'milder')
  }
}

function* milderThan(fault: Fault): Generator<Fault> {
  if (fault.kind === 'crash' && fault.wipe) yield { ...fault, wipe: false }
  if ('what' in fault && fault.what === 'both') {
    yield { ...fault, what: 'blocks' }
    yield { ...fault, what: 'votes' }
  }
  if (fault.kind === 'late' || fault.kind === 'skew') {
    const sign = Math.sign(fault.milliseconds)
    for (const size of smaller(Math.floor(Math.abs(fault.milliseconds)), 1)) {
      yield { ...fault, milliseconds: sign * size }
    }
  }
  if (fault.kind === 'link') {
    const fields = Object.keys(fault.changes)
    for (const kept of withoutParts(fields)) {
      const changes = Object.entries(fault.changes).filter(([field]) => kept.includes(field))
      if (changes.length > 0) yield { ...fault, changes: Object.fromEntries(changes) }
    }
  }
}

/** Fewer nodes: some are left out, the others numbered anew, and faults concern those that are left. */
export function* fewerNodes(scenario: Scenario): Generator<Reduction> {
  const all = Array.from({ length: scenario.nodes }, (_, node) => node)
  for (const kept of withoutParts(all)) {
    if (kept.length === 0) continue
    const faults = scenario.faults.flatMap((fault) => onNodes(fault, kept))
    const validators = Math.ceil((scenario.validators * kept.length) / scenario.nodes)
    yield {
      what: `${kept.length} nodes`,
      scenario: { ...scenario, nodes: kept.length, validators, faults },
    }
  }
}

function onNodes(fault: Fault, kept: readonly NodeIndex[]): Fault[] {
  const numbers = new Map(kept.map((node, index) => [node, index]))
  const among = (nodes: readonly NodeIndex[]) => nodes.flatMap((node) => numbers.get(node) ?? [])
  switch (fault.kind) {
    case 'partition': {
      const groups = fault.groups.map(among).filter((group) => group.length > 0)
      return groups.length === 0 ? [] : [{ ...fault, groups }]
    }
    case 'link': {
      const [between, and] = [among(fault.between), among(fault.and)]
      const isGone = between.length === 0 || (and.length === 0 && fault.and.length > 0)
      return isGone ? [] : [{ ...fault, between, and }]
    }
    case 'stranger':
    case 'archive':
      return [fault]
    default: {
      const nodes = among(fault.nodes)
      return nodes.length === 0 ? [] : [{ ...fault, nodes }]
    }
  }
}

/** Fewer validators. */
export function* fewerValidators(scenario: Scenario): Generator<Reduction> {
  for (const validators of smaller(scenario.validators, 1)) {
    yield { what: `${validators} validators`, scenario: { ...scenario, validators } }
  }
}

/** Fewer slots; faults end with them. */
export function* fewerSlots(scenario: Scenario): Generator<Reduction> {
  for (const slots of smaller(scenario.slots, 1)) {
    yield { what: `${slots} slots`, scenario: withSlots(scenario, slots) }
  }
}

/** The same scenario, over after so many slots: without the faults and expectations that come later. */
export function withSlots(scenario: Scenario, slots: number): Scenario {
  const isWithin = (moment: Moment | undefined) => moment === undefined || moment.slot < slots
  return {
    ...scenario,
    slots,
    faults: scenario.faults
      .filter(({ from }) => isWithin(from))
      .map((fault) => (isWithin(fault.to) || fault.kind === 'archive' ? fault : { ...fault, to: undefined })),
    expectations: scenario.expectations.filter(({ at }) => isWithin(at)),
  }
}

/** What is usual instead of what is not: links, costs, topology, gossip, signatures. */
export function* usualConditions(scenario: Scenario): Generator<Reduction> {
  const { link, costs, topology, gossip, signatures } = scenario
  if (signatures !== 'none') yield { what: 'no signatures', scenario: { ...scenario, signatures: 'none' } }
  const unusual = Object.keys(link).filter((field) => differs(link, field as keyof LinkConditions))
  for (const kept of withoutParts(unusual)) {
    const changes = Object.entries(link).filter(([field]) => kept.includes(field))
    yield {
      what: 'better links',
      scenario: { ...scenario, link: { ...GOOD_LINK, ...Object.fromEntries(changes) } },
    }
  }
  if (topology !== 'full') yield { what: 'all connected', scenario: { ...scenario, topology: 'full' } }
  if (gossip !== 'direct') yield { what: 'direct gossip', scenario: { ...scenario, gossip: 'direct' } }
  const usual = DEFAULT_SCENARIO.costs
  if (costs.sign !== usual.sign || costs.verify !== usual.verify) {
    yield { what: 'usual costs', scenario: { ...scenario, costs: usual } }
  }
}

function differs(link: LinkConditions, field: keyof LinkConditions): boolean {
  return JSON.stringify(link[field]) !== JSON.stringify(GOOD_LINK[field])
}

function withFault(scenario: Scenario, index: number, fault: Fault, how: string): Reduction {
  const what = `faults[${index}] (${fault.kind}) ${how}`
  return { what, scenario: { ...scenario, faults: scenario.faults.with(index, fault) } }
}

function numberOf({ slot, interval }: Moment): number {
  return slot * INTERVALS_PER_SLOT + interval
}
