import { blockName, escapeMarkup, type Frame, frameAt, slotOfStep } from './frame.ts'
import type { Recording } from './recording.ts'
import { drawTimeline } from './timeline.ts'
import { drawTree } from './tree.ts'

/** What the reader of the page has chosen. */
type Choice = { step: number; track: number; windowSlots: number; isPlaying: boolean }

/** Brings the page to life: reads the recording beside the script and redraws on every change. */
export function startPage(): void {
  const recording = JSON.parse(element('recording').textContent) as Recording
  const choice = choiceFromAddress(recording)
  const redraw = (): void => renderPage(recording, choice)
  connectControls(recording, choice, redraw)
  connectKeyboard(recording, choice, redraw)
  window.addEventListener('resize', redraw)
  element('tree').addEventListener('scroll', keepAxisInSight)
  redraw()
}

export function element<Kind extends HTMLElement>(id: string): Kind {
  return document.getElementById(id) as Kind
}

/** Where the address says to start (`#step=345&staker=3`), else at the last step of the first staker. */
export function choiceFromAddress(recording: Recording): Choice {
  const wanted = new URLSearchParams(location.hash.slice(1))
  const numberOf = (name: string, otherwise: number): number => Number(wanted.get(name) ?? otherwise)
  const step = numberOf('step', recording.steps - 1)
  const track = recording.tracks.findIndex(({ staker }) => staker === numberOf('staker', -1))
  return {
    step: Math.min(Math.max(0, Number.isInteger(step) ? step : 0), recording.steps - 1),
    track: Math.max(0, track),
    windowSlots: numberOf('slots', Number(element<HTMLSelectElement>('window').value)),
    isPlaying: false,
  }
}

/** Goes to a step, kept within the run. */
export function goTo(recording: Recording, choice: Choice, step: number): void {
  choice.step = Math.min(Math.max(0, Math.round(step)), recording.steps - 1)
}

/** Goes to the next (1) or the previous (-1) step that changed head, justified or finalized block of the staker. */
export function goToChange(recording: Recording, choice: Choice, direction: 1 | -1): void {
  const { statuses } = recording.tracks[choice.track]!
  const steps: number[] = []
  let former = ''
  for (let at = 0; at < statuses.length; at += 7) {
    const state = statuses.slice(at + 1, at + 4).join()
    if (state !== former) steps.push(statuses[at]!)
    former = state
  }
  const found =
    direction === 1 ? steps.find((step) => step > choice.step) : steps.findLast((step) => step < choice.step)
  if (found !== undefined) goTo(recording, choice, found)
}

export function connectControls(recording: Recording, choice: Choice, redraw: () => void): void {
  const onClick = (id: string, act: () => void): void =>
    element(id).addEventListener('click', () => {
      act()
      redraw()
    })
  onClick('back-change', () => goToChange(recording, choice, -1))
  onClick('back-slot', () => goTo(recording, choice, choice.step - recording.slotDuration))
  onClick('back', () => goTo(recording, choice, choice.step - 1))
  onClick('forward', () => goTo(recording, choice, choice.step + 1))
  onClick('forward-slot', () => goTo(recording, choice, choice.step + recording.slotDuration))
  onClick('forward-change', () => goToChange(recording, choice, 1))
  onClick('play', () => togglePlaying(recording, choice, redraw))
  onClick('theme', () => {
    const root = document.documentElement
    const isDark =
      getComputedStyle(root).colorScheme === 'light dark' ? prefersDark() : root.style.colorScheme === 'dark'
    root.style.colorScheme = isDark ? 'light' : 'dark'
  })
  for (const id of ['slider', 'step']) {
    element(id).addEventListener('input', (event) => {
      goTo(recording, choice, Number((event.target as HTMLInputElement).value))
      redraw()
    })
  }
  element('staker').addEventListener('change', (event) => {
    choice.track = Number((event.target as HTMLSelectElement).value)
    redraw()
  })
  element('window').addEventListener('change', (event) => {
    choice.windowSlots = Number((event.target as HTMLSelectElement).value)
    redraw()
  })
  element('stakers').addEventListener('click', (event) => {
    const button = (event.target as HTMLElement).closest('button')
    if (button === null) return
    choice.track = Number(button.dataset['track'])
    redraw()
    element('stakers').querySelector<HTMLElement>(`[data-track="${choice.track}"]`)?.focus()
  })
  element('timeline').addEventListener('click', (event) => {
    const svg = element('timeline').querySelector('svg')!
    const { left, right } = (svg.querySelector('.cursor') as SVGElement).dataset
    const share =
      (event.clientX - svg.getBoundingClientRect().left - Number(left)) / (Number(right) - Number(left))
    goTo(recording, choice, share * (recording.steps - 1))
    redraw()
  })
}

export function prefersDark(): boolean {
  return matchMedia('(prefers-color-scheme: dark)').matches
}

/** Keys for the whole page, except where the focused control has its own use for them. */
export function connectKeyboard(recording: Recording, choice: Choice, redraw: () => void): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const focused = event.target as HTMLElement
    if (focused.closest('input[type=number], select') !== null) return
    if (event.key === ' ' && focused.closest('button') !== null) return
    const slot = event.shiftKey ? recording.slotDuration : 1
    if (event.key === 'ArrowLeft') goTo(recording, choice, choice.step - slot)
    else if (event.key === 'ArrowRight') goTo(recording, choice, choice.step + slot)
    else if (event.key === 'Home') goTo(recording, choice, 0)
    else if (event.key === 'End') goTo(recording, choice, recording.steps - 1)
    else if (event.key === ',') goToChange(recording, choice, -1)
    else if (event.key === '.') goToChange(recording, choice, 1)
    else if (event.key === '[')
      choice.track = (choice.track + recording.tracks.length - 1) % recording.tracks.length
    else if (event.key === ']') choice.track = (choice.track + 1) % recording.tracks.length
    else if (event.key === ' ') togglePlaying(recording, choice, redraw)
    else return
    event.preventDefault()
    redraw()
  })
}

/** Starts or stops playing: 12 steps a second, from the start again when at the end. */
export function togglePlaying(recording: Recording, choice: Choice, redraw: () => void): void {
  choice.isPlaying = !choice.isPlaying
  if (!choice.isPlaying) return
  if (choice.step >= recording.steps - 1) choice.step = 0
  let former: number | undefined
  let due = 0
  const advance = (now: number): void => {
    if (!choice.isPlaying) return
    due += former === undefined ? 0 : ((now - former) * 12) / 1000
    former = now
    if (due >= 1) {
      goTo(recording, choice, choice.step + Math.floor(due))
      due %= 1
      if (choice.step === recording.steps - 1) choice.isPlaying = false
      redraw()
    }
    requestAnimationFrame(advance)
  }
  requestAnimationFrame(advance)
}

export function renderPage(recording: Recording, choice: Choice): void {
  const frames = recording.tracks.map((_, track) => frameAt(recording, track, choice.step))
  const frame = frames[choice.track]!
  element<HTMLInputElement>('slider').value = String(choice.step)
  element<HTMLInputElement>('slider').setAttribute('aria-valuetext', stepText(recording, choice.step))
  element<HTMLInputElement>('step').value = String(choice.step)
  element<HTMLSelectElement>('staker').value = String(choice.track)
  element<HTMLSelectElement>('window').value = String(choice.windowSlots)
  element('play').textContent = choice.isPlaying ? 'Pause' : 'Play'
  element('summary').setAttribute('aria-live', choice.isPlaying ? 'off' : 'polite')
  element('summary').textContent = summaryText(recording, frame, frames)
  renderTree(recording, frame, choice.windowSlots)
  renderTable(recording, choice, frames)
  renderTimeline(recording, choice)
  history.replaceState(null, '', `#step=${choice.step}&staker=${frame.staker}&slots=${choice.windowSlots}`)
}

/** "Step 345: slot 30, 10 of 12". */
export function stepText(recording: Recording, step: number): string {
  const inSlot = (step + 1) % recording.slotDuration
  return `Step ${step}: slot ${slotOfStep(recording, step)}, time ${inSlot} of ${recording.slotDuration}`
}

export function summaryText(recording: Recording, frame: Frame, frames: readonly Frame[]): string {
  const sharing = frames.filter(({ head }) => head === frame.head).length
  const others = frames.length === 1 ? '' : ` ${sharing} of ${frames.length} stakers have this head.`
  return (
    `${stepText(recording, frame.step)}. Staker ${frame.staker}: head ${blockName(recording, frame.head)}, ` +
    `justified ${blockName(recording, frame.justified)}, finalized ${blockName(recording, frame.finalized)}, ` +
    `safe target ${blockName(recording, frame.safeTarget)}.${others}`
  )
}

/** Draws the tree; scrolls only when the head would be out of sight. */
export function renderTree(recording: Recording, frame: Frame, windowSlots: number): void {
  const box = element('tree')
  box.innerHTML = drawTree(recording, frame, windowSlots, '')
  const head = box.querySelector(`[data-block="${frame.head}"] rect`)
  if (head !== null) {
    const { left, right, top, bottom } = head.getBoundingClientRect()
    const view = box.getBoundingClientRect()
    if (left < view.left + 60 || right > view.right - 20) {
      box.scrollLeft += (left + right - view.left - view.right) / 2
    }
    if (top < view.top + 20 || bottom > view.bottom - 60)
      box.scrollTop += bottom - view.top - 0.8 * view.height
  }
  keepAxisInSight()
}

/** The slot numbers stay at the left edge, however far the tree is scrolled. */
export function keepAxisInSight(): void {
  const box = element('tree')
  box.querySelector('.axis')?.setAttribute('transform', `translate(${box.scrollLeft} 0)`)
}

export function renderTable(recording: Recording, choice: Choice, frames: readonly Frame[]): void {
  const selected = frames[choice.track]!
  const cell = (block: number, reference: number): string =>
    `<td${block === reference ? '' : ' class="differs"'}>${escapeMarkup(blockName(recording, block).replace('slot ', ''))}</td>`
  element('stakers').innerHTML = frames
    .map(
      (frame, track) =>
        `<tr${track === choice.track ? ' data-selected' : ''}><th scope="row"><button type="button" data-track="${track}" aria-pressed="${track === choice.track}">${frame.staker}</button></th>` +
        `${cell(frame.head, selected.head)}${cell(frame.justified, selected.justified)}${cell(frame.finalized, selected.finalized)}` +
        `<td class="number">${frame.blocks.length}</td><td class="number">${frame.knownVotes}+${frame.newVotes}</td></tr>`,
    )
    .join('')
}

/** Draws the timeline when the staker or the width changed, and moves its cursor. */
export function renderTimeline(recording: Recording, choice: Choice): void {
  const box = element('timeline')
  const key = `${choice.track} ${box.clientWidth}`
  if (box.dataset['drawn'] !== key) {
    box.innerHTML = drawTimeline(recording, choice.track, Math.max(480, box.clientWidth), 230)
    box.dataset['drawn'] = key
  }
  const cursor = box.querySelector<SVGLineElement>('.cursor')!
  const [left, right] = [Number(cursor.dataset['left']), Number(cursor.dataset['right'])]
  const x = left + ((right - left) * choice.step) / Math.max(1, recording.steps - 1)
  cursor.setAttribute('x1', String(x))
  cursor.setAttribute('x2', String(x))
}
