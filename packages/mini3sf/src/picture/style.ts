type Palette = Readonly<Record<'paper' | 'ink' | 'faint' | 'grid' | Part, string>>
type Part = 'block' | 'justified' | 'finalized' | 'head' | 'vote' | 'target' | 'onNode' | 'onVote' | 'reorg'

/** The colours of the Python plot: justified blue, finalized purple, head green, others black, votes orange and grey. */
export const LIGHT: Palette = {
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
  reorg: '#c9252d',
}

export const DARK: Palette = {
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
  reorg: '#ff6b6b',
}

/** The rules of the pictures, each colour as the given function writes it. */
export function pictureRules(color: (name: keyof Palette) => string): string {
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
.line{fill:none;stroke-width:2}
.line.head{stroke:${color('head')}}
.line.justified{stroke:${color('justified')};stroke-dasharray:7 3}
.line.finalized{stroke:${color('finalized')};stroke-width:3}
.line.now{stroke:${color('faint')};stroke-width:1;stroke-dasharray:2 4}
.reorg{fill:${color('reorg')}}
.cursor{stroke:${color('ink')};stroke-width:1.5}
`
}

/** The style of a picture that stands alone: written-out colours, dark ones where the reader prefers them. */
export function standaloneStyle(): string {
  const light = pictureRules((name) => LIGHT[name])
  return `${light}@media (prefers-color-scheme:dark){${pictureRules((name) => DARK[name])}}`
}

/** The style of the page: the pictures' rules and the page's own, colours as variables that follow the colour scheme. */
export function pageStyle(): string {
  const names = Object.keys(LIGHT) as (keyof Palette)[]
  const variables = names.map((name) => `--${name}:light-dark(${LIGHT[name]},${DARK[name]})`).join(';')
  return `:root{color-scheme:light dark;${variables}}${pictureRules((name) => `var(--${name})`)}${PAGE_RULES}`
}

const PAGE_RULES = `
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.45 ui-sans-serif,system-ui,sans-serif}
header,.controls,main,footer{max-width:1500px;margin:0 auto;padding:0 20px}
header{padding-top:16px;display:flex;gap:16px;align-items:baseline;flex-wrap:wrap}
h1{font-size:20px;margin:0}
h2{font-size:15px;margin:0 0 8px}
header p{margin:0;color:var(--faint);flex:1 1 300px}
.bar{position:sticky;top:0;background:var(--paper);border-bottom:1px solid var(--grid);z-index:2}
.controls{padding-top:10px;padding-bottom:10px;display:flex;gap:8px 14px;align-items:center;flex-wrap:wrap}
.controls label{display:inline-flex;gap:6px;align-items:center;color:var(--faint)}
.controls .buttons{display:inline-flex;gap:4px}
button,select,input[type=number]{font:inherit;color:inherit;background:var(--paper);border:1px solid var(--target);border-radius:6px;padding:4px 9px;min-height:32px}
button:hover,select:hover{border-color:var(--ink)}
button:focus-visible,select:focus-visible,input:focus-visible,.scroll:focus-visible{outline:3px solid var(--justified);outline-offset:2px}
input[type=number]{width:88px}
#slider{flex:1 1 260px;min-width:180px;accent-color:var(--justified);min-height:32px}
main{display:grid;grid-template-columns:minmax(0,1fr) minmax(420px,580px);gap:20px;padding-top:14px}
section{min-width:0}
.wide{grid-column:1/-1}
.scroll{overflow:auto;border:1px solid var(--grid);border-radius:8px}
#tree{height:min(66vh,720px)}
#tree svg{display:block;margin:0 auto}
#timeline svg{display:block;cursor:pointer}
#summary{margin:0 0 10px;min-height:4.4em}
table{border-collapse:collapse;width:100%;font-size:12px}
th,td{text-align:left;padding:3px 6px;white-space:nowrap}
thead th{position:sticky;top:0;background:var(--paper);border-bottom:1px solid var(--grid);font-weight:600}
td{font-family:ui-monospace,monospace}
td.number{text-align:right}
tbody tr[data-selected]{background:var(--grid)}
tbody button{border-color:transparent;background:none;padding:0 4px;min-height:26px;text-decoration:underline}
.differs::after{content:" \\2260";color:var(--reorg);font-weight:700}
.stakers{max-height:min(46vh,500px)}
.legend{display:flex;gap:4px 14px;flex-wrap:wrap;list-style:none;padding:0;margin:8px 0 0;font-size:13px;color:var(--faint)}
.legend i{display:inline-block;width:20px;height:12px;border-radius:6px;margin-right:5px;vertical-align:-1px}
kbd{font:12px ui-monospace,monospace;border:1px solid var(--target);border-radius:4px;padding:0 4px}
footer{padding-top:14px;padding-bottom:24px;color:var(--faint);font-size:13px}
@media (max-width:1080px){main{grid-template-columns:minmax(0,1fr)}#tree{height:60vh}.bar{position:static}}
`
