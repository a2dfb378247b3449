import type { NodeStanding } from '../model/compare.ts'
import type { Reference } from '../model/events.ts'
import { count, moment, short } from './format.ts'
import { Panel } from './panel.tsx'
import type { Source } from './source.ts'
import { Table, words } from './table.tsx'

const COLUMNS = ['Node', 'Head', 'Same as', 'Differs since', 'Justified', 'Finalized', 'Connection'].map(
  words,
)

type NodesViewProps = {
  readonly source: Source
  readonly standings: readonly NodeStanding[]
  readonly ticksPerSlot: number
  readonly node: number
  readonly onNode: (node: number) => void
}

/** Several nodes side by side: where their heads differ, and since when. */
export function NodesView({ source, standings, ticksPerSlot, node, onNode }: NodesViewProps) {
  const heads = new Set(standings.flatMap(({ head }) => (head === undefined ? [] : [head.root])))
  const apart = standings.filter(({ differsSince }) => differsSince !== undefined)
  const unknown = standings.filter(({ head }) => head === undefined).length
  const since = Math.min(...apart.map(({ differsSince }) => differsSince!))
  const text =
    standings.length === 1
      ? 'One node is shown. Add others to the address of this page: ?nodes=http://host:port,http://host:port'
      : unknown > 0
        ? `Waiting to hear from ${count(unknown, 'node')}.`
        : apart.length === 0
          ? `All ${standings.length} nodes have the same head.`
          : `${heads.size} different heads: ${apart.length} of ${standings.length} nodes differ from most, the first since ${moment(since, ticksPerSlot)}.`
  return (
    <Panel id="nodes" title="Nodes side by side">
      <p class="summary" role="status">
        {text}
      </p>
      <Table label="Nodes" columns={COLUMNS}>
        {standings.map((standing, index) => (
          <tr key={`${index} ${standing.name}`} aria-current={index === node ? 'true' : undefined}>
            <th scope="row">
              <button type="button" class="link" onClick={() => onNode(index)}>
                {standing.name}
              </button>
            </th>
            <td>
              <Checkpoint reference={standing.head} />
            </td>
            <td>
              <span class={`group group-${standing.group}`}>{standing.group}</span>
            </td>
            <td>
              {standing.differsSince === undefined ? (
                'agrees'
              ) : (
                <strong>≠ since {moment(standing.differsSince, ticksPerSlot)}</strong>
              )}
            </td>
            <td>
              <Checkpoint reference={standing.justified} />
            </td>
            <td>
              <Checkpoint reference={standing.finalized} />
            </td>
            <td>{source.connectionOf(index).text}</td>
          </tr>
        ))}
      </Table>
    </Panel>
  )
}

function Checkpoint({ reference }: { reference: Reference | undefined }) {
  if (reference === undefined) return <>none</>
  return (
    <>
      {reference.slot} <code>{short(reference.root)}</code>
    </>
  )
}
