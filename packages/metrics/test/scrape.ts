/** Samples of a scrape by name with labels: `lean_finalizations_total{result="success"}`. */
export type Samples = ReadonlyMap<string, number>

/** Reads Prometheus' text format, as far as prom-client writes it. */
export function parseScrape(text: string): Samples {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ')
      return [line.slice(0, space), Number(line.slice(space + 1))]
    }),
  )
}
