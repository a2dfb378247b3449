import { NodeFeed } from '../live/nodeFeed.ts'
import type { Source } from './source.ts'

/** Most nodes side by side. */
const MOST_NODES = 16

/** The nodes that the address names (`?nodes=URL,URL`), or the one that served the page. */
export function createLiveSource(href: string): Source {
  const listeners = new Set<() => void>()
  let isDrawingDue = false
  const onChange = () => {
    if (isDrawingDue) return
    isDrawingDue = true
    requestAnimationFrame(() => {
      isDrawingDue = false
      for (const listener of listeners) listener()
    })
  }
  const feeds = nodesOf(href).map((url) => new NodeFeed(url, onChange))
  for (const feed of feeds) void feed.run()
  return {
    title: 'Trine explorer',
    get nodes() {
      return feeds.map(({ name, url }) =>
        feeds.some((other) => other.name === name && other.url !== url)
          ? `${name} (${new URL(url).host})`
          : name,
      )
    },
    modelOf: (node) => feeds[node]!.model,
    standings: () =>
      feeds.map(({ name, model }) => ({
        name,
        head: model.head,
        heads: model.heads,
        justified: model.justified,
        finalized: model.finalized,
        tick: model.tick,
      })),
    connectionOf: (node) => feeds[node]!.connection,
    time: undefined,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Throws for an address that is none. */
function nodesOf(href: string): string[] {
  const { origin, searchParams } = new URL(href)
  const named = (searchParams.get('nodes') ?? '').split(',').filter((text) => text.trim() !== '')
  if (named.length === 0) return [origin]
  return named.slice(0, MOST_NODES).map((text) => {
    const wanted = text.trim()
    if (!/^https?:\/\/[^/]+/.test(wanted) || !URL.canParse(wanted)) {
      throw new Error(`nodes: expected addresses like http://127.0.0.1:5052, got ${wanted}`)
    }
    return wanted
  })
}
