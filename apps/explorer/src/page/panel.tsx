import type { ComponentChildren } from 'preact'

type PanelProps = {
  readonly id: string
  readonly title: ComponentChildren
  /** Beside the title. */
  readonly aside?: ComponentChildren
  readonly kind?: string
  readonly cause?: string
  readonly children: ComponentChildren
}

/** A part of a view, named by its title. */
export function Panel({ id, title, aside, kind, cause, children }: PanelProps) {
  return (
    <section
      class={kind === undefined ? 'panel' : `panel ${kind}`}
      aria-labelledby={`${id}-title`}
      data-cause={cause}
    >
      <div class="panel-head">
        <h2 id={`${id}-title`}>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  )
}
