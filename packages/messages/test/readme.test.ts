import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { mailboxes, questions, type ServiceName, serviceNames } from '../src/index.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

/** The rows of the table with these column titles in a section, each as its cells without backticks. */
function rowsOf(section: string, titles: string): string[][] {
  const start = readme.indexOf(`## ${section}\n`)
  expect(start, `section ${section}`).toBeGreaterThan(-1)
  const end = readme.indexOf('\n## ', start + 1)
  // The formatter pads the cells.
  const lines = readme.slice(start, end).replaceAll(/ +/g, ' ').split('\n')
  const head = lines.indexOf(`| ${titles} |`)
  expect(head, `table "${titles}" in ${section}`).toBeGreaterThan(-1)
  const rows: string[][] = []
  for (const line of lines.slice(head + 2)) {
    if (!line.startsWith('|')) break
    rows.push(
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    )
  }
  return rows
}

const sectionOf = (service: ServiceName) => `${service[0]!.toUpperCase()}${service.slice(1)}Service`

describe.each(serviceNames)('the page on %s', (service) => {
  const { lanes, senders } = mailboxes[service]
  const messageRows = () => rowsOf(sectionOf(service), 'message | from | lane | meaning')

  it('names every lane as the code has it', () => {
    const written = rowsOf(sectionOf(service), 'lane | rank | capacity | when full')
    const coded = Object.entries(lanes.lanes).map(([name, { rank, capacity, whenFull }]) =>
      [name, rank, capacity, whenFull].map(String),
    )
    expect(written).toEqual(coded)
  })

  it('names every message, its senders and its lane as the code has them', () => {
    const written = Object.fromEntries(
      messageRows().map(([kind, from, lane]) => [kind, `${from} -> ${lane}`]),
    )
    const coded = Object.entries<string>(lanes.laneOf).map(([kind, lane]) => {
      const from = (senders as Record<string, readonly string[]>)[kind]!
      return [kind, `${from.join(', ').replace(service, 'self')} -> ${lane}`]
    })
    expect(written).toEqual(Object.fromEntries(coded))
  })

  it('marks exactly the questions as such', () => {
    const marked = messageRows().filter(([, , , meaning]) => meaning?.startsWith('_reply_'))
    expect(marked.map(([kind]) => kind).sort()).toEqual([...questions[service]].sort())
  })
})

/** Who asks whom, from the code: `validator -> chain` with the kinds of its questions. */
function askEdges(): Map<string, string[]> {
  const edges = new Map<string, string[]>()
  for (const service of serviceNames) {
    const senders = mailboxes[service].senders as Record<string, readonly string[]>
    for (const kind of questions[service]) {
      for (const sender of senders[kind]!) {
        const arrow = `${sender} -> ${service}`
        edges.set(arrow, [...(edges.get(arrow) ?? []), kind])
      }
    }
  }
  return edges
}

/** The services in an order in which everyone only asks those before; undefined when there is a cycle. */
function orderWithoutCycle(arrows: readonly string[]): string[] | undefined {
  let open = arrows.map((arrow) => arrow.split(' -> ') as [string, string])
  const left = new Set(open.flat())
  const order: string[] = []
  while (left.size > 0) {
    const free = [...left].find((name) => !open.some(([asker]) => asker === name))
    if (free === undefined) return undefined
    order.push(free)
    left.delete(free)
    open = open.filter(([, asked]) => asked !== free)
  }
  return order
}

describe('who asks whom', () => {
  it('is drawn as it is coded', () => {
    const picture = /```mermaid\n([\s\S]*?)```/.exec(readme)![1]!
    const arrows = [...picture.matchAll(/^ {2}(\w+) -->\|([^|]+)\| (\w+)$/gm)]
    expect(arrows.length).toBe(picture.trim().split('\n').length - 1)
    const drawn = arrows.map(
      ([, from, kinds, to]) => [`${from} -> ${to}`, kinds!.split(', ').sort()] as const,
    )
    const coded = [...askEdges()].map(([arrow, kinds]) => [arrow, kinds.sort()] as const)
    expect(new Map(drawn)).toEqual(new Map(coded))
  })

  it('has no cycle', () => {
    expect(orderWithoutCycle([...askEdges().keys()])).toContain('chain')
    expect(orderWithoutCycle(['a -> b', 'b -> c', 'c -> a'])).toBeUndefined()
    expect(orderWithoutCycle(['a -> b', 'a -> c', 'b -> c'])).toEqual(['c', 'b', 'a'])
  })
})
