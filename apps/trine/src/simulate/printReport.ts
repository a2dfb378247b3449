import type { NodeReport, Scenario, SimulationReport } from '@trine/simulator'

const COLUMNS: readonly [string, (node: NodeReport) => string | number][] = [
  ['node', ({ node }) => node],
  ['state', ({ isRunning, isAdversary }) => (isAdversary ? 'adversary' : isRunning ? 'running' : 'down')],
  ['head', ({ headSlot, headRoot }) => `${headSlot} ${headRoot.slice(0, 10)}`],
  ['justified', ({ justifiedSlot }) => justifiedSlot],
  ['finalized', ({ finalizedSlot }) => finalizedSlot],
  ['blocks', ({ counts }) => counts.blocksImported],
  ['reorgs', ({ counts }) => (counts.reorgs === 0 ? 0 : `${counts.reorgs} (${counts.deepestReorg} deep)`)],
  ['duties', ({ counts }) => counts.dutiesPublished],
  ['missed', ({ counts }) => counts.dutiesSkipped + counts.dutiesFailed],
  ['evidence', ({ counts }) => counts.evidence],
]

/** Most nodes listed one by one. */
const NODES_LISTED = 32

export function printReport(scenario: Scenario, report: SimulationReport, seconds: number): void {
  const { nodes, validators, slots, signatures } = scenario
  console.log(
    `${scenario.name}: ${nodes} nodes, ${validators} validators, signatures ${signatures}, seed ${scenario.seed}`,
  )
  if (scenario.description !== '') console.log(scenario.description.trim())
  console.log('')
  printTable(report.nodes.slice(0, NODES_LISTED))
  if (report.nodes.length > NODES_LISTED)
    console.log(`... and ${report.nodes.length - NODES_LISTED} more nodes`)
  const { network } = report
  const virtual = slots * 4
  console.log('')
  console.log(
    `${slots} slots (${virtual} virtual seconds) in ${seconds.toFixed(1)} s, ${report.messages} messages handled, ` +
      `${network.delivered} delivered by the network, ${network.lost} lost`,
  )
  if (report.strangerBlocks > 0) console.log(`the stranger published ${report.strangerBlocks} blocks`)
  console.log(`trace ${report.traceDigest}`)
}

function printTable(nodes: readonly NodeReport[]): void {
  const rows = [
    COLUMNS.map(([title]) => title),
    ...nodes.map((node) => COLUMNS.map(([, cell]) => String(cell(node)))),
  ]
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
}
