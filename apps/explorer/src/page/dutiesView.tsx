import type { DutyOutcome } from '../model/events.ts'
import type { Model } from '../model/model.ts'
import { count, milliseconds } from './format.ts'
import { usePages } from './pages.tsx'
import { Panel } from './panel.tsx'
import { numbers, Table, words } from './table.tsx'

const PAGE = 48

const COLUMNS = [
  numbers('Validator'),
  words('Next'),
  words('Last duty'),
  numbers('Done'),
  numbers('Skipped'),
  numbers('Failed'),
  numbers('Took'),
]

/** What this node's validators did and have to do, and how long their keys last. */
export function DutiesView({ model }: { model: Model }) {
  const { ownValidators, validatorCount, slot } = model
  const { shownItems, buttons } = usePages(ownValidators, PAGE)
  const isKeyKnown = ownValidators.some(({ keyEnd }) => keyEnd !== undefined)
  return (
    <Panel id="duties" title={`${count(ownValidators.length, 'validator')} of this node`} aside={buttons}>
      {model.dutiesPaused !== undefined && (
        <p class="warning" role="status">
          ⚠ No duties are done now: {model.dutiesPaused}
        </p>
      )}
      {ownValidators.length === 0 ? (
        <p class="empty">This node holds no keys: it follows the chain and has no duties.</p>
      ) : (
        <Table label="Duties" columns={isKeyKnown ? [...COLUMNS, words('Key lasts')] : COLUMNS}>
          {shownItems.map(({ validatorIndex, keyEnd }) => (
            <DutyRow
              key={validatorIndex}
              validatorIndex={validatorIndex}
              duties={model.duties.get(validatorIndex) ?? []}
              next={nextProposal(validatorIndex, slot, validatorCount)}
              slot={slot}
              keyEnd={keyEnd}
              isKeyKnown={isKeyKnown}
              secondsPerSlot={(model.setup.ticksPerSlot * model.setup.millisecondsPerTick) / 1000}
            />
          ))}
        </Table>
      )}
    </Panel>
  )
}

type DutyRowProps = {
  readonly validatorIndex: number
  readonly duties: readonly DutyOutcome[]
  readonly next: number
  readonly slot: number
  readonly keyEnd: number | undefined
  readonly isKeyKnown: boolean
  readonly secondsPerSlot: number
}

function DutyRow({ validatorIndex, duties, next, slot, keyEnd, isKeyKnown, secondsPerSlot }: DutyRowProps) {
  const [last] = duties
  const number = (outcome: DutyOutcome['outcome']) => duties.filter((duty) => duty.outcome === outcome).length
  return (
    <tr>
      <th scope="row" class="number">
        {validatorIndex}
      </th>
      <td>
        block in slot {next}
        <span class="quiet"> in {count(next - slot, 'slot')}</span>
      </td>
      <td>{last === undefined ? 'none yet' : dutyText(last)}</td>
      <td class="number">{number('published')}</td>
      <td class="number">{number('skipped')}</td>
      <td class={number('failed') > 0 ? 'number lost' : 'number'}>{number('failed')}</td>
      <td class="number">{last?.outcome === 'published' ? milliseconds(last.milliseconds) : ''}</td>
      {isKeyKnown && <td>{keyText(keyEnd, slot, secondsPerSlot)}</td>}
    </tr>
  )
}

function nextProposal(validatorIndex: number, slot: number, validatorCount: number): number {
  const distance = (validatorIndex - (slot % validatorCount) + validatorCount) % validatorCount
  return slot + (distance === 0 ? validatorCount : distance)
}

function dutyText({ kind, slot, outcome, reason }: DutyOutcome): string {
  const sign = { published: '✓', skipped: '–', failed: '⚠' }[outcome]
  return `${sign} ${kind === 'block' ? 'block' : 'vote'} of slot ${slot} ${outcome}${reason === '' ? '' : `: ${reason}`}`
}

function keyText(keyEnd: number | undefined, slot: number, secondsPerSlot: number): string {
  if (keyEnd === undefined) return 'not told'
  const left = keyEnd - slot
  if (left <= 0) return '⚠ over'
  const hours = (left * secondsPerSlot) / 3600
  const time =
    hours >= 48 ? `${Math.floor(hours / 24).toLocaleString('en')} days` : `${hours.toFixed(1)} hours`
  return `${hours < 24 ? '⚠ ' : ''}to slot ${(keyEnd - 1).toLocaleString('en')}, ${time}`
}
