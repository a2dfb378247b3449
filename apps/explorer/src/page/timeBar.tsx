import { useEffect, useState } from 'preact/hooks'
import { moment } from './format.ts'
import type { TimeControl } from './source.ts'

const FRAMES_PER_SECOND = 8

type TimeBarProps = {
  readonly time: TimeControl
  readonly node: number
  /** Goes so many nodes further. */
  readonly onNode: (step: 1 | -1) => void
}

/** Time travel: a slider, buttons, and keys for the whole page. */
export function TimeBar({ time, node, onNode }: TimeBarProps) {
  const [isPlaying, setPlaying] = useState(false)
  const { firstTick, lastTick, ticksPerSlot, tick } = time
  const goToChange = (direction: 1 | -1) => {
    const found = time.nextChange(node, direction)
    if (found !== undefined) time.goTo(found)
  }
  useEffect(() => {
    if (!isPlaying) return
    const timer = setInterval(() => {
      if (time.tick >= time.lastTick) setPlaying(false)
      else time.goTo(time.tick + Math.max(1, Math.round(ticksPerSlot / 4)))
    }, 1000 / FRAMES_PER_SECOND)
    return () => clearInterval(timer)
  }, [isPlaying, time, ticksPerSlot])
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      const focused = event.target as HTMLElement
      if (focused.closest('input, select, [data-keys]') !== null) return
      const act = keys.get(event.key)
      if (act === undefined || (event.key === ' ' && focused.closest('button, a') !== null)) return
      event.preventDefault()
      act(event.shiftKey ? ticksPerSlot : 1)
    }
    const keys = new Map<string, (step: number) => void>([
      ['ArrowLeft', (step) => time.goTo(time.tick - step)],
      ['ArrowRight', (step) => time.goTo(time.tick + step)],
      ['Home', () => time.goTo(firstTick)],
      ['End', () => time.goTo(lastTick)],
      ['[', () => onNode(-1)],
      [']', () => onNode(1)],
      [',', () => goToChange(-1)],
      ['.', () => goToChange(1)],
      [' ', () => setPlaying((playing) => !playing)],
    ])
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  })
  return (
    <section class="time" aria-label="Time">
      <div class="buttons">
        <TimeButton sign="|‹" label="Previous change of finality" act={() => goToChange(-1)} />
        <TimeButton sign="«" label="Back one slot" act={() => time.goTo(tick - ticksPerSlot)} />
        <TimeButton sign="‹" label="Back one step" act={() => time.goTo(tick - 1)} />
        <button type="button" class="play" onClick={() => setPlaying(!isPlaying)}>
          {isPlaying ? 'Pause' : 'Play'}
        </button>
        <TimeButton sign="›" label="Forward one step" act={() => time.goTo(tick + 1)} />
        <TimeButton sign="»" label="Forward one slot" act={() => time.goTo(tick + ticksPerSlot)} />
        <TimeButton sign="›|" label="Next change of finality" act={() => goToChange(1)} />
      </div>
      <input
        type="range"
        aria-label="Moment"
        aria-valuetext={`slot ${moment(tick, ticksPerSlot)}`}
        min={firstTick}
        max={lastTick}
        value={tick}
        onInput={(event) => time.goTo(Number((event.target as HTMLInputElement).value))}
      />
      <output class="moment">slot {moment(tick, ticksPerSlot)}</output>
      <p class="about">
        {time.description}
        {time.votesFrom > 0 && `; votes before slot ${time.votesFrom} were left out to bound the file`}
        <span class="keys">
          {' '}
          Keys: <kbd>←</kbd> <kbd>→</kbd> step, with <kbd>Shift</kbd> slot, <kbd>,</kbd> <kbd>.</kbd> change
          of finality, <kbd>[</kbd> <kbd>]</kbd> node, <kbd>Home</kbd> <kbd>End</kbd>, <kbd>Space</kbd> play
        </span>
      </p>
    </section>
  )
}

function TimeButton({ sign, label, act }: { sign: string; label: string; act: () => void }) {
  return (
    <button type="button" aria-label={label} title={label} onClick={act}>
      {sign}
    </button>
  )
}
