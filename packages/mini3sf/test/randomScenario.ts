import fc from 'fast-check'
import { DEFAULT_SCENARIO, type Scenario } from '../src/index.ts'
import { BACKOFFS, COMPARISONS, JUSTIFIED_TARGETS, ROUNDINGS } from '../src/scenario.ts'

/** Any small scenario with any mixture of variations. */
export const anyScenario: fc.Arbitrary<Scenario> = fc
  .record({
    stakers: fc.integer({ min: 1, max: 7 }),
    slotDuration: fc.constantFrom(3, 4, 8, 12),
    slots: fc.nat(24),
  })
  .chain(({ stakers, slotDuration, slots }) => {
    const steps = (slots + 1) * slotDuration
    const some = fc.subarray(Array.from({ length: stakers }, (_, staker) => staker))
    const span = fc
      .tuple(fc.nat(steps), fc.integer({ min: 1, max: steps }))
      .map(([from, length]) => ({ from, to: from + length }))
    const latency = fc.record({
      factor: fc.double({ min: 0, max: 5, noNaN: true }),
      exponent: fc.constantFrom(0, 0.5, 1, 2, 3),
      until: fc.nat(steps),
      after: fc.nat(slotDuration),
    })
    const upTo = <T>(maxLength: number, item: fc.Arbitrary<T>) => fc.array(item, { maxLength })
    return fc.record({
      name: fc.constant('any'),
      seed: fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }),
      stakers: fc.constant(stakers),
      steps: fc.constant(steps),
      slotDuration: fc.constant(slotDuration),
      latency,
      links: upTo(2, fc.record({ from: some, to: some, latency })),
      rules: fc.oneof(
        fc.constant(DEFAULT_SCENARIO.rules),
        fc.record({
          threshold: fc.constantFrom([2, 3], [1, 2], [1, 1], [1, 3]).map(([numerator, denominator]) => ({
            numerator: numerator!,
            denominator: denominator!,
          })),
          comparison: fc.constantFrom(...COMPARISONS),
          safeTarget: fc.constantFrom(...ROUNDINGS),
          justifiedTargets: fc.constantFrom(...JUSTIFIED_TARGETS),
          immediate: fc.integer({ min: 1, max: 6 }),
          backoff: fc.constantFrom(...BACKOFFS),
        }),
      ),
      offline: upTo(
        2,
        fc.tuple(span, some).map(([time, who]) => ({ ...time, stakers: who })),
      ),
      partitions: upTo(
        2,
        fc.tuple(span, some).map(([time, group]) => ({
          ...time,
          groups: [
            group,
            Array.from({ length: stakers }, (_, staker) => staker).filter((s) => !group.includes(s)),
          ],
        })),
      ),
      faults: upTo(
        2,
        fc.tuple(span, fc.nat(stakers - 1), fc.nat(3 * slotDuration)).chain(([time, staker, delay]) =>
          fc.record({
            from: fc.constant(time.from),
            to: fc.constant(time.to),
            staker: fc.constant(staker),
            delay: fc.constant(delay),
            kind: fc.constantFrom('withhold' as const, 'equivocate' as const),
            what: fc.constantFrom('blocks' as const, 'votes' as const, 'both' as const),
          }),
        ),
      ),
    })
  })

/** The default scenario with some settings changed. */
export function withChanges(changes: Partial<Scenario>): Scenario {
  return { ...DEFAULT_SCENARIO, ...changes }
}
