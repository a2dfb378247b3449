import type { NodeStatus } from '../node/nodeStatus.ts'
import type { ProgressOutput } from '../progress.ts'

export type NamedStatus = { readonly name: string; readonly status: NodeStatus }

const INTERVALS = ['propose', 'attest', 'safe target', 'accept']

const COLUMNS: readonly [string, (node: NamedStatus) => string | number][] = [
  ['node', ({ name }) => name],
  ['head', ({ status: { head } }) => (head ? `${head.slot} ${head.root.slice(0, 10)}` : '-')],
  ['justified', ({ status }) => status.justified],
  ['finalized', ({ status }) => status.finalized],
  ['peers', ({ status }) => status.peers.size],
  ['duties', ({ status }) => status.dutiesDone],
  ['missed', ({ status }) => status.dutiesMissed],
  ['sync', ({ status }) => status.syncState],
]

/**
 * Shows how nodes are doing: on a terminal a table drawn over the last one, elsewhere a line per slot. To be called
 * after each tick.
 */
export class StatusView {
  readonly #output: ProgressOutput
  readonly #nodes: readonly NamedStatus[]
  #linesDrawn = 0
  #lastPrinted = ''
  #isCountingDown = false

  constructor(output: ProgressOutput, nodes: readonly NamedStatus[]) {
    this.#output = output
    this.#nodes = nodes
  }

  update(): void {
    if (this.#output.isTTY) this.#draw()
    else this.#print()
  }

  #draw(): void {
    const lines = [titleOf(this.#nodes), '', ...tableOf(this.#nodes)]
    const up = this.#linesDrawn === 0 ? '' : `\u001b[${this.#linesDrawn}A`
    this.#output.write(up + lines.map((line) => `${line}\u001b[K\n`).join(''))
    this.#linesDrawn = lines.length
  }

  #print(): void {
    const { secondsToGenesis, interval } = this.#nodes[0]!.status
    const isCountingDown = secondsToGenesis !== undefined
    if (isCountingDown ? this.#isCountingDown : interval !== 3) return
    this.#isCountingDown = isCountingDown
    const line = isCountingDown ? titleOf(this.#nodes) : summaryOf(this.#nodes)
    if (line === this.#lastPrinted) return
    this.#lastPrinted = line
    this.#output.write(`${line}\n`)
  }
}

function titleOf([first]: readonly NamedStatus[]): string {
  const { secondsToGenesis, slot, interval } = first!.status
  if (secondsToGenesis !== undefined) return `genesis in ${secondsToGenesis} s`
  return `slot ${slot} · ${INTERVALS[interval]}`
}

function summaryOf(nodes: readonly NamedStatus[]): string {
  const of = (values: readonly (string | number)[]) =>
    new Set(values).size === 1 ? `${values[0]}` : values.join('/')
  const all = nodes.map(({ status }) => status)
  const missed = all.reduce((sum, { dutiesMissed }) => sum + dutiesMissed, 0)
  return [
    `slot ${all[0]!.slot}`,
    `head ${of(all.map(({ head }) => head?.slot ?? 0))}`,
    `justified ${of(all.map(({ justified }) => justified))}`,
    `finalized ${of(all.map(({ finalized }) => finalized))}`,
    `peers ${of(all.map(({ peers }) => peers.size))}`,
    `missed duties ${missed}`,
  ].join('  ')
}

function tableOf(nodes: readonly NamedStatus[]): string[] {
  const rows = [
    COLUMNS.map(([title]) => title),
    ...nodes.map((node) => COLUMNS.map(([, cell]) => String(cell(node)))),
  ]
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  )
}
