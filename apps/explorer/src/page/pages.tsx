import { useState } from 'preact/hooks'

/** Items a page at a time: those of the chosen page, and buttons to choose another where there are more. */
export function usePages<T>(items: readonly T[], size: number) {
  const [page, setPage] = useState(0)
  const pages = Math.max(1, Math.ceil(items.length / size))
  const shown = Math.min(page, pages - 1)
  return {
    shownItems: items.slice(shown * size, (shown + 1) * size),
    buttons: pages > 1 && <Pages shown={shown} pages={pages} onPage={setPage} />,
    goToFirst: () => setPage(0),
  }
}

type PagesProps = { readonly shown: number; readonly pages: number; readonly onPage: (page: number) => void }

function Pages({ shown, pages, onPage }: PagesProps) {
  return (
    <span>
      <button
        type="button"
        aria-label="Previous page"
        disabled={shown === 0}
        onClick={() => onPage(shown - 1)}
      >
        ‹
      </button>{' '}
      {shown + 1} of {pages}{' '}
      <button
        type="button"
        aria-label="Next page"
        disabled={shown === pages - 1}
        onClick={() => onPage(shown + 1)}
      >
        ›
      </button>
    </span>
  )
}
