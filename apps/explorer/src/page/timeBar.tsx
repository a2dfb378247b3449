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
  const { firstTick, lastTick, ticksPerSlot, tick } = time
  const [isPlaying, playOrPause] = usePlaying(time)
  const goToChange = (direction: 1 | -1) => {
    const found = time.nextChange(node, direction)
    if (found !== undefined) time.goTo(found)
  }
  useKeys(ticksPerSlot, [
    ['ArrowLeft', (step) => time.goTo(time.tick - step)],
    ['ArrowRight', (step) => time.goTo(time.tick + step)],
    ['Home', () => time.goTo(firstTick)],
    ['End', () => time.goTo(lastTick)],
    ['[', () => onNode(-1)],
    [']', () => onNode(1)],
    [',', () => goToChange(-1)],
    ['.', () => goToChange(1)],
    [' ', playOrPause],
  ])
  return (
    <section class="time" aria-label="Time">
      <div class="buttons">
        <TimeButton sign="|‹" label="Previous change of finality" act={() => goToChange(-1)} />
        <TimeButton sign="«" label="Back one slot" act={() => time.goTo(tick - ticksPerSlot)} />
        <TimeButton sign="‹" label="Back one step" act={() => time.goTo(tick - 1)} />
        <button type="button" class="play" onClick={playOrPause}>
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
      <About time={time} />
    </section>
  )
}

/** Whether time goes on by itself, up to its end; and what begins and ends that. */
function usePlaying(time: TimeControl): [boolean, () => void] {
  const [isPlaying, setPlaying] = useState(false)
  useEffect(() => {
    if (!isPlaying) return
    const timer = setInterval(() => {
      if (time.tick >= time.lastTick) setPlaying(false)
      else time.goTo(time.tick + Math.max(1, Math.round(time.ticksPerSlot / 4)))
    }, 1000 / FRAMES_PER_SECOND)
    return () => clearInterval(timer)
  }, [isPlaying, time])
  return [isPlaying, () => setPlaying((playing) => !playing)]
}

/** Keys for the whole page; what has the focus keeps those that it needs itself. With Shift a step is a slot. */
function useKeys(ticksPerSlot: number, keys: readonly (readonly [string, (step: number) => void])[]): void {
  useEffect(() => {
    const acts = new Map(keys)
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      const focused = event.target as HTMLElement
      if (focused.closest('input, select, [data-keys]') !== null) return
      const act = acts.get(event.key)
      if (act === undefined || (event.key === ' ' && focused.closest('button, a') !== null)) return
      event.preventDefault()
      act(event.shiftKey ? ticksPerSlot : 1)
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  })
}

function About({ time }: { time: TimeControl }) {
  return (
    <p class="about">
      {time.description}
      {time.votesFrom > 0 && `; votes before slot ${time.votesFrom} were left out to bound the file`}.
      <span class="keys">
        {' '}
        Keys: <kbd>←</kbd> <kbd>→</kbd> step, with <kbd>Shift</kbd> slot, <kbd>,</kbd> <kbd>.</kbd> change of
        finality, <kbd>[</kbd> <kbd>]</kbd> node, <kbd>Home</kbd> <kbd>End</kbd>, <kbd>Space</kbd> play
      </span>
    </p>
  )
}

function TimeButton({ sign, label, act }: { sign: string; label: string; act: () => void }) {
  return (
    <button type="button" aria-label={label} title={label} onClick={act}>
      {sign}
    </button>
  )
}
