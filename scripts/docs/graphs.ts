/** Pictures of the house and of its messages, drawn from the tables that the code and its tests read. */
import { readFileSync } from 'node:fs'
import { mailboxes, questions, serviceNames } from '@trine/messages'
import { instance } from '@viz-js/viz'

/** Colours that can be read on a white and on a dark page. */
const STYLE = `bgcolor="transparent" nodesep=0.35
  node [shape=box style="rounded,filled" fillcolor="#e6ecfa" color="#5672cd" fontcolor="#1b1b1f" fontname="Helvetica,Arial,sans-serif" fontsize=13]
  edge [color="#808488" fontcolor="#808488" fontname="Helvetica,Arial,sans-serif" fontsize=10 arrowsize=0.7]`

async function draw(title: string, body: string): Promise<string> {
  const viz = await instance()
  const svg = viz.renderString(`digraph {\n${STYLE}\n${body}\n}`, { format: 'svg' })
  const drawn = svg.slice(svg.indexOf('<svg')).replaceAll(/<!--[\s\S]*?-->\n/g, '')
  return drawn.replace('>\n', `>\n<title>${title}</title>\n`)
}

type Arrows = Record<string, readonly string[]>

export function allowedImports(): Arrows {
  const graph = JSON.parse(readFileSync(new URL('../../import-graph.json', import.meta.url), 'utf8'))
  return (graph as { packages: Arrows }).packages
}

/** Everything that can be reached from a package by one arrow or more. */
function reachable(arrows: Arrows, from: string, seen = new Set<string>()): Set<string> {
  for (const next of arrows[from] ?? []) {
    if (!seen.has(next)) reachable(arrows, next, seen.add(next))
  }
  return seen
}

/** The arrows that do not follow from others. */
export function essential(arrows: Arrows): [from: string, to: string][] {
  return Object.entries(arrows).flatMap(([from, targets]) =>
    targets
      .filter((to) => !targets.some((other) => other !== to && reachable(arrows, other).has(to)))
      .map((to): [string, string] => [from, to]),
  )
}

/** The packages, who imports whom: import-graph.json without the arrows that follow from others. */
export function drawHouse(): Promise<string> {
  const arrows = allowedImports()
  const names = Object.keys(arrows).map((name) => `"${name}"`)
  const edges = essential(arrows).map(([from, to]) => `"${from}" -> "${to}"`)
  return draw('The packages of Trine and who imports whom', ['rankdir=BT', ...names, ...edges].join('\n'))
}

/** Kinds of messages by sender and receiver; results and timers that a service sends to itself are left out. */
export function messageArrows(): { from: string; to: string; asks: string[]; tells: string[] }[] {
  return serviceNames.flatMap((to) => {
    const senders = mailboxes[to].senders as Record<string, readonly string[]>
    const others = new Set(Object.values(senders).flat())
    others.delete(to)
    return [...others].map((from) => {
      const kinds = Object.keys(senders).filter((kind) => senders[kind]!.includes(from))
      const isQuestion = (kind: string) => (questions[to] as readonly string[]).includes(kind)
      return { from, to, asks: kinds.filter(isQuestion), tells: kinds.filter((kind) => !isQuestion(kind)) }
    })
  })
}

/** The services and their messages. A question is a blue arrow; what is only told is a grey one. */
export function drawMessages(): Promise<string> {
  const edges = messageArrows().flatMap(({ from, to, asks, tells }) => [
    ...(tells.length > 0 ? [`${from} -> ${to} [label="${tells.join('\\n')}"]`] : []),
    ...(asks.length > 0
      ? [`${from} -> ${to} [label="${asks.join('\\n')}" color="#5672cd" fontcolor="#5672cd" penwidth=1.5]`]
      : []),
  ])
  const outside = 'transport [fillcolor="#f4ead2" color="#b08a30"]\napi [fillcolor="#f4ead2" color="#b08a30"]'
  return draw('The services and the messages between them', ['ranksep=0.9', outside, ...edges].join('\n'))
}
