import { Player } from '../recording/player.ts'
import type { Recording } from '../recording/recording.ts'
import type { Source } from './source.ts'

/** A recording as a source: its nodes at the moment that the reader chose. */
export function createRecordingSource(recording: Recording): Source {
  const player = new Player(recording)
  const { title, description, firstTick, lastTick, ticksPerSlot, votesFrom, nodes } = recording
  const listeners = new Set<() => void>()
  let tick = lastTick
  return {
    title,
    nodes: nodes.map(({ name }) => name),
    modelOf: (node) => player.modelAt(node, tick),
    standings: () => player.standingsAt(tick),
    connectionOf: () => ({ isLive: true, text: 'Recording' }),
    time: {
      firstTick,
      lastTick,
      ticksPerSlot,
      description,
      votesFrom,
      get tick() {
        return tick
      },
      goTo(wanted) {
        const next = Math.min(lastTick, Math.max(firstTick, Math.round(wanted)))
        if (next === tick) return
        tick = next
        for (const listener of listeners) listener()
      },
      nextChange: (node, direction) => player.nextChange(node, tick, direction),
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Reads the recording that stands compressed in the page. */
export async function readEmbeddedRecording(element: Element): Promise<Recording> {
  const bytes = Uint8Array.from(atob(element.textContent.trim()), (letter) => letter.charCodeAt(0))
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return (await new Response(stream).json()) as Recording
}
