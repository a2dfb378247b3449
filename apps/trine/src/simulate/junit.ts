import { formatMoment, type Scenario, type SimulationReport } from '@trine/simulator'
import { escapeXml } from '../escapeXml.ts'

/** The report as JUnit XML: one test case for the invariants, one for the expectations. */
export function junitOf(scenario: Scenario, report: SimulationReport, seconds: number): string {
  const invariants = report.violations.map(({ at, node, message }) => {
    return `${formatMoment(at)}${node === undefined ? '' : ` node ${node}`}: ${message}`
  })
  const expectations = report.disappointments.map(({ at, message }) => `${formatMoment(at)}: ${message}`)
  const cases = [
    ['invariants', invariants],
    ['expectations', expectations],
  ] as const
  const failures = cases.filter(([, problems]) => problems.length > 0).length
  const name = escapeXml(scenario.name)
  const time = seconds.toFixed(3)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="${name}" tests="${cases.length}" failures="${failures}" time="${time}">`,
    `  <properties><property name="seed" value="${escapeXml(report.seed)}"/><property name="trace" value="${report.traceDigest}"/></properties>`,
    ...cases.map(([title, problems]) => testCase(name, title, problems)),
    '</testsuite>',
    '',
  ].join('\n')
}

function testCase(suite: string, title: string, problems: readonly string[]): string {
  const open = `  <testcase classname="${suite}" name="${title}"`
  if (problems.length === 0) return `${open}/>`
  const text = escapeXml(problems.join('\n'))
  return `${open}><failure message="${escapeXml(problems[0]!)}">${text}</failure></testcase>`
}
