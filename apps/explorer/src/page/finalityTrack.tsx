import type { TimelineSlot } from '../model/timeline.ts'
import type { Track } from './track.ts'

/** Which slots could be justified, which were, and how many votes each had as a target. */
export function FinalityTrack({ track, slots }: { track: Track; slots: readonly TimelineSlot[] }) {
  const { geometry, slotWidth, first, model } = track
  const y = geometry.finality + 28
  return (
    <g>
      {slots.map((slot) => {
        const x = (slot.slot - first + 0.5) * slotWidth
        const { sign, name, label } = signOf(slot)
        return (
          <g key={slot.slot} class={`finality ${name}`}>
            <title>{`Slot ${slot.slot}: ${label}. ${slot.why}.`}</title>
            <circle cx={x} cy={y} r={slotWidth >= 34 ? 11 : 7} />
            <text class="sign" x={x} y={y + 4} text-anchor="middle">
              {slotWidth >= 34 ? sign : sign.slice(0, 1)}
            </text>
            {slotWidth >= 76 && (
              <text class="word" x={x} y={y + 27} text-anchor="middle">
                {label}
              </text>
            )}
            {slot.votes > 0 && slotWidth >= 34 && (
              <text class="count" x={x} y={y + (slotWidth >= 76 ? 43 : 28)} text-anchor="middle">
                {`${slot.votes}/${model.needed}`}
              </text>
            )}
          </g>
        )
      })}
    </g>
  )
}

/** What a slot is to finality: its sign, the class it is drawn with, its name. */
export function signOf(slot: TimelineSlot): { sign: string; name: string; label: string } {
  if (!slot.isKnown) return { sign: '', name: 'unknown', label: 'not known' }
  if (slot.isFinalized) return { sign: '✓✓', name: 'finalized', label: 'final' }
  if (slot.isJustified) return { sign: '✓', name: 'justified', label: 'justified' }
  if (!slot.isJustifiable) return { sign: '–', name: 'barred', label: 'barred' }
  return { sign: '◇', name: 'allowed', label: 'justifiable' }
}
