import type { Lane, Mailbox } from '../model/events.ts'
import type { Model } from '../model/model.ts'
import { milliseconds } from './format.ts'
import { Panel } from './panel.tsx'
import { numbers, Table, words } from './table.tsx'

const COLUMNS = [
  words('Lane'),
  words('Waiting'),
  numbers('Most'),
  numbers('Handled'),
  numbers('Waited'),
  numbers('longest'),
  numbers('Lost'),
]

/** What waits in front of each service, how long it waited, and what was lost. */
export function MailboxesView({ model }: { model: Model }) {
  if (model.mailboxes.length === 0) {
    return (
      <Panel id="mailboxes" title="Mailboxes">
        <p class="empty">Nothing is known of mailboxes here.</p>
      </Panel>
    )
  }
  return (
    <div class="cards">
      {model.mailboxes.map((mailbox) => (
        <ActorCard key={mailbox.actor} mailbox={mailbox} />
      ))}
    </div>
  )
}

function ActorCard({ mailbox: { actor, state, restarts, failures, lanes } }: { mailbox: Mailbox }) {
  const waiting = lanes.reduce((sum, { depth }) => sum + depth, 0)
  const lost = lanes.reduce((sum, { refused, dropped }) => sum + refused + dropped, 0)
  return (
    <Panel
      id={`mailbox-${actor}`}
      title={actor}
      aside={
        <p class="quiet">
          {state}, {waiting} waiting
          {lost > 0 && `, ⚠ ${lost.toLocaleString('en')} lost`}
          {restarts > 0 && `, ${restarts} restarts`}
          {failures > 0 && `, ⚠ ${failures} failures`}
        </p>
      }
    >
      <Table label={`Lanes of ${actor}`} columns={COLUMNS}>
        {lanes.map((lane) => (
          <LaneRow key={lane.lane} lane={lane} />
        ))}
      </Table>
    </Panel>
  )
}

function lossText({ refused, dropped }: Lane): string {
  const parts = [refused > 0 && `${refused} refused`, dropped > 0 && `${dropped} dropped`]
  return parts.filter((part) => part !== false).join(', ') || '0'
}

function LaneRow({ lane }: { lane: Lane }) {
  const share = (number: number) => Math.min(48, (48 * number) / Math.max(1, lane.capacity))
  return (
    <tr class={lane.handled === 0 && lane.depth === 0 ? 'idle' : ''}>
      <th scope="row">{lane.lane}</th>
      <td>
        <span class="depth" title={`${lane.depth} of ${lane.capacity}, at most ${lane.deepest} so far`}>
          <svg width="48" height="10" aria-hidden="true">
            <rect class="all" width="48" height="10" rx="3" />
            <rect class="deepest" width={share(lane.deepest)} height="10" rx="3" />
            <rect class="now" width={share(lane.depth)} height="10" rx="3" />
          </svg>{' '}
          {lane.depth}
        </span>
      </td>
      <td class="number">
        {lane.deepest} <span class="quiet">of {lane.capacity.toLocaleString('en')}</span>
      </td>
      <td class="number">{lane.handled.toLocaleString('en')}</td>
      <td class="number">{lane.handled === 0 ? '' : milliseconds(lane.meanWait)}</td>
      <td class="number">{lane.handled === 0 ? '' : milliseconds(lane.longestWait)}</td>
      <td class={lane.refused + lane.dropped > 0 ? 'number lost' : 'number'}>{lossText(lane)}</td>
    </tr>
  )
}
