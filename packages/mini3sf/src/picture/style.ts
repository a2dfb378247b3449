type Palette = Readonly<Record<'paper' | 'ink' | 'faint' | 'grid' | Part, string>>
type Part = 'block' | 'justified' | 'finalized' | 'head' | 'vote' | 'target' | 'onNode' | 'onVote'

/** The colours of the Python plot: justified blue, finalized purple, head green, others black, votes orange and grey. */
const LIGHT: Palette = {
  paper: '#ffffff',
  ink: '#1c2128',
  faint: '#59636e',
  grid: '#e4e8ec',
  block: '#2a2f36',
  justified: '#1f5fd0',
  finalized: '#7b2fb5',
  head: '#1a7f37',
  vote: '#f59e0b',
  target: '#8b949e',
  onNode: '#ffffff',
  onVote: '#1c2128',
}

const DARK: Palette = {
  paper: '#14181d',
  ink: '#e8ecf0',
  faint: '#9ba5b0',
  grid: '#2a3038',
  block: '#4a535e',
  justified: '#2f6fe0',
  finalized: '#9247cf',
  head: '#1d8339',
  vote: '#f5a524',
  target: '#7d8792',
  onNode: '#ffffff',
  onVote: '#14181d',
}

/** The rules of the pictures, each colour as the given function writes it. */
function pictureRules(color: (name: keyof Palette) => string): string {
  return `
svg{font-family:ui-sans-serif,system-ui,sans-serif;font-size:12px}
.paper{fill:${color('paper')}}
.row{stroke:${color('grid')}}
.slot{fill:${color('faint')};font-size:11px}
.edge{stroke:${color('ink')};stroke-width:1.4;fill:none}
.tip{fill:${color('ink')}}
.node text{fill:${color('onNode')};font-family:ui-monospace,monospace}
.node .part{fill:${color('ink')};font-family:inherit;font-weight:600;font-size:11px;paint-order:stroke;stroke:${color('paper')};stroke-width:4px}
.node.block rect{fill:${color('block')}}
.node.justified rect{fill:${color('justified')}}
.node.finalized rect{fill:${color('finalized')}}
.node.head rect{fill:${color('head')}}
.node.safe rect{stroke:${color('vote')};stroke-width:3px}
.vote circle{fill:${color('vote')}}
.vote text{fill:${color('onVote')};font-size:10px}
.vote-head{stroke:${color('vote')};stroke-dasharray:4 3;fill:none}
.vote-target{stroke:${color('target')};stroke-dasharray:3 4;fill:none;opacity:.75}
`
}

/** The style of a picture that stands alone: written-out colours, dark ones where the reader prefers them. */
export function standaloneStyle(): string {
  const light = pictureRules((name) => LIGHT[name])
  return `${light}@media (prefers-color-scheme:dark){${pictureRules((name) => DARK[name])}}`
}
