import type { Model } from '../model/model.ts'
import { timelineSlot } from '../model/timeline.ts'
import { standingOf, weightsOf } from '../model/tree.ts'
import { lateInterval, slotVotes, voteStatus } from '../model/validators.ts'
import type { Vote } from '../model/voteBook.ts'
import { signOf } from './finalityTrack.tsx'
import { count, moment, short } from './format.ts'
import { Panel } from './panel.tsx'

const STANDINGS = {
  finalized: 'final',
  justified: 'justified',
  canonical: 'on the chain',
  side: 'side branch',
  orphaned: 'orphaned',
} as const

/** Validators named one by one; more are counted. */
const NAMED = 24

/** Everything about one slot, in words. */
export function SlotDetail({ model, slot, isNewest }: { model: Model; slot: number; isNewest: boolean }) {
  const blocks = model.blocksBySlot.get(slot) ?? []
  const finality = timelineSlot(model, slot)
  const { validatorCount } = model
  const proposer = validatorCount > 0 ? slot % validatorCount : undefined
  return (
    <Panel
      id="slot"
      title={
        <>
          Slot {slot}
          {isNewest && <small> newest</small>}
        </>
      }
      kind="detail"
    >
      <div class="detail-body">
        <h3>{blocks.length === 0 ? 'No block' : count(blocks.length, 'block')}</h3>
        {blocks.length === 0 && !finality.isKnown && <p>Before the oldest block that is known here.</p>}
        {blocks.length === 0 && finality.isKnown && slot > 0 && proposer !== undefined && (
          <p>
            Validator {proposer} {slot >= model.slot ? 'proposes' : 'was to propose'} in this slot.
          </p>
        )}
        {blocks.map((block) => (
          <BlockFacts key={block.root} model={model} root={block.root} />
        ))}
        <Votes model={model} slot={slot} />
        <h3>Finality</h3>
        <p>
          <strong>{signOf(finality).label}</strong>: {finality.why}.{' '}
          {finality.votes > 0 &&
            `${count(finality.votes, 'vote')} for it as a target, ${finality.votesInBlocks} of them in blocks; ${model.needed} justify.`}
        </p>
      </div>
    </Panel>
  )
}

function BlockFacts({ model, root }: { model: Model; root: string }) {
  const block = model.blocks.get(root)!
  const weight = weightsOf(model).get(root)
  const names = [
    root === model.head?.root && 'head',
    root === model.safeTarget?.root && 'safe target',
    root === model.justified?.root && 'justified',
    root === model.finalized?.root && 'finalized',
  ].filter((name) => name !== false)
  return (
    <dl>
      <dt>Root</dt>
      <dd>
        <code class="root">{root}</code>
      </dd>
      <dt>Parent</dt>
      <dd>
        <code>{block.parentRoot === '' ? 'not known' : short(block.parentRoot)}</code>
        {model.blocks.has(block.parentRoot) && `, slot ${model.blocks.get(block.parentRoot)!.slot}`}
      </dd>
      <dt>Proposer</dt>
      <dd>{block.slot === 0 ? 'none, genesis' : `validator ${block.proposerIndex}`}</dd>
      {block.votes !== undefined && (
        <>
          <dt>Brings</dt>
          <dd>{count(block.votes, 'vote')}</dd>
        </>
      )}
      {block.origin !== 'stored' && (
        <>
          <dt>Imported</dt>
          <dd>
            {moment(block.heardAt, model.setup.ticksPerSlot)},{' '}
            {{ gossip: 'from gossip', request: 'on request', own: 'our own' }[block.origin]}
          </dd>
        </>
      )}
      <dt>Is</dt>
      <dd>
        {STANDINGS[standingOf(model, block)]}
        {names.length > 0 && `: ${names.join(', ')}`}
        {weight !== undefined && weight > 0 && `; weight ${weight} of ${model.validatorCount}`}
      </dd>
    </dl>
  )
}

function Votes({ model, slot }: { model: Model; slot: number }) {
  const { total, byInterval, later } = slotVotes(model, slot)
  const votes = [...(model.votes.bySlot.get(slot)?.values() ?? [])]
  const groups = [...Map.groupBy(votes, ({ head, target }) => `${head.root} ${target.root}`).values()]
  groups.sort((left, right) => right.length - left.length)
  const missed = missing(model, slot)
  const late = lateInterval(model)
  return (
    <>
      <h3>
        {total} of {model.validatorCount} votes
      </h3>
      {total > 0 && (
        <p class="intervals-text">
          {byInterval[0]} with the block, {sum(byInterval.slice(1, late))} in time,{' '}
          {sum(byInterval.slice(late))} late, {later} after the slot
        </p>
      )}
      <ul class="vote-groups">
        {groups.slice(0, 6).map((group) => (
          <li key={`${group[0]!.head.root} ${group[0]!.target.root}`}>
            <VoteGroup model={model} group={group} />
          </li>
        ))}
      </ul>
      {groups.length > 6 && <p>… and {groups.length - 6} other pairs of head and target.</p>}
      {missed.length > 0 && (
        <p>
          <strong>Missing:</strong> {names(missed)}
        </p>
      )}
    </>
  )
}

function VoteGroup({ model, group }: { model: Model; group: readonly Vote[] }) {
  const { head, target } = group[0]!
  const isOther = voteStatus(model, group[0]!.validatorIndex, group[0]!.slot) === 'otherHead'
  return (
    <>
      <strong>{group.length}</strong> for head {head.slot} <code>{short(head.root)}</code>
      {isOther && ' ≠'}, target {target.slot} <code>{short(target.root)}</code>
      <br />
      <span class="quiet">{names(group.map(({ validatorIndex }) => validatorIndex))}</span>
    </>
  )
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function missing(model: Model, slot: number): number[] {
  const indices = Array.from({ length: model.validatorCount }, (_, index) => index)
  return indices.filter((validatorIndex) => voteStatus(model, validatorIndex, slot) === 'missed')
}

function names(indices: readonly number[]): string {
  const sorted = [...indices].sort((left, right) => left - right)
  const more = sorted.length > NAMED ? ` and ${sorted.length - NAMED} more` : ''
  return `${sorted.length === 1 ? 'validator' : 'validators'} ${sorted.slice(0, NAMED).join(', ')}${more}`
}
