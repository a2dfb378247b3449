import type { FinalityCause, FinalityExplanation } from '../model/explainFinality.ts'
import type { TargetStanding } from '../model/finalityFacts.ts'
import type { Model } from '../model/model.ts'
import { type TimelineSlot, timeline } from '../model/timeline.ts'
import { FinalityChart } from './finalityChart.tsx'
import { signOf } from './finalityTrack.tsx'
import { short } from './format.ts'
import { Panel } from './panel.tsx'
import { numbers, Table, words } from './table.tsx'

const SIGNS: Readonly<Record<FinalityCause, { sign: string; mood: 'good' | 'calm' | 'bad' }>> = {
  finalizing: { sign: '✓', mood: 'good' },
  waiting: { sign: '…', mood: 'calm' },
  syncing: { sign: '…', mood: 'calm' },
  listening: { sign: '…', mood: 'calm' },
  ready: { sign: '!', mood: 'bad' },
  backOff: { sign: '!', mood: 'bad' },
  votesMissing: { sign: '!', mood: 'bad' },
  splitVotes: { sign: '!', mood: 'bad' },
  notIncluded: { sign: '!', mood: 'bad' },
  noBlocks: { sign: '!', mood: 'bad' },
}

/** The answer in one sentence, and while finality stands still in four. */
export function FinalityBanner({
  explanation,
  isShort,
}: {
  explanation: FinalityExplanation
  isShort: boolean
}) {
  const { sign, mood } = SIGNS[explanation.cause]
  const isAsked = mood === 'bad'
  return (
    <section class={`banner ${mood}`} aria-labelledby="why-title" data-cause={explanation.cause}>
      <span class="sign" aria-hidden="true">
        {sign}
      </span>
      <div>
        <h2 id="why-title">{isAsked ? 'Why is there no finality?' : 'Finality'}</h2>
        <p class="headline">{explanation.headline}</p>
        {isAsked && !isShort && (
          <>
            <p>{explanation.absent}</p>
            <p>{explanation.outlook.at(-1)}</p>
          </>
        )}
      </div>
    </section>
  )
}

/** Slots of the timeline shown before and after the present one. */
const TIMELINE = { past: 20, future: 12 }

export function FinalityView({ model, explanation }: { model: Model; explanation: FinalityExplanation }) {
  const { cause, headline, votes, absent, next, outlook, facts } = explanation
  const { sign, mood } = SIGNS[cause]
  const slots = timeline(model, model.slot - TIMELINE.past, model.slot + TIMELINE.future).reverse()
  return (
    <>
      <Panel
        id="why"
        title={mood === 'bad' ? 'Why is there no finality?' : 'Finality'}
        kind={`why ${mood}`}
        cause={cause}
      >
        <p class="headline">
          <span class="sign" aria-hidden="true">
            {sign}
          </span>
          {headline}
        </p>
        <dl class="answers">
          <dt>Votes</dt>
          <dd>{votes}</dd>
          <dt>Who is missing</dt>
          <dd>{absent}</dd>
          <dt>Next slots</dt>
          <dd>{next}</dd>
          <dt>What would make something final</dt>
          <dd>
            <ol>
              {outlook.map((step) => (
                <li key={step}>{step}</li>
              ))}
            </ol>
          </dd>
        </dl>
      </Panel>
      <Panel id="history" title="Head, justified and finalized slot over time">
        <FinalityChart model={model} />
      </Panel>
      <div class="two">
        <Panel id="targets" title="Targets since the last final slot">
          <Targets targets={facts.targets.slice(0, 24)} needed={facts.needed} all={facts.validatorCount} />
        </Panel>
        <Panel id="timeline" title="Which slots may be justified">
          <Timeline slots={slots} present={model.slot} />
        </Panel>
      </div>
    </>
  )
}

type TargetsProps = { targets: readonly TargetStanding[]; needed: number; all: number }

function Targets({ targets, needed, all }: TargetsProps) {
  if (targets.length === 0) return <p class="empty">No votes were heard for a later target.</p>
  return (
    <Table
      label="Targets"
      columns={[words('Target'), words(`Votes, ${needed} needed`), numbers('In blocks'), words('Standing')]}
    >
      {targets.map((standing) => (
        <tr key={standing.target.root}>
          <th scope="row">
            {standing.target.slot} <code>{short(standing.target.root)}</code>
          </th>
          <td>
            <VoteBar votes={standing.votes} needed={needed} all={all} />
          </td>
          <td class="number">{standing.votesInBlocks}</td>
          <td>{standingText(standing)}</td>
        </tr>
      ))}
    </Table>
  )
}

/** Votes against all validators, with a line at two thirds. */
function VoteBar({ votes, needed, all }: { votes: number; needed: number; all: number }) {
  const share = (number: number) => (100 * number) / Math.max(1, all)
  return (
    <span class="vote-bar">
      <svg width="100" height="12" aria-hidden="true">
        <rect class="all" width="100" height="12" rx="3" />
        <rect class={votes >= needed ? 'enough' : 'short'} width={share(votes)} height="12" rx="3" />
        <line x1={share(needed)} x2={share(needed)} y1="0" y2="12" />
      </svg>{' '}
      {votes} of {all}
    </span>
  )
}

function standingText({ isJustified, isOnChain, isJustifiable, missing }: TargetStanding): string {
  if (isJustified) return '✓ justified'
  if (!isOnChain) return 'not on this chain'
  if (!isJustifiable) return '– barred by the back-off rule'
  return missing > 0 ? `${missing} more needed` : 'enough votes, not yet counted by a block'
}

function Timeline({ slots, present }: { slots: readonly TimelineSlot[]; present: number }) {
  return (
    <Table label="Slots that may be justified" columns={[numbers('Slot'), words('Is'), words('Why')]}>
      {slots.map((slot) => {
        const { sign, name, label } = signOf(slot)
        const isEmpty = slot.block === undefined && slot.slot < present && slot.slot > 0
        return (
          <tr key={slot.slot} aria-current={slot.slot === present ? 'true' : undefined}>
            <th scope="row" class="number">
              {slot.slot}
              {slot.slot === present && <small> now</small>}
            </th>
            <td>
              <span class={`finality-sign ${name}`} aria-hidden="true">
                {sign}
              </span>{' '}
              {label}
              {isEmpty && ', no block'}
            </td>
            <td>{slot.why}</td>
          </tr>
        )
      })}
    </Table>
  )
}
