import { slotOfStep } from './frame.ts'
import type { Recording } from './recording.ts'

/** The slots of head, justified and finalized block of a staker over time, and its reorgs. */
export type History = {
  /** One entry per step that changed one of them, from step 0 on. */
  readonly points: readonly { step: number; head: number; justified: number; finalized: number }[]
  /** Steps after which the head did not descend from the head before. */
  readonly reorgs: readonly number[]
}

/** The history of a track (an index into the recording's tracks). */
export function historyOf(recording: Recording, trackIndex: number): History {
  const { blocks } = recording
  const { statuses } = recording.tracks[trackIndex]!
  const slotOf = (block: number): number => blocks[block]?.slot ?? 0
  const points: { step: number; head: number; justified: number; finalized: number }[] = []
  const reorgs: number[] = []
  let formerHead = 0
  for (let at = 0; at < statuses.length; at += 7) {
    const [step, head, justified, finalized] = statuses.slice(at, at + 4) as [number, number, number, number]
    let ancestor = head
    while (slotOf(ancestor) > slotOf(formerHead)) ancestor = blocks[ancestor]!.parent
    if (ancestor !== formerHead) reorgs.push(step)
    formerHead = head
    points.push({ step, head: slotOf(head), justified: slotOf(justified), finalized: slotOf(finalized) })
  }
  return { points, reorgs }
}

/**
 * The finality timeline of a track as an SVG element: slots of head, justified and finalized block against time, below
 * the line of the slot that it is; a mark for each reorg.
 */
export function drawTimeline(
  recording: Recording,
  trackIndex: number,
  width: number,
  height: number,
): string {
  const { points, reorgs } = historyOf(recording, trackIndex)
  const [left, right, top, bottom] = [44, 12, 10, 24]
  const lastSlot = slotOfStep(recording, recording.steps - 1)
  const x = (step: number): number =>
    left + ((width - left - right) * step) / Math.max(1, recording.steps - 1)
  const y = (slot: number): number => height - bottom - ((height - top - bottom) * slot) / lastSlot
  const line = (which: 'head' | 'justified' | 'finalized'): string => {
    let path = ''
    for (const point of points) {
      const level = y(point[which]).toFixed(1)
      path +=
        path === ''
          ? `M${x(0)} ${level}H${x(point.step).toFixed(1)}`
          : `H${x(point.step).toFixed(1)}V${level}`
    }
    return `<path class="line ${which}" d="${path}H${x(recording.steps - 1)}"/>`
  }
  const ticks = (count: number, last: number): number[] => {
    const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000].find(
      (size) => last / size <= count,
    )
    return Array.from({ length: Math.floor(last / (step ?? last)) + 1 }, (_, index) => index * (step ?? last))
  }
  const slotTicks = ticks(6, lastSlot).map(
    (slot) =>
      `<line class="row" x1="${left}" x2="${width - right}" y1="${y(slot)}" y2="${y(slot)}"/>` +
      `<text class="slot" x="${left - 6}" y="${y(slot) + 4}" text-anchor="end">${slot}</text>`,
  )
  const stepTicks = ticks(Math.floor(width / 90), recording.steps - 1).map(
    (step) => `<text class="slot" x="${x(step)}" y="${height - 7}" text-anchor="middle">${step}</text>`,
  )
  const marks = reorgs.map(
    (step) =>
      `<path class="reorg" d="M${x(step).toFixed(1)} ${height - bottom}l-4 -7h8z"><title>reorg at step ${step}</title></path>`,
  )
  const last = points.at(-1)
  const summary = `Finality timeline of staker ${recording.tracks[trackIndex]!.staker}: after ${recording.steps} steps head slot ${last?.head ?? 0}, justified ${last?.justified ?? 0}, finalized ${last?.finalized ?? 0}; ${reorgs.length} reorgs.`
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" class="timeline" role="img" aria-label="${summary}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
    `${slotTicks.join('')}${stepTicks.join('')}` +
    `<path class="line now" d="M${x(0)} ${y(slotOfStep(recording, 0))}L${x(recording.steps - 1)} ${y(lastSlot)}"/>` +
    `${line('head')}${line('justified')}${line('finalized')}${marks.join('')}` +
    `<line class="cursor" x1="${left}" x2="${left}" y1="${top}" y2="${height - bottom}" data-left="${left}" data-right="${width - right}"/></svg>`
  )
}
