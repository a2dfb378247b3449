import type { ComponentChildren } from 'preact'

export type Column = { readonly name: string; readonly isNumber: boolean }

/** A column of words. */
export const words = (name: string): Column => ({ name, isNumber: false })

/** A column of numbers: its cells have the class `number`. */
export const numbers = (name: string): Column => ({ name, isNumber: true })

type TableProps = {
  readonly label: string
  readonly columns: readonly Column[]
  readonly kind?: string
  /** The rows. */
  readonly children: ComponentChildren
}

/** A table that may be wider than the screen: what scrolls must be reached by keyboard, and have a name. */
export function Table({ label, columns, kind, children }: TableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section class="table" aria-label={label} tabIndex={0}>
      <table class={kind}>
        <thead>
          <tr>
            {columns.map(({ name, isNumber }) => (
              <th key={name} scope="col" class={isNumber ? 'number' : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  )
}
