import type { JournalEntry } from '../journal.ts'

/** What an entry must look like: the actor's name after the slash, the kind, and any of the message's fields. */
export type Step = { readonly actor: string; readonly type: string; readonly [field: string]: unknown }

/**
 * Checks that the journal has these steps in this order, others in between allowed. Throws an error that names the
 * first step not found and lists what came after the one before.
 */
export function expectSequence(entries: readonly JournalEntry[], steps: readonly Step[]): void {
  let position = 0
  for (const [index, step] of steps.entries()) {
    const found = entries.findIndex((entry, at) => at >= position && matches(entry, step))
    if (found === -1) {
      const rest = entries.slice(position, position + 20).map(describe)
      throw new Error(
        `step ${index + 1} of ${steps.length} not found: ${JSON.stringify(step)}\nafter step ${index} came:\n${rest.join('\n')}`,
      )
    }
    position = found + 1
  }
}

function matches(entry: JournalEntry, { actor, ...fields }: Step): boolean {
  return nameOf(entry) === actor && isPartOf(fields, entry.message)
}

/** Whether every field of `part` is in `whole`, all the way down. */
function isPartOf(part: unknown, whole: unknown): boolean {
  if (typeof part !== 'object' || part === null) return Object.is(part, whole)
  if (typeof whole !== 'object' || whole === null) return false
  return Object.entries(part).every(([name, value]) =>
    isPartOf(value, (whole as Record<string, unknown>)[name]),
  )
}

function nameOf(entry: JournalEntry): string {
  return entry.actor.slice(entry.actor.lastIndexOf('/') + 1)
}

function describe(entry: JournalEntry): string {
  return `  ${entry.time} ${nameOf(entry)} ${entry.message.type}`
}
