import { blockName, escapeMarkup, type Frame } from './frame.ts'
import type { Recording } from './recording.ts'

/** Where the blocks of a frame are drawn: x in columns, y as slots. */
export type TreeLayout = {
  /** Drawn blocks with their columns, parents before children. */
  readonly columns: ReadonlyMap<number, number>
  readonly firstSlot: number
  readonly lastSlot: number
  readonly leaves: number
}

/**
 * Places blocks as the Python program's plot does: each leaf in a column of its own, in the order of a depth-first walk
 * with siblings sorted by hash, every other block in the middle of its children.
 *
 * @param windowSlots draws only the latest slots of the frame; 0 draws all
 */
export function layoutTree(recording: Recording, frame: Frame, windowSlots: number): TreeLayout {
  const { blocks } = recording
  const lastSlot = frame.blocks.reduce((last, block) => Math.max(last, blocks[block]!.slot), 0)
  const firstSlot = windowSlots === 0 ? 1 : Math.max(1, lastSlot - windowSlots + 1)
  const drawn = frame.blocks
    .filter((block) => blocks[block]!.slot >= firstSlot)
    .sort((left, right) => left - right)
  const isDrawn = new Set(drawn)
  const children = new Map<number, number[]>()
  for (const block of drawn) {
    const parent = isDrawn.has(blocks[block]!.parent) ? blocks[block]!.parent : -1
    children.set(parent, [...(children.get(parent) ?? []), block])
  }
  for (const siblings of children.values()) {
    siblings.sort((left, right) => (blocks[left]!.hash < blocks[right]!.hash ? -1 : 1))
  }
  const columns = new Map<number, number>()
  let leaves = 0
  const stack = [...(children.get(-1) ?? [])].reverse()
  for (let block = stack.pop(); block !== undefined; block = stack.pop()) {
    const own = children.get(block)
    if (own === undefined) columns.set(block, leaves++)
    else stack.push(...[...own].reverse())
  }
  for (const block of [...drawn].reverse()) {
    const own = children.get(block)
    if (own === undefined) continue
    columns.set(block, own.reduce((sum, child) => sum + columns.get(child)!, 0) / own.length)
  }
  return { columns, firstSlot, lastSlot, leaves: Math.max(1, leaves) }
}

/** The part that a block plays in a frame; of several the first, in the order of the Python plot's colours. */
export function roleOf(frame: Frame, block: number): 'justified' | 'finalized' | 'head' | 'block' {
  if (block === frame.justified) return 'justified'
  if (block === frame.finalized) return 'finalized'
  return block === frame.head ? 'head' : 'block'
}

/**
 * The block tree of a frame as an SVG element: time runs downwards, one row per slot; the latest known vote of each
 * staker hangs below the head it names, with a line to that head and one to its target.
 *
 * @param style put into the element, so that it can stand alone; empty inside a page that has the rules
 */
export function drawTree(recording: Recording, frame: Frame, windowSlots: number, style: string): string {
  const layout = layoutTree(recording, frame, windowSlots)
  const voteGap = recording.stakers <= 30 ? 19 : 9
  const columnWidth = Math.max(150, (recording.stakers - 1) * voteGap + 40)
  const left = 64 + columnWidth / 2
  const rowHeight = 84
  const x = (column: number): number => Math.round(left + column * columnWidth)
  const y = (slot: number): number => 50 + (slot - layout.firstSlot) * rowHeight
  const width = Math.max(x(layout.leaves - 1) + columnWidth / 2 + 16, 320)
  const height = y(layout.lastSlot) + 66

  let rows = ''
  let axis = `<rect class="paper" width="44" height="${height}"/>`
  for (let slot = layout.firstSlot; slot <= layout.lastSlot; slot++) {
    rows += `<line class="row" x1="44" x2="${width}" y1="${y(slot)}" y2="${y(slot)}"/>`
    axis += `<text class="slot" x="38" y="${y(slot) + 4}" text-anchor="end">${slot}</text>`
  }
  const edges: string[] = []
  const nodes: string[] = []
  for (const [block, column] of layout.columns) {
    const { slot, parent } = recording.blocks[block]!
    const parentColumn = layout.columns.get(parent)
    const end = `${x(column)} ${y(slot) - (partsOf(frame, block).length > 0 ? 31 : 16)}`
    if (parentColumn !== undefined) {
      const start = `${x(parentColumn)} ${y(recording.blocks[parent]!.slot) + 13}`
      edges.push(`<path class="edge" d="M${start}L${end}" marker-end="url(#arrow)"/>`)
    } else if (parent >= 0) {
      edges.push(`<path class="edge" d="M${x(column)} ${y(slot) - 48}L${end}" marker-end="url(#arrow)"/>`)
    }
    nodes.push(drawBlock(recording, frame, block, x(column), y(slot)))
  }
  const votes = drawVotes(recording, frame, layout, voteGap, x, y)
  const caption =
    style === ''
      ? ''
      : `<text class="slot" x="14" y="18">staker ${frame.staker} after step ${frame.step}</text>`
  const title = `Block tree of staker ${frame.staker} after step ${frame.step}`
  const summary = `Head ${blockName(recording, frame.head)}, justified ${blockName(recording, frame.justified)}, finalized ${blockName(recording, frame.finalized)}.`
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" class="tree" role="img" aria-label="${escapeMarkup(`${title}. ${summary}`)}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
    `${style === '' ? '' : `<style>${style}</style>`}<title>${escapeMarkup(title)}</title>` +
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>' +
    `<rect class="paper" width="${width}" height="${height}"/>${rows}${votes.lines}${edges.join('')}${nodes.join('')}${votes.marks}<g class="axis">${axis}</g>${caption}</svg>`
  )
}

/** All that a block is in a frame, in words. */
export function partsOf(frame: Frame, block: number): string[] {
  const parts: string[] = []
  if (block === frame.head) parts.push('head')
  if (block === frame.justified) parts.push('justified')
  if (block === frame.finalized) parts.push('finalized')
  if (block === frame.safeTarget) parts.push('safe target')
  return parts
}

/** One block: its name in a box coloured by its part, and in words beside it what it is. */
export function drawBlock(recording: Recording, frame: Frame, block: number, x: number, y: number): string {
  const { hash, slot, votes } = recording.blocks[block]!
  const parts = partsOf(frame, block)
  const votesText = votes === 1 ? '1 vote' : `${votes} votes`
  const hint = `${hash}\nslot ${slot}, ${votesText}${parts.length > 0 ? `\n${parts.join(', ')}` : ''}`
  const label =
    parts.length === 0
      ? ''
      : `<text class="part" x="${x}" y="${y - 18}" text-anchor="middle">${parts.join(' · ')}</text>`
  return (
    `<g class="node ${roleOf(frame, block)}${block === frame.safeTarget ? ' safe' : ''}" data-block="${block}"><title>${hint}</title>` +
    `<rect x="${x - 40}" y="${y - 13}" width="80" height="26" rx="13"/>` +
    `<text x="${x}" y="${y + 4}" text-anchor="middle">${hash.slice(0, 8)}</text>${label}</g>`
  )
}

/** The latest votes: marks below their heads, dashed lines to head and target. */
export function drawVotes(
  recording: Recording,
  frame: Frame,
  layout: TreeLayout,
  gap: number,
  x: (column: number) => number,
  y: (slot: number) => number,
): { lines: string; marks: string } {
  const radius = gap / 2 - 0.5
  let lines = ''
  let marks = ''
  for (const { voter, slot, head, target } of frame.votes) {
    const column = layout.columns.get(head)
    if (column === undefined) continue
    const headSlot = recording.blocks[head]!.slot
    const at = { x: x(column) + (voter - (recording.stakers - 1) / 2) * gap, y: y(headSlot) + 38 }
    const targetColumn = layout.columns.get(target)
    if (targetColumn !== undefined) {
      lines += `<path class="vote-target" d="M${at.x} ${at.y}L${x(targetColumn)} ${y(recording.blocks[target]!.slot) + 13}"/>`
    }
    lines += `<path class="vote-head" d="M${at.x} ${at.y}L${x(column)} ${y(headSlot) + 13}"/>`
    const hint = `staker ${voter}, vote of slot ${slot}\nhead ${blockName(recording, head)}\ntarget ${blockName(recording, target)}`
    const number = gap < 19 ? '' : `<text x="${at.x}" y="${at.y + 3}" text-anchor="middle">${voter}</text>`
    marks += `<g class="vote"><title>${hint}</title><circle cx="${at.x}" cy="${at.y}" r="${radius}"/>${number}</g>`
  }
  return { lines, marks }
}
