import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Model } from '../model/model.ts'
import { timeline } from '../model/timeline.ts'
import { TreeLayout } from '../model/tree.ts'
import { slotVotes } from '../model/validators.ts'
import { FinalityTrack } from './finalityTrack.tsx'
import { Legend } from './legend.tsx'
import { Panel } from './panel.tsx'
import { SlotDetail } from './slotDetail.tsx'
import { geometryOf, type Track } from './track.ts'
import { TreeTrack } from './treeTrack.tsx'
import { VotesTrack } from './votesTrack.tsx'

/** Widths of a slot on the screen, in pixels; the middle one to begin with. */
const ZOOMS = [20, 34, 52, 76, 104] as const
const USUAL_ZOOM = 3

/** Slots drawn beyond both edges of the screen. */
const OVERSCAN = 2

type ChainViewProps = {
  readonly model: Model
  readonly slot: number | undefined
  readonly onSlot: (slot: number | undefined) => void
}

/** Blocks, votes and finality on one axis of slots. Only the slots on the screen are laid out. */
export function ChainView({ model, slot, onSlot }: ChainViewProps) {
  const [zoom, setZoom] = useState(USUAL_ZOOM)
  const slotWidth = ZOOMS[zoom]!
  const lastSlot = Math.max(model.slot, model.head?.slot ?? 0, 0)
  const { scroller, first, last, isFollowing, follow } = useWindow(lastSlot, slotWidth, slot)
  const layout = useMemo(() => new TreeLayout(model), [model])
  const tree = layout.window(first, last)
  const geometry = geometryOf(slotWidth, tree.lanes)
  const track: Track = { model, first, last, slotWidth, geometry, chosen: slot ?? lastSlot }
  const followNewest = () => {
    onSlot(undefined)
    follow()
  }
  const buttons = (
    <div class="buttons">
      {!isFollowing && (
        <button type="button" onClick={followNewest}>
          Follow the newest
        </button>
      )}
      <ZoomButtons zoom={zoom} onZoom={setZoom} />
    </div>
  )
  return (
    <div class="chain-layout">
      <Panel id="chain" title="Chain" aside={buttons}>
        <div class="tracks">
          <TrackNames geometry={geometry} />
          {/* biome-ignore lint/a11y/useSemanticElements: no set of form fields */}
          <div
            class="scroller"
            ref={scroller}
            role="group"
            aria-label="Chain by slot: arrow keys choose a slot, which is described beside"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
            tabIndex={0}
            data-keys
            onKeyDown={(event) => chooseByKey(event, slot ?? lastSlot, lastSlot, onSlot)}
          >
            <Axis track={track} tree={tree} width={(lastSlot + 1) * slotWidth} onSlot={onSlot} />
          </div>
        </div>
        <Legend />
      </Panel>
      <SlotDetail model={model} slot={slot ?? lastSlot} isNewest={slot === undefined} />
    </div>
  )
}

function ZoomButtons({ zoom, onZoom }: { zoom: number; onZoom: (zoom: number) => void }) {
  return (
    <>
      <button
        type="button"
        aria-label="Narrower slots"
        disabled={zoom === 0}
        onClick={() => onZoom(zoom - 1)}
      >
        −
      </button>
      <button
        type="button"
        aria-label="Wider slots"
        disabled={zoom === ZOOMS.length - 1}
        onClick={() => onZoom(zoom + 1)}
      >
        +
      </button>
    </>
  )
}

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -8, PageDown: 8 }

function chooseByKey(
  event: KeyboardEvent,
  chosen: number,
  lastSlot: number,
  onSlot: ChainViewProps['onSlot'],
): void {
  const step = STEPS[event.key]
  if (event.key === 'End' || event.key === 'Escape') onSlot(undefined)
  else if (event.key === 'Home') onSlot(0)
  else if (step !== undefined) onSlot(Math.min(lastSlot, Math.max(0, chosen + step)))
  else return
  event.preventDefault()
}

type AxisProps = {
  readonly track: Track
  readonly tree: ReturnType<TreeLayout['window']>
  /** Of all slots, in pixels; drawn are only those of the track. */
  readonly width: number
  readonly onSlot: (slot: number) => void
}

/** The slots on the screen, at their place on the axis of all. */
function Axis({ track, tree: { blocks, lanes }, width, onSlot }: AxisProps) {
  const { model, first, last, slotWidth, geometry } = track
  const votes = Array.from({ length: last - first + 1 }, (_, index) => slotVotes(model, first + index))
  return (
    <div class="axis" style={{ width: `${width}px`, height: `${geometry.height}px` }}>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the scroller around it takes the keys */}
      <svg
        width={(last - first + 1) * slotWidth}
        height={geometry.height}
        style={{ left: `${first * slotWidth}px` }}
        role="img"
        aria-label={`Slots ${first} to ${last}: ${blocks.length} blocks on ${lanes} ${lanes === 1 ? 'lane' : 'lanes'}`}
        onClick={(event) => {
          const { left } = (event.currentTarget as Element).getBoundingClientRect()
          onSlot(first + Math.floor((event.clientX - left) / slotWidth))
        }}
      >
        <Columns track={track} />
        <TreeTrack track={track} blocks={blocks} />
        <VotesTrack track={track} votes={votes} />
        <FinalityTrack track={track} slots={timeline(model, first, last)} />
      </svg>
    </div>
  )
}

/** Which slots are on the screen. Follows the newest until the reader scrolls away. */
function useWindow(lastSlot: number, slotWidth: number, chosen: number | undefined) {
  const scroller = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ left: 0, width: 1200 })
  const [isFollowing, setFollowing] = useState(chosen === undefined)
  const isOurs = useRef(false)
  const width = (lastSlot + 1) * slotWidth
  const scrollTo = (left: number) => {
    const element = scroller.current
    if (element === null) return
    isOurs.current = Math.abs(element.scrollLeft - left) > 1
    element.scrollLeft = left
    setView({ left: element.scrollLeft, width: element.clientWidth })
  }
  // Redrawing for the new position happens before the screen shows the old one.
  useLayoutEffect(() => {
    if (isFollowing) scrollTo(width)
  }, [isFollowing, width])
  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null || chosen === undefined) return
    const [from, to] = [chosen * slotWidth, (chosen + 1) * slotWidth]
    if (from >= element.scrollLeft && to <= element.scrollLeft + element.clientWidth) return
    setFollowing(false)
    scrollTo(from - element.clientWidth / 2)
  }, [chosen, slotWidth])
  useEffect(() => {
    const element = scroller.current!
    const measure = () => setView({ left: element.scrollLeft, width: element.clientWidth })
    const onScroll = () => {
      measure()
      if (isOurs.current) isOurs.current = false
      else setFollowing(element.scrollLeft + element.clientWidth >= element.scrollWidth - slotWidth / 2)
    }
    const resize = new ResizeObserver(measure)
    resize.observe(element)
    element.addEventListener('scroll', onScroll)
    return () => {
      resize.disconnect()
      element.removeEventListener('scroll', onScroll)
    }
  }, [slotWidth])
  const first = Math.max(0, Math.floor(view.left / slotWidth) - OVERSCAN)
  const last = Math.min(lastSlot, Math.ceil((view.left + view.width) / slotWidth) + OVERSCAN)
  return {
    scroller,
    first: Math.min(first, last),
    last,
    isFollowing: isFollowing && chosen === undefined,
    follow: () => setFollowing(true),
  }
}

/** Slot numbers, the line between slots, and the chosen slot's ground. */
function Columns({ track: { first, last, slotWidth, geometry, chosen } }: { track: Track }) {
  const every = slotWidth >= 34 ? 1 : 5
  const slots = Array.from({ length: last - first + 1 }, (_, index) => first + index)
  return (
    <g>
      {slots.map((slot) => {
        const x = (slot - first) * slotWidth
        return (
          <g key={slot}>
            {slot === chosen && <rect class="chosen" x={x} width={slotWidth} height={geometry.height} />}
            <line class="between" x1={x} x2={x} y1={geometry.ruler} y2={geometry.height} />
            {slot % every === 0 && (
              <text class="slot-number" x={x + slotWidth / 2} y={16} text-anchor="middle">
                {slot}
              </text>
            )}
          </g>
        )
      })}
      {[geometry.votes, geometry.finality].map((y) => (
        <line key={y} class="between-tracks" x1={0} x2={slots.length * slotWidth} y1={y} y2={y} />
      ))}
    </g>
  )
}

function TrackNames({ geometry }: { geometry: Track['geometry'] }) {
  const names: [string, number][] = [
    ['Slot', 0],
    ['Blocks', geometry.ruler],
    ['Votes', geometry.votes],
    ['Finality', geometry.finality],
  ]
  return (
    <svg class="track-names" width={76} height={geometry.height} aria-hidden="true">
      {names.map(([name, y]) => (
        <text key={name} x={12} y={y + 16}>
          {name}
        </text>
      ))}
      {[geometry.votes, geometry.finality].map((y) => (
        <line key={y} class="between-tracks" x1={0} x2={76} y1={y} y2={y} />
      ))}
    </svg>
  )
}
