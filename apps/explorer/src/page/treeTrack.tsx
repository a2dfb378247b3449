import type { BlockStanding, PlacedBlock } from '../model/tree.ts'
import { short } from './format.ts'
import type { Track } from './track.ts'

/** The mark that says in shape what the ground says in colour. */
const MARKS: Readonly<Record<BlockStanding, string>> = {
  finalized: '✓✓',
  justified: '✓',
  canonical: '',
  side: '',
  orphaned: '✕',
}

/** The blocks of the window, the chain of the head in the first lane, branches below. */
export function TreeTrack({ track, blocks }: { track: Track; blocks: readonly PlacedBlock[] }) {
  return (
    <g>
      {blocks.map((placed) => (
        <Edge key={placed.block.root} track={track} placed={placed} />
      ))}
      {emptySlots(track).map((slot) => (
        <text
          key={slot}
          class="no-block"
          x={centre(track, slot)}
          y={track.geometry.firstLane + 4}
          text-anchor="middle"
        >
          {track.slotWidth >= 52 ? 'no block' : '–'}
        </text>
      ))}
      {blocks.map((placed) => (
        <BlockShape key={placed.block.root} track={track} placed={placed} />
      ))}
    </g>
  )
}

function centre({ first, slotWidth }: Track, slot: number): number {
  return (slot - first + 0.5) * slotWidth
}

function laneY({ geometry }: Track, lane: number): number {
  return geometry.firstLane + lane * geometry.laneHeight
}

function blockWidth(slotWidth: number): number {
  return slotWidth >= 52 ? Math.min(slotWidth - 14, 84) : Math.max(10, slotWidth - 12)
}

/** Slots that are over and have no block at all. */
function emptySlots({ model, first, last }: Track): number[] {
  const empty: number[] = []
  for (let slot = Math.max(1, first, model.firstSlot); slot <= Math.min(last, model.slot - 1); slot++) {
    if (!model.blocksBySlot.has(slot)) empty.push(slot)
  }
  return empty
}

function Edge({ track, placed: { block, lane, parent, standing } }: { track: Track; placed: PlacedBlock }) {
  if (parent === undefined) return null
  const half = blockWidth(track.slotWidth) / 2
  const from = { x: centre(track, parent.slot) + half, y: laneY(track, parent.lane) }
  const to = { x: centre(track, block.slot) - half, y: laneY(track, lane) }
  // Into its own lane right behind the parent, so that no line runs through other blocks.
  const gap = Math.max(6, track.slotWidth - 2 * half)
  const turn = from.x + gap / 2
  const path =
    from.y === to.y
      ? `M${from.x} ${from.y}H${to.x}`
      : `M${from.x} ${from.y}Q${turn} ${from.y} ${turn} ${from.y + Math.sign(to.y - from.y) * gap}V${to.y - Math.sign(to.y - from.y) * gap}Q${turn} ${to.y} ${turn + gap / 2} ${to.y}H${to.x}`
  return <path class={`edge ${standing}`} d={path} />
}

function BlockShape({ track, placed }: { track: Track; placed: PlacedBlock }) {
  const { block, standing, weight, isEquivocation, lane } = placed
  const width = blockWidth(track.slotWidth)
  const isWide = track.slotWidth >= 52
  const height = isWide ? 38 : 24
  const [x, y] = [centre(track, block.slot), laneY(track, lane)]
  const title = describe(track, placed)
  return (
    <g class={`block ${standing}${placed.isHead ? ' is-head' : ''}`} data-root={block.root}>
      <title>{title}</title>
      <rect x={x - width / 2} y={y - height / 2} width={width} height={height} rx={isWide ? 8 : 5} />
      {isWide ? (
        <>
          <text class="name" x={x} y={y - 3} text-anchor="middle">
            {short(block.root)
              .replace(/^0x/, '')
              .slice(0, width >= 60 ? 8 : 5)}
          </text>
          <text class="facts" x={x} y={y + 12} text-anchor="middle">
            {`${width >= 60 ? 'by ' : ''}${block.proposerIndex}${weight === undefined || weight === 0 ? '' : ` · ${weight}`}${MARKS[standing] === '' ? '' : ` ${MARKS[standing]}`}`}
          </text>
        </>
      ) : (
        <text class="name" x={x} y={y + 4} text-anchor="middle">
          {MARKS[standing].slice(0, 1)}
        </text>
      )}
      {isEquivocation && (
        <text class="twice" x={x} y={y + height / 2 + 13} text-anchor="middle">
          {isWide ? '⚠ second' : '⚠'}
        </text>
      )}
      <Tags placed={placed} x={x} y={y - height / 2 - 7} isWide={isWide} />
    </g>
  )
}

/** Names of what the node holds this block to be, one above the other. */
function Tags({ placed, x, y, isWide }: { placed: PlacedBlock; x: number; y: number; isWide: boolean }) {
  const tags: [string, string][] = []
  if (placed.isFinalized) tags.push(['finalized', isWide ? 'finalized' : 'F'])
  if (placed.isJustified && !placed.isFinalized) tags.push(['justified', isWide ? 'justified' : 'J'])
  if (placed.isSafeTarget) tags.push(['safe', isWide ? 'safe' : 'S'])
  if (placed.isHead) tags.push(['head', isWide ? 'head' : 'H'])
  return (
    <>
      {tags.map(([kind, text], index) => (
        <text key={kind} class={`tag ${kind}`} x={x} y={y - index * 14} text-anchor="middle">
          {text}
        </text>
      ))}
    </>
  )
}

function describe({ model }: Track, { block, standing, weight, isEquivocation }: PlacedBlock): string {
  const lines = [
    `Block ${block.root}`,
    `slot ${block.slot}, proposed by ${block.proposerIndex}, ${block.origin}`,
    weight === undefined
      ? ''
      : `${weight} of ${model.validatorCount} latest votes are for it or what is built on it`,
    {
      finalized: 'final',
      justified: 'justified',
      canonical: 'on the chain',
      side: 'on a side branch',
      orphaned: 'orphaned',
    }[standing],
    isEquivocation ? 'its proposer made another block in this slot' : '',
  ]
  return lines.filter((line) => line !== '').join('\n')
}
