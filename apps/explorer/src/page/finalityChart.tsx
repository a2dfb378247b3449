import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Change, Model } from '../model/model.ts'

const MARGIN = { left: 40, right: 12, top: 10, bottom: 26 }
const HEIGHT = 220

/** Slots shown at most: of a longer time the latest. */
const MOST_SLOTS = 256

/** How far head, justified and finalized lay behind the clock: the gap that opens is the finality that is missing. */
export function FinalityChart({ model }: { model: Model }) {
  const { ticksPerSlot } = model.setup
  const { element, width } = useWidth()
  const lastTick = Math.max(1, model.tick)
  const begins = Math.min(...[model.heads, model.finalizations].map((list) => list[0]?.at ?? lastTick))
  const firstTick = Math.max(0, begins, lastTick - MOST_SLOTS * ticksPerSlot)
  const top = Math.max(1, model.slot, model.head?.slot ?? 0)
  const bottom = slotAt(model.finalizations, firstTick) ?? model.finalizations[0]?.slot ?? 0
  const x = (tick: number) =>
    MARGIN.left +
    ((width - MARGIN.left - MARGIN.right) * (tick - firstTick)) / Math.max(1, lastTick - firstTick)
  const y = (slot: number) =>
    HEIGHT -
    MARGIN.bottom -
    ((HEIGHT - MARGIN.top - MARGIN.bottom) * (slot - bottom)) / Math.max(1, top - bottom)
  const line = (changes: readonly Change[]) => steps(changes, firstTick, lastTick, x, y)
  const [firstSlot, lastSlot] = [firstTick / ticksPerSlot, lastTick / ticksPerSlot]
  const summary = `Now the head is at slot ${model.head?.slot ?? 0}, justified ${model.justified?.slot ?? 0}, finalized ${model.finalized?.slot ?? 0}`
  return (
    <div class="chart" ref={element}>
      <svg width={width} height={HEIGHT} role="img" aria-label={summary}>
        {marks(bottom, top).map((slot) => (
          <g key={slot}>
            <line class="grid" x1={MARGIN.left} x2={width - MARGIN.right} y1={y(slot)} y2={y(slot)} />
            <text x={MARGIN.left - 8} y={y(slot) + 4} text-anchor="end">
              {slot}
            </text>
          </g>
        ))}
        {marks(Math.ceil(firstSlot), Math.floor(lastSlot)).map((slot) => (
          <text key={slot} x={x(slot * ticksPerSlot)} y={HEIGHT - 8} text-anchor="middle">
            {slot}
          </text>
        ))}
        <path
          class="clock"
          d={`M${x(firstTick)} ${y(Math.max(bottom, firstSlot))}L${x(lastTick)} ${y(lastSlot)}`}
        />
        <path class="line head" d={line(model.heads)} />
        <path class="line justified" d={line(model.justifications)} />
        <path class="line finalized" d={line(model.finalizations)} />
      </svg>
      <ul class="legend" aria-label="Legend">
        <Item kind="line head" text="head" />
        <Item kind="line justified" text="justified, dashed" />
        <Item kind="line finalized" text="finalized, thick" />
        <Item kind="clock" text="the clock, dotted" />
        <li>across: the slot it was, up: the slot it was at</li>
      </ul>
    </div>
  )
}

/** The width that there is to draw on. */
function useWidth() {
  const element = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(1000)
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) =>
      setWidth(Math.max(240, Math.floor(entry!.contentRect.width))),
    )
    observer.observe(element.current!)
    return () => observer.disconnect()
  }, [])
  return { element, width }
}

function Item({ kind, text }: { kind: string; text: string }) {
  return (
    <li>
      <svg width="26" height="8" viewBox="0 0 26 8" aria-hidden="true">
        <path class={kind} d="M0 4H26" />
      </svg>
      {text}
    </li>
  )
}

function slotAt(changes: readonly Change[], tick: number): number | undefined {
  return changes.findLast(({ at }) => at <= tick)?.slot
}

/** A line that stays where it is until it changes. */
function steps(
  changes: readonly Change[],
  firstTick: number,
  lastTick: number,
  x: (tick: number) => number,
  y: (slot: number) => number,
): string {
  let path = ''
  const first = changes.findLastIndex(({ at }) => at <= firstTick)
  for (const { at, slot } of changes.slice(Math.max(0, first))) {
    const [across, up] = [x(Math.max(at, firstTick)).toFixed(1), y(slot).toFixed(1)]
    path += path === '' ? `M${across} ${up}` : `H${across}V${up}`
  }
  return path === '' ? '' : `${path}H${x(lastTick).toFixed(1)}`
}

/** About six round numbers from `first` to `last`. */
function marks(first: number, last: number): number[] {
  const sizes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000]
  const size = sizes.find((step) => (last - first) / step <= 8) ?? 10_000
  const found: number[] = []
  for (let mark = Math.ceil(first / size) * size; mark <= last; mark += size) found.push(mark)
  return found
}
