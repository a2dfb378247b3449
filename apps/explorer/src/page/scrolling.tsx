import type { ComponentChildren } from 'preact'

/** A table that may be wider than the screen: what scrolls must be reached by keyboard, and have a name. */
export function Scrolling({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section class="table" aria-label={label} tabIndex={0}>
      {children}
    </section>
  )
}
