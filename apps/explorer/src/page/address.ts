/** What the address remembers: a link shows the same moment, view and slot. */
export type Choice = {
  readonly view: View
  readonly node: number
  /** The chosen slot; undefined follows the newest one. */
  readonly slot: number | undefined
  /** Moment of a recording, in ticks. */
  readonly tick: number | undefined
}

export const VIEWS = ['chain', 'finality', 'validators', 'peers', 'mailboxes', 'duties', 'nodes'] as const
export type View = (typeof VIEWS)[number]

/** Reads `#view=chain&node=0&slot=12&at=12.3`. Whatever is wrong is left out. */
export function readAddress(hash: string, ticksPerSlot: number): Choice {
  const wanted = new URLSearchParams(hash.replace(/^#/, ''))
  const number = (name: string): number | undefined => {
    const text = wanted.get(name)
    return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined
  }
  const moment = /^(\d{1,9})\.(\d{1,4})$/.exec(wanted.get('at') ?? '')
  const view = VIEWS.find((name) => name === wanted.get('view')) ?? 'chain'
  return {
    view,
    node: number('node') ?? 0,
    slot: number('slot'),
    tick: moment === null ? undefined : Number(moment[1]) * ticksPerSlot + Number(moment[2]),
  }
}

export function writeAddress({ view, node, slot, tick }: Choice, ticksPerSlot: number): string {
  const parts = [`view=${view}`]
  if (node !== 0) parts.push(`node=${node}`)
  if (slot !== undefined) parts.push(`slot=${slot}`)
  if (tick !== undefined) parts.push(`at=${Math.floor(tick / ticksPerSlot)}.${tick % ticksPerSlot}`)
  return `#${parts.join('&')}`
}
