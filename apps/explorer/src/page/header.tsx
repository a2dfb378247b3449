import { useState } from 'preact/hooks'
import type { Model } from '../model/model.ts'
import type { Source } from './source.ts'

type HeaderProps = {
  readonly source: Source
  readonly model: Model
  readonly node: number
  readonly onNode: (node: number) => void
}

export function Header({ source, model, node, onNode }: HeaderProps) {
  const { isLive, text } = source.connectionOf(node)
  const isSyncing = model.sync?.state === 'syncing'
  return (
    <header>
      <div class="brand">
        <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
          <path d="M8 22 16 8l8 14" />
          <circle cx="8" cy="22" r="3.4" />
          <circle cx="24" cy="22" r="3.4" />
          <circle cx="16" cy="8" r="3.4" />
        </svg>
        <h1>{source.title}</h1>
      </div>
      <p class={isLive ? 'connection' : 'connection lost'} role="status">
        <span aria-hidden="true">{isLive ? '●' : '○'}</span> {text}
        {isSyncing && ', syncing'}
      </p>
      {source.nodes.length > 1 && (
        <label class="node-choice">
          Node{' '}
          <select
            value={node}
            onChange={(event) => onNode(Number((event.target as HTMLSelectElement).value))}
          >
            {source.nodes.map((name, index) => (
              <option key={`${index} ${name}`} value={index}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <ThemeButton />
    </header>
  )
}

function ThemeButton() {
  const [theme, setTheme] = useState<'light' | 'dark' | undefined>(undefined)
  const isDark = theme === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark'
  const next = isDark ? 'light' : 'dark'
  return (
    <button
      type="button"
      class="theme"
      onClick={() => {
        document.documentElement.dataset['theme'] = next
        setTheme(next)
      }}
    >
      {next === 'dark' ? 'Dark' : 'Light'}
    </button>
  )
}
