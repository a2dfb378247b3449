export { short } from '../model/explainFinality.ts'

export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? noun : plural}`
}

/** `12.2`: slot and interval. */
export function moment(tick: number, ticksPerSlot: number): string {
  return tick < 0 ? 'before genesis' : `${Math.floor(tick / ticksPerSlot)}.${tick % ticksPerSlot}`
}

export function milliseconds(value: number): string {
  if (value >= 10_000) return `${(value / 1000).toFixed(0)} s`
  if (value >= 1000) return `${(value / 1000).toFixed(1)} s`
  return value >= 10 || value === 0 ? `${value.toFixed(0)} ms` : `${value.toFixed(1)} ms`
}
