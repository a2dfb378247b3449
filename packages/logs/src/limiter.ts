/** So many lines of a kind in each span, milliseconds; the rest is counted. */
const SPAN = 60_000
const ALLOWED = 5

type Spell = { began: number; written: number; suppressed: number }

/** Keeps kinds of lines that others can cause from filling the log. Kinds are few: they come from our own words. */
export class Limiter {
  readonly #now: () => number
  readonly #spells = new Map<string, Spell>()

  /** @param now milliseconds since an arbitrary moment; never goes back */
  constructor(now: () => number) {
    this.#now = now
  }

  /** Whether a line of this kind may be written now. */
  allows(kind: string): boolean {
    const spell = this.#spells.get(kind) ?? { began: this.#now(), written: 0, suppressed: 0 }
    this.#spells.set(kind, spell)
    if (spell.written < ALLOWED) {
      spell.written += 1
      return true
    }
    spell.suppressed += 1
    return false
  }

  /** Ends the spans that are over; what was suppressed in them, by kind. */
  takeSuppressed(): { readonly kind: string; readonly count: number }[] {
    const counts: { kind: string; count: number }[] = []
    for (const [kind, { began, suppressed }] of this.#spells) {
      if (this.#now() - began < SPAN) continue
      this.#spells.delete(kind)
      if (suppressed > 0) counts.push({ kind, count: suppressed })
    }
    return counts
  }
}
