import type { Store } from '@trine/fork-choice'
import { type Checkpoint, type RootHex, toHex } from '@trine/types'
import { z } from 'zod'
import { difference } from '../runner.ts'
import type { BlockLabels } from './blockLabels.ts'
import { readFields, uint64 } from './fields.ts'
import { unknownCheck } from './fixtures.ts'

/** Says what differs, `undefined` when nothing does. */
type Check = (store: Store, expected: unknown, name: string, labels: BlockLabels) => string | undefined

const CHECKS: Readonly<Record<string, Check>> = {
  time: (store, expected, name) => difference(name, expected, store.time),
  headSlot: slotOf((store) => store.head),
  headRoot: rootOf((store) => store.head),
  headRootLabel: labelOf((store) => store.head),
  latestJustifiedSlot: slotOf((store) => store.latestJustified),
  latestJustifiedRoot: rootOf((store) => store.latestJustified),
  latestJustifiedRootLabel: labelOf((store) => store.latestJustified),
  latestFinalizedSlot: slotOf((store) => store.latestFinalized),
  latestFinalizedRoot: rootOf((store) => store.latestFinalized),
  latestFinalizedRootLabel: labelOf((store) => store.latestFinalized),
  safeTarget: rootOf((store) => store.safeTarget),
  attestationTargetSlot: checkAttestationTarget,
  attestationChecks: checkAttestations,
  lexicographicHeadAmong: checkTiebreak,
}

/**
 * Compares what a step expects of the store, all of it optional, with the store; `undefined` when all is so.
 * Source: `StoreChecks` of the specification's test framework, every key of which is understood.
 */
export function checkStore(
  store: Store,
  checks: Record<string, unknown>,
  labels: BlockLabels,
): string | undefined {
  for (const [name, expected] of Object.entries(checks)) {
    if (expected === null) continue
    const check = Object.hasOwn(CHECKS, name) ? CHECKS[name] : undefined
    const found = check ? check(store, expected, name, labels) : unknownCheck(name)
    if (found !== undefined) return found
  }
  return undefined
}

function slotOf(of: (store: Store) => Checkpoint): Check {
  return (store, expected, name) => difference(name, expected, of(store).slot)
}

function rootOf(of: (store: Store) => Checkpoint): Check {
  return (store, expected, name) => difference(name, expected, toHex(of(store).root))
}

function labelOf(of: (store: Store) => Checkpoint): Check {
  return (store, label, name, labels) =>
    difference(`${name} ${label}`, labels.rootOf(label), toHex(of(store).root))
}

/** The target's slot, and that its root is of a block at that slot. */
function checkAttestationTarget(store: Store, expected: unknown, name: string): string | undefined {
  const target = store.getAttestationTarget()
  if (!target.ok) return `${name}: expected slot ${expected}, got ${target.error.code}`
  const block = store.getBlock(toHex(target.value.root))
  return (
    difference(name, expected, target.value.slot) ??
    difference(`${name}: slot of the block`, expected, block?.slot)
  )
}

const attestationChecksSchema = z.array(
  z.strictObject({
    validator: z.int().min(0),
    location: z.enum(['new', 'known']),
    attestationSlot: uint64.nullish(),
    headSlot: uint64.nullish(),
    sourceSlot: uint64.nullish(),
    targetSlot: uint64.nullish(),
  }),
)

function checkAttestations(store: Store, expected: unknown, name: string): string | undefined {
  for (const { validator, location, ...slots } of readFields(attestationChecksSchema, expected)) {
    const votes = location === 'new' ? store.latestNewAttestations : store.latestKnownAttestations
    const place = `${name}: validator ${validator} (${location})`
    const vote = votes.get(validator)
    if (vote === undefined) return `${place}: expected a vote, got none`
    const { slot, head, source, target } = vote.message.data
    const actual = {
      attestationSlot: slot,
      headSlot: head.slot,
      sourceSlot: source.slot,
      targetSlot: target.slot,
    }
    for (const [key, expectedSlot] of Object.entries(slots)) {
      if (expectedSlot === null || expectedSlot === undefined) continue
      const found = difference(`${place}.${key}`, expectedSlot, actual[key as keyof typeof actual])
      if (found !== undefined) return found
    }
  }
  return undefined
}

/** That the named forks are level in slot and weight, and that the head is the one with the largest root. */
function checkTiebreak(
  store: Store,
  expected: unknown,
  name: string,
  labels: BlockLabels,
): string | undefined {
  const forks = readFields(z.array(z.string()).min(2), expected).map((label) => {
    const root = labels.rootOf(label)
    return { root, slot: store.getBlock(root)?.slot, weight: weightOf(root, store) }
  })
  for (const { slot, weight } of forks) {
    const found =
      difference(`${name}: slots of the forks`, forks[0]?.slot, slot) ??
      difference(`${name}: weights of the forks`, forks[0]?.weight, weight)
    if (found !== undefined) return found
  }
  const largest = forks
    .map(({ root }) => root)
    .sort()
    .at(-1)
  return difference(`${name}: head`, largest, toHex(store.head.root))
}

/** How many known votes have a block or one below it as head, by walking back from each: not as the store counts. */
function weightOf(root: RootHex, store: Store): number {
  const supports = (head: RootHex): boolean => {
    for (
      let block = store.getBlock(head);
      block !== undefined;
      block = store.getBlock(toHex(block.parentRoot))
    ) {
      if (block.rootHex === root) return true
    }
    return false
  }
  return [...store.latestKnownAttestations.values()].filter(({ message }) =>
    supports(toHex(message.data.head.root)),
  ).length
}
