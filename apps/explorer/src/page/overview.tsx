import type { Reference } from '../model/events.ts'
import type { Model } from '../model/model.ts'
import { count, short } from './format.ts'

/** Where the node stands, in six figures. */
export function Overview({ model }: { model: Model }) {
  const { slot, head, safeTarget, justified, finalized, validatorCount } = model
  const heard = model.votes.bySlot.get(slot)?.size ?? 0
  return (
    <section class="figures" aria-label="Where the node stands">
      <Figure label="Slot" value={slot < 0 ? 'not yet' : String(slot)}>
        <Intervals model={model} />
      </Figure>
      <Checkpoint label="Head" kind="head" reference={head} slot={slot} />
      <Checkpoint label="Safe target" kind="safe" reference={safeTarget} slot={slot} />
      <Checkpoint label="Justified" kind="justified" reference={justified} slot={slot} />
      <Checkpoint label="Finalized" kind="finalized" reference={finalized} slot={slot} />
      <Figure label="Votes now" value={`${heard} of ${validatorCount}`}>
        <progress max={Math.max(1, validatorCount)} value={heard} aria-label="Votes heard this slot" />
      </Figure>
    </section>
  )
}

type FigureProps = { label: string; value: string; kind?: string; children?: preact.ComponentChildren }

function Figure({ label, value, kind = '', children }: FigureProps) {
  return (
    <div class={`figure ${kind}`}>
      <h2>{label}</h2>
      <p class="value">{value}</p>
      <div class="note">{children}</div>
    </div>
  )
}

function Checkpoint(props: { label: string; kind: string; reference: Reference | undefined; slot: number }) {
  const { label, kind, reference, slot } = props
  if (reference === undefined) return <Figure label={label} kind={kind} value="none" />
  const behind = Math.max(0, slot - reference.slot)
  return (
    <Figure label={label} kind={kind} value={String(reference.slot)}>
      <code title={reference.root}>{short(reference.root)}</code>{' '}
      <span>{behind === 0 ? 'now' : `${count(behind, 'slot')} ago`}</span>
    </Figure>
  )
}

const INTERVALS = ['propose', 'attest', 'safe target', 'accept votes'] as const

/** The four parts of a slot, the present one marked and named. */
function Intervals({ model }: { model: Model }) {
  if (model.tick < 0) return null
  const present = Math.floor((model.interval * 4) / model.setup.ticksPerSlot)
  return (
    <div class="intervals">
      <span class="steps" aria-hidden="true">
        {INTERVALS.map((name, index) => (
          <i key={name} class={index <= present ? 'past' : ''} />
        ))}
      </span>
      <span>{INTERVALS[present]}</span>
    </div>
  )
}
