import { lateInterval, type SlotVotes } from '../model/validators.ts'
import type { Track } from './track.ts'

const NAMES = ['with the block', 'in time', 'after the safe target', 'before the next slot', 'later'] as const

/** When the votes of each slot came in: one bar per interval, and one for those that came after the slot. */
export function VotesTrack({ track, votes }: { track: Track; votes: readonly SlotVotes[] }) {
  const { geometry, slotWidth, first, model } = track
  const ground = geometry.votes + geometry.votesHeight - 26
  const full = geometry.votesHeight - 44
  const threshold = ground - (full * model.needed) / Math.max(1, model.validatorCount)
  return (
    <g>
      <line class="threshold" x1={0} x2={votes.length * slotWidth} y1={threshold} y2={threshold} />
      {votes.map((slot) => (
        <g key={slot.slot} class="votes">
          <title>{describe(slot, model.validatorCount)}</title>
          <Bars votes={slot} track={track} ground={ground} full={full} />
          {slot.total > 0 && slotWidth >= 34 && (
            <text
              class={slot.otherHead > 0 ? 'other-head' : ''}
              x={(slot.slot - first + 0.5) * slotWidth}
              y={ground + 16}
              text-anchor="middle"
            >
              {slotWidth >= 76 ? `${slot.total} of ${model.validatorCount}` : slot.total}
              {slot.otherHead > 0 && '≠'}
            </text>
          )}
        </g>
      ))}
    </g>
  )
}

type BarsProps = { votes: SlotVotes; track: Track; ground: number; full: number }

/** Bars stand on one another's shoulders: each begins where the votes before it ended. */
function Bars({ votes, track, ground, full }: BarsProps) {
  const { slotWidth, first, model } = track
  const inner = slotWidth - 8
  const width = inner / 5
  const x = (votes.slot - first) * slotWidth + 4
  let heard = 0
  return (
    <>
      {[...votes.byInterval, votes.later].map((number, interval) => {
        const height = (full * number) / Math.max(1, model.validatorCount)
        const below = (full * heard) / Math.max(1, model.validatorCount)
        heard += number
        if (number === 0) return null
        return (
          <rect
            key={NAMES[interval]}
            class={`bar in-${interval > 1 && interval < lateInterval(model) ? 1 : interval}`}
            x={x + interval * width}
            y={ground - below - height}
            width={Math.max(2, width - 1)}
            height={Math.max(1.5, height)}
          />
        )
      })}
      <line class="ground" x1={x} x2={x + inner} y1={ground} y2={ground} />
    </>
  )
}

function describe({ slot, byInterval, later, total, otherHead }: SlotVotes, validatorCount: number): string {
  const counts = [...byInterval, later].flatMap((number, interval) =>
    number === 0 ? [] : [`${number} ${NAMES[interval]}`],
  )
  const heads = otherHead > 0 ? `\n${otherHead} for another head` : ''
  return `Slot ${slot}: ${total} of ${validatorCount} votes\n${counts.join(', ')}${heads}`
}
