import { GOOD_LINK, type LinkConditions } from '@trine/transport-memory'
import { Document, visit } from 'yaml'
import type { Moment } from './moment.ts'
import type { Expectation, Fault, Scenario } from './scenario.ts'
import { DEFAULT_SCENARIO } from './scenarioFile.ts'

const LINE_WIDTH = 110

/** A seed that looks the same when it is written as a number. */
const WHOLE_NUMBER = /^(0|[1-9]\d{0,14})$/

/** How deep the lists of faults and of expectations lie: below the document, its mapping and a pair of it. */
const LISTS_AT = 3

/** Stands in every scenario that is written, whether or not it says what is usual. */
const ALWAYS_SAID: readonly string[] = ['name', 'seed', 'nodes', 'validators', 'slots', 'signatures']

/** A scenario as a YAML text that `parseScenario` and `resolveScenario` read back to the same scenario. */
export function writeScenario(scenario: Scenario): string {
  const { link, costs, faults, expectations, ...rest } = scenario
  const plain = { ...rest, seed: WHOLE_NUMBER.test(rest.seed) ? Number(rest.seed) : rest.seed }
  const usual: Record<string, unknown> = DEFAULT_SCENARIO
  const said = Object.entries(plain).filter(
    ([field, value]) => ALWAYS_SAID.includes(field) || value !== usual[field],
  )
  const content = {
    ...Object.fromEntries(said),
    ...filled('link', differing(link, GOOD_LINK)),
    ...filled('costs', differing(costs, DEFAULT_SCENARIO.costs)),
    ...filled('faults', faults.map(faultFields)),
    ...filled('expectations', expectations.map(expectationFields)),
  }
  const document = new Document(content)
  visit(document, {
    // Each fault and each expectation stands on a line of its own, as do link and costs.
    Map: (_, node, path) => {
      node.flow = path.length > 1
    },
    Seq: (_, node, path) => {
      node.flow = path.length > LISTS_AT
    },
  })
  return document.toString({ lineWidth: LINE_WIDTH })
}

function faultFields(fault: Fault): object {
  const { kind, from, to, ...rest } = fault
  const whole = { from: momentNumber(from), to: to && momentNumber(to) }
  if (fault.kind === 'link') {
    const { between, and, changes } = fault
    return defined({ kind, between, and: and.length === 0 ? undefined : and, ...changes, ...whole })
  }
  const { wipe, what, ...others } = rest as { readonly wipe?: boolean; readonly what?: string }
  return defined({
    kind,
    ...others,
    what: what === 'both' ? undefined : what,
    wipe: wipe === true ? true : undefined,
    ...whole,
  })
}

function expectationFields({ at, everAfter, ...rest }: Expectation): object {
  return defined({ at: at && momentNumber(at), everAfter: everAfter ? true : undefined, ...rest })
}

/** As people write it: `12`, `12.3`. */
function momentNumber({ slot, interval }: Moment): number {
  return Number(`${slot}.${interval}`)
}

/** The fields in which one differs from another; of a latency all or nothing. */
function differing<T extends Partial<LinkConditions> | Scenario['costs']>(value: T, usual: T): object {
  return Object.fromEntries(
    Object.entries(value).filter(
      ([field, entry]) => JSON.stringify(entry) !== JSON.stringify(usual[field as keyof T]),
    ),
  )
}

function filled(name: string, value: object): object {
  return Object.keys(value).length === 0 ? {} : { [name]: value }
}

function defined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined))
}
