import type { Peer } from '../model/events.ts'
import type { Model } from '../model/model.ts'
import { count, milliseconds, moment } from './format.ts'
import { Panel } from './panel.tsx'
import { type Column, numbers, Table, words } from './table.tsx'

/** Who the node is connected to, and what it wants read. */
export function PeersView({ model }: { model: Model }) {
  const peers = [...model.peers.values()].sort(
    (left, right) =>
      Number(right.isConnected) - Number(left.isConnected) || left.peerId.localeCompare(right.peerId),
  )
  const connected = peers.filter(({ isConnected }) => isConnected).length
  return (
    <>
      <Panel id="peers" title={count(connected, 'peer')}>
        {peers.length === 0 ? <p class="empty">No peer is connected.</p> : <PeerTable peers={peers} />}
      </Panel>
      <Panel id="notices" title="Worth reading">
        <Notices model={model} />
      </Panel>
    </>
  )
}

type PeerColumn = Column & { readonly text: (peer: Peer) => string | undefined }

const number = (value: number | undefined) =>
  value === undefined ? undefined : String(Math.round(value * 10) / 10)

const COLUMNS: readonly PeerColumn[] = [
  { ...numbers('Score'), text: ({ score }) => number(score) },
  { ...numbers('Head'), text: ({ headSlot }) => number(headSlot) },
  { ...numbers('Finalized'), text: ({ finalizedSlot }) => number(finalizedSlot) },
  {
    ...numbers('Answers in'),
    text: ({ latency }) => (latency === undefined ? undefined : milliseconds(latency)),
  },
  { ...words('Runs'), text: ({ dialect }) => dialect },
]

/** What is known of no peer has no column. */
function PeerTable({ peers }: { peers: readonly Peer[] }) {
  const columns = COLUMNS.filter(({ text }) => peers.some((peer) => text(peer) !== undefined))
  return (
    <Table label="Peers" columns={[words('Peer'), words('Connection'), ...columns]}>
      {peers.map((peer) => (
        <tr key={peer.peerId} class={peer.isConnected ? '' : 'gone'}>
          <th scope="row">
            <code class="peer-id">{peer.peerId}</code>
          </th>
          <td>
            {peer.isConnected ? '● ' : '○ gone, '}
            {peer.direction === 'unknown' ? 'connected' : peer.direction}
          </td>
          {columns.map(({ name, isNumber, text }) => (
            <td key={name} class={isNumber ? 'number' : ''}>
              {text(peer) ?? '–'}
            </td>
          ))}
        </tr>
      ))}
    </Table>
  )
}

/** Warnings, equivocations and reorgs, newest first. */
function Notices({ model }: { model: Model }) {
  const { ticksPerSlot } = model.setup
  const lines = [
    ...model.notices.map(({ at, level, text, count: times }) => ({
      at,
      level,
      text: times > 1 ? `${text} (${times} times)` : text,
    })),
    ...model.equivocations.map(({ at, kind, validatorIndex, slot, isProof }) => ({
      at,
      level: 'error' as const,
      text: `Validator ${validatorIndex} made two ${kind === 'twoVotes' ? 'votes' : 'blocks'} in slot ${slot}${isProof ? '' : ', or somebody else did in its name'}`,
    })),
    ...model.reorgs.map(({ at, depth, from, to }) => ({
      at,
      level: 'info' as const,
      text: `The head left its branch: ${count(depth, 'block')} undone, from slot ${from.slot} to ${to.slot}`,
    })),
  ]
  lines.sort((left, right) => right.at - left.at)
  if (lines.length === 0) return <p class="empty">Nothing happened that needs attention.</p>
  return (
    <ul class="notices">
      {lines.slice(0, 50).map(({ at, level, text }, index) => (
        <li key={index} class={level}>
          <span class="when">{moment(at, ticksPerSlot)}</span>
          <span class="level">
            {level === 'error' ? '⚠ error' : level === 'warning' ? '! warning' : 'info'}
          </span>
          <span>{text}</span>
        </li>
      ))}
    </ul>
  )
}
