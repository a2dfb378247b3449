import { useState } from 'preact/hooks'
import type { Model } from '../model/model.ts'
import { type ValidatorRow, type VoteStatus, validatorRow } from '../model/validators.ts'
import { count, short } from './format.ts'
import { usePages } from './pages.tsx'
import { Panel } from './panel.tsx'
import { numbers, Table, words } from './table.tsx'

const HISTORY = 24
const PAGE = 64

const STATUS: Readonly<Record<ValidatorRow['status'], { sign: string; text: string }>> = {
  online: { sign: '●', text: 'online' },
  late: { sign: '◐', text: 'late' },
  otherHead: { sign: '≠', text: 'other head' },
  silent: { sign: '○', text: 'missed' },
  unknown: { sign: '?', text: 'not known' },
}

const MARKS: Readonly<Record<VoteStatus, string>> = {
  onTime: '●',
  late: '◐',
  otherHead: '≠',
  missed: '○',
  pending: '·',
  unknown: ' ',
}

const WORDS: Readonly<Record<VoteStatus, string>> = {
  onTime: 'in time',
  late: 'late',
  otherHead: 'for another head',
  missed: 'missed',
  pending: 'not over',
  unknown: 'not watched',
}

/** Who votes, who is late, who is missing; those in trouble first when asked for. */
export function ValidatorsView({ model }: { model: Model }) {
  const [isTroubleOnly, setTroubleOnly] = useState(false)
  const all = Array.from({ length: model.validatorCount }, (_, index) => index)
  const indices = isTroubleOnly ? all.filter((index) => isInTrouble(model, index)) : all
  const { shownItems, buttons, goToFirst } = usePages(indices, PAGE)
  const rows = shownItems.map((index) => validatorRow(model, index, HISTORY))
  const columns = [
    numbers('Validator'),
    words('Last vote was'),
    words(`Slots ${Math.max(1, model.slot - HISTORY + 1)} to ${model.slot}`),
    words('Latest vote'),
    numbers('Proposes'),
  ]
  return (
    <Panel
      id="validators"
      title={count(model.validatorCount, 'validator')}
      aside={
        <div class="buttons">
          <label class="check">
            <input
              type="checkbox"
              checked={isTroubleOnly}
              onChange={(event) => {
                setTroubleOnly((event.target as HTMLInputElement).checked)
                goToFirst()
              }}
            />{' '}
            Only those in trouble
          </label>
          {buttons}
        </div>
      }
    >
      {rows.length === 0 ? (
        <p class="empty">{model.validatorCount === 0 ? 'Not known yet.' : 'Nobody is in trouble.'}</p>
      ) : (
        <Table label="Votes of validators" columns={columns} kind="validators">
          {rows.map((row) => (
            <Row key={row.validatorIndex} row={row} />
          ))}
        </Table>
      )}
      <ul class="legend" aria-label="Legend">
        <li>● in time</li>
        <li>◐ late</li>
        <li>≠ for another head</li>
        <li>○ missed</li>
        <li>· not over</li>
        <li>
          <span class="mark proposer onTime">●</span> proposer
        </li>
      </ul>
    </Panel>
  )
}

function isInTrouble(model: Model, validatorIndex: number): boolean {
  const { status, equivocations } = validatorRow(model, validatorIndex, 4)
  return status === 'late' || status === 'otherHead' || status === 'silent' || equivocations > 0
}

function Row({ row }: { row: ValidatorRow }) {
  const { sign, text } = STATUS[row.status]
  const missed = row.history.filter(({ status }) => status === 'missed').length
  return (
    <tr>
      <th scope="row" class="number">
        {row.validatorIndex}
        {row.isOwn && <small> ours</small>}
      </th>
      <td>
        <span class={`status ${row.status}`}>
          <span aria-hidden="true">{sign}</span> {text}
        </span>
        {row.equivocations > 0 && (
          <span class="status twice">
            {' '}
            <span aria-hidden="true">⚠</span> equivocates
          </span>
        )}
      </td>
      <td>
        <span class="history" role="img" aria-label={`${missed} of ${row.history.length} votes missed`}>
          {row.history.map(({ slot, status, isProposer }) => (
            <span
              key={slot}
              class={`mark ${status}${isProposer ? ' proposer' : ''}`}
              title={`Slot ${slot}: ${WORDS[status]}${isProposer ? ', proposer' : ''}`}
            >
              {MARKS[status]}
            </span>
          ))}
        </span>
      </td>
      <td>
        {row.lastVote === undefined ? (
          'none heard'
        ) : (
          <>
            slot {row.lastVote.slot}, target {row.lastVote.target.slot}{' '}
            <code>{short(row.lastVote.target.root)}</code>
          </>
        )}
      </td>
      <td class="number">slot {row.nextProposal}</td>
    </tr>
  )
}
