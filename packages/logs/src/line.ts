import type { Component, Level } from './components.ts'

export type FieldValue = string | number | boolean | undefined

/** One thing that an operator may want to know. */
export type Line = {
  readonly component: Component
  readonly level: Exclude<Level, 'silent'>
  /** The same words for the same kind of thing; what differs is in the fields. */
  readonly message: string
  readonly fields: Readonly<Record<string, FieldValue>>
  /** What to do about it. */
  readonly advice?: string
  /** Others can make as many of these as they like: after a few, they are only counted. */
  readonly isLimited?: boolean
}

/** A root as it is shown to people: its first four bytes. */
export function shortRoot(root: string): string {
  return root.slice(0, 10)
}

/** Milliseconds as whole ones, or with one digit where they are few. */
export function milliseconds(time: number): number {
  return time < 10 ? Math.round(time * 10) / 10 : Math.round(time)
}

/** Slots as a duration that people grasp: `3 h 20 min`. */
export function durationOfSlots(slots: number, secondsPerSlot: number): string {
  const seconds = Math.round(slots * secondsPerSlot)
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ]
  if (days > 0) return `${days} d ${hours} h`
  if (hours > 0) return `${hours} h ${minutes} min`
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`
}
