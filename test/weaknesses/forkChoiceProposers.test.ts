import { signatureChecks } from '@trine/state-transition'
import { expect, it } from 'vitest'
import { signed, TestStore, unwrap } from '../../packages/fork-choice/test/support.ts'

it('proposers are not authenticated: a stranger wraps one gossip vote into a block, and it becomes head', () => {
  const test = new TestStore(4)
  test.tickTo(1)
  // Validator 3 voted; the proposer of slot 1 is validator 1, and nobody has its key.
  const overheard = signed(test.vote(3, 1, test.genesis, test.genesis))
  const block = test.makeBlock(test.genesis, 1)
  const forged = {
    message: { block, proposerAttestation: overheard.message },
    signature: [overheard.signature],
  }

  const checks = unwrap(signatureChecks(forged, test.stateOf(test.genesis)))
  expect(checks.map(({ validatorIndex, signature }) => [validatorIndex, signature])).toEqual([
    [3, overheard.signature],
  ])
  const { root } = unwrap(test.store.onBlock(forged))
  expect(test.store.head).toEqual({ root, slot: 1 })
})
