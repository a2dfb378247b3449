import { collectDefaultMetrics, Registry } from 'prom-client'
import type { Definition } from './definition.ts'
import { DEFINITIONS } from './instruments.ts'

/** Names of the process' own metrics, which prom-client defines. */
export function processMetricNames(): readonly string[] {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry.getMetricsAsArray().map(({ name }) => name)
}

/** The page docs/metrics.md: every metric with kind, labels and bounds, out of the definitions. */
export function metricsPage(): string {
  const isStandard = ({ name }: Definition) => name.startsWith('lean_')
  return `# Metrics

<!-- Written by \`npm run docs:metrics\` from packages/metrics. -->

A node serves its metrics in Prometheus' text format at \`/metrics\` of its metrics port, and \`/health\` beside it.
\`devnet/\` has a Prometheus configuration, alert rules and a Grafana dashboard for them.

## Standard names

Those of leanMetrics that mean something on devnet-1, where votes are not aggregated. Labels and bounds are the standard's,
except for \`lean_tick_interval_duration_seconds\`: its bounds lie around the 1 s of devnet-1's intervals.

${table(DEFINITIONS.filter(isStandard))}

## Names of Trine

${table(DEFINITIONS.filter((definition) => !isStandard(definition)))}

## The process

Memory, processor time, garbage collection and the event loop, as [prom-client](https://github.com/siimon/prom-client) has
them: ${processMetricNames()
    .map((name) => `\`${name}\``)
    .join(', ')}.
`
}

function table(definitions: readonly Definition[]): string {
  const rows = definitions.map(({ name, kind, labels, buckets, help }) => {
    const cells = [`\`${name}\``, kind, labels.join(', ') || '-', buckets.join(' ') || '-', help]
    return `| ${cells.join(' | ')} |`
  })
  return ['| name | kind | labels | bounds | meaning |', '| --- | --- | --- | --- | --- |', ...rows].join(
    '\n',
  )
}
