import type { DisappointmentKind } from '../expectations.ts'
import type { ViolationKind } from '../invariants.ts'
import { type Moment, millisecondsTo } from '../moment.ts'
import type { Expectation } from '../scenario.ts'
import type { SimulationReport } from '../simulate.ts'

/** How a run failed first; two failures of one kind are taken for the same. */
export type Failure = {
  readonly kind: ViolationKind | DisappointmentKind
  readonly at: Moment
  /** The expectation that was not met; undefined when an invariant was violated. */
  readonly expectation: Expectation | undefined
  readonly message: string
}

/** The first failure of a run, invariants before expectations; undefined when there is none. */
export function failureOf({
  violations,
  disappointments,
}: Pick<SimulationReport, 'violations' | 'disappointments'>): Failure | undefined {
  const [violation] = violations
  const [disappointment] = disappointments
  const isViolation =
    violation !== undefined &&
    (disappointment === undefined || millisecondsTo(violation.at) <= millisecondsTo(disappointment.at))
  return isViolation ? { ...violation, expectation: undefined } : disappointment
}
