import { describeTransitionError, stateTransition } from '@trine/state-transition'
import { blockType, type State, type StateValue, toHex } from '@trine/types'
import { z } from 'zod'
import { difference } from '../runner.ts'
import { json, jsonState } from './fields.ts'
import { type FixtureInfo, type FixtureOutcome, fixtureRunner, unknownCheck } from './fixtures.ts'
import { otherReason } from './rejections.ts'

const schema = z.strictObject({
  network: z.string(),
  pre: jsonState,
  blocks: z.array(json(blockType)),
  post: z.record(z.string(), z.unknown()).nullish(),
  expectException: z.string().nullish(),
})

/** The specification's `state_transition` fixtures: a state, blocks, and what is to be true of the state after them. */
export const stateTransitionRunner = fixtureRunner(
  'state_transition',
  'state_transition_test',
  schema,
  (fixture, info): FixtureOutcome => {
    let state = fixture.pre
    for (const [index, block] of fixture.blocks.entries()) {
      const post = stateTransition(state, block)
      if (!post.ok) {
        const rejection = describeTransitionError(post.error)
        if (fixture.expectException == null) {
          return { failure: `blocks[${index}]: expected to be valid, got ${rejection}` }
        }
        const reason = expectedReason(fixture.expectException, info)
        const failure = otherReason(`blocks[${index}]`, reason, post.error.code)
        return { failure, note: `rejected for "${reason}" with ${rejection}` }
      }
      state = post.value
    }
    if (fixture.expectException != null) {
      return { failure: `blocks: expected ${fixture.expectException}, got all of them accepted` }
    }
    return { failure: stateDifference(fixture.post ?? {}, state) }
  },
)

/** The text of the expected error, which only the description tells; else its class. */
function expectedReason(exception: string, { description }: FixtureInfo): string {
  return new RegExp(`${exception}: "([^"]+)"`).exec(description)?.[1] ?? exception
}

/** Compares what a fixture expects of a state, all of it optional, with the state. */
function stateDifference(expected: Record<string, unknown>, state: State): string | undefined {
  const actual = stateFacts(state.toValue())
  for (const [key, value] of Object.entries(expected)) {
    if (value === null) continue
    if (!Object.hasOwn(actual, key)) return unknownCheck(`post.${key}`)
    const found = difference(`post.${key}`, value, actual[key])
    if (found !== undefined) return found
  }
  return undefined
}

/** All that the specification's `StateExpectation` can ask about. */
function stateFacts(state: StateValue): Record<string, unknown> {
  const { latestBlockHeader: header, latestJustified, latestFinalized } = state
  return {
    slot: state.slot,
    configGenesisTime: state.config.genesisTime,
    validatorCount: state.validators.length,
    latestJustifiedSlot: latestJustified.slot,
    latestJustifiedRoot: toHex(latestJustified.root),
    latestFinalizedSlot: latestFinalized.slot,
    latestFinalizedRoot: toHex(latestFinalized.root),
    latestBlockHeaderSlot: header.slot,
    latestBlockHeaderProposerIndex: header.proposerIndex,
    latestBlockHeaderParentRoot: toHex(header.parentRoot),
    latestBlockHeaderStateRoot: toHex(header.stateRoot),
    latestBlockHeaderBodyRoot: toHex(header.bodyRoot),
    historicalBlockHashesCount: state.historicalBlockHashes.length,
    historicalBlockHashes: { data: state.historicalBlockHashes.map(toHex) },
    justifiedSlots: { data: state.justifiedSlots.toBoolArray() },
    justificationsRoots: { data: state.justificationsRoots.map(toHex) },
    justificationsValidators: { data: state.justificationsValidators.toBoolArray() },
  }
}
