import { blockName, escapeMarkup, frameAt, slotOfStep } from './frame.ts'
import * as pageScript from './pageScript.ts'
import type { Recording } from './recording.ts'
import { pageStyle } from './style.ts'
import { drawTimeline, historyOf } from './timeline.ts'
import { drawBlock, drawTree, drawVotes, layoutTree, partsOf, roleOf } from './tree.ts'

/** Everything that runs in the page; its text becomes the page's script. */
const PAGE_FUNCTIONS: readonly ((...parameters: never[]) => unknown)[] = [
  blockName,
  escapeMarkup,
  frameAt,
  slotOfStep,
  layoutTree,
  roleOf,
  partsOf,
  drawTree,
  drawBlock,
  drawVotes,
  historyOf,
  drawTimeline,
  ...Object.values(pageScript),
]

/** How much of the tree the page shows: labels and numbers of slots, 0 for all. */
const WINDOWS = [
  ['latest 8 slots', 8],
  ['latest 16 slots', 16],
  ['latest 40 slots', 40],
  ['all', 0],
] as const
const INITIAL_WINDOW = 16

/**
 * A page that shows a recording: block tree of one staker at one step, all stakers' views, finality timeline. One file
 * that needs nothing else and asks no other host for anything.
 */
export function replayPage(recording: Recording): string {
  const title = `3sf-mini replay: ${recording.name}`
  const { seed, stakers, steps, slotDuration } = recording
  const shownSeed = seed.length > 24 ? `${seed.slice(0, 20)}...` : seed
  const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`
  const data = JSON.stringify(recording).replaceAll('<', '\\u003c')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escapeMarkup(title)}</title>
<style>${pageStyle()}</style>
</head>
<body>
<header>
<h1>${escapeMarkup(title)}</h1>
<p>seed ${escapeMarkup(shownSeed)}, ${count(stakers, 'staker')}, ${count(steps, 'step')}, slots of ${slotDuration} steps</p>
<button type="button" id="theme">Light or dark</button>
</header>
${controls(recording)}
<main>
<section aria-labelledby="tree-title"><h2 id="tree-title">Block tree and latest votes</h2>
<div id="tree" class="scroll" tabindex="0" role="region" aria-labelledby="tree-title"></div>
${LEGEND}</section>
<section aria-labelledby="views-title"><h2 id="views-title">Views of the stakers</h2>
<p id="summary" aria-live="polite"></p>
<div class="scroll stakers" tabindex="0" role="region" aria-labelledby="views-title"><table>
<thead><tr><th scope="col">Staker</th><th scope="col">Head</th><th scope="col">Justified</th><th scope="col">Finalized</th><th scope="col">Blocks</th><th scope="col">Votes+new</th></tr></thead>
<tbody id="stakers"></tbody></table></div>
<ul class="legend"><li><span class="differs">name</span> differs from the chosen view</li></ul></section>
<section class="wide" aria-labelledby="timeline-title"><h2 id="timeline-title">Finality timeline: slots of the chosen view against steps</h2>
<div id="timeline" class="scroll"></div>
<ul class="legend">${legendLine('head', 'head')}${legendLine('justified', 'justified, dashed')}${legendLine('finalized', 'finalized, thick')}${legendLine('faint', 'slot of the clock, dotted')}${legendLine('reorg', 'reorg')}</ul></section>
</main>
<footer>Keys: <kbd>←</kbd> <kbd>→</kbd> step, with <kbd>Shift</kbd> slot; <kbd>Home</kbd> <kbd>End</kbd>; <kbd>,</kbd> <kbd>.</kbd> previous and next change; <kbd>[</kbd> <kbd>]</kbd> staker; <kbd>Space</kbd> play or pause. A click on the timeline goes there. The address keeps step and view.</footer>
<script type="application/json" id="recording">${data}</script>
<script>${PAGE_FUNCTIONS.map(String).join('\n')}
startPage()</script>
</body>
</html>
`
}

function controls({ steps, tracks }: Recording): string {
  const views = tracks.map(({ staker }, track) => `<option value="${track}">staker ${staker}</option>`)
  const windows = WINDOWS.map(
    ([label, slots]) =>
      `<option value="${slots}"${slots === INITIAL_WINDOW ? ' selected' : ''}>${label}</option>`,
  )
  return `<div class="bar"><div class="controls" role="group" aria-label="Time and view">
<span class="buttons">
${button('back-change', '|‹', 'Previous change of head, justified or finalized')}
${button('back-slot', '«', 'Back one slot')}
${button('back', '‹', 'Back one step')}
<button type="button" id="play">Play</button>
${button('forward', '›', 'Forward one step')}
${button('forward-slot', '»', 'Forward one slot')}
${button('forward-change', '›|', 'Next change of head, justified or finalized')}
</span>
<input type="range" id="slider" min="0" max="${steps - 1}" value="${steps - 1}" aria-label="Step">
<label>Step <input type="number" id="step" min="0" max="${steps - 1}" value="${steps - 1}"></label>
<label>View of <select id="staker">${views.join('')}</select></label>
<label>Blocks <select id="window">${windows.join('')}</select></label>
</div></div>`
}

function button(id: string, sign: string, label: string): string {
  return `<button type="button" id="${id}" aria-label="${label}" title="${label}">${sign}</button>`
}

function legendLine(color: string, label: string): string {
  return `<li><i style="background:var(--${color})"></i>${label}</li>`
}

const LEGEND = `<ul class="legend">${legendLine('justified', 'justified')}${legendLine('finalized', 'finalized')}${legendLine('head', 'head')}${legendLine('block', 'other block')}<li><i style="border:3px solid var(--vote)"></i>safe target</li>${legendLine('vote', 'latest vote of a staker, to its head')}${legendLine('target', 'and to its target')}</ul>`
