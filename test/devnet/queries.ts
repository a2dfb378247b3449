import { readFileSync } from 'node:fs'
import { DEFINITIONS } from '@trine/metrics'
import { parse } from 'yaml'
import { ROWS } from '../../scripts/grafana/dashboard.ts'

export const DEVNET = new URL('../../devnet/', import.meta.url)

export function read(file: string): string {
  return readFileSync(new URL(file, DEVNET), 'utf8')
}

/** A query and where it stands. */
export type Query = { readonly where: string; readonly expression: string }

export const PANEL_QUERIES: readonly Query[] = ROWS.flatMap(({ title: row, panels }) =>
  panels.flatMap(({ title, queries }) =>
    queries.map(([expression]) => ({ where: `${row}: ${title}`, expression })),
  ),
)

type Rules = { readonly groups: readonly { readonly rules: readonly { alert: string; expr: string }[] }[] }

export const ALERT_QUERIES: readonly Query[] = (parse(read('prometheus/alerts.yml')) as Rules).groups.flatMap(
  ({ rules }) => rules.map(({ alert, expr }) => ({ where: alert, expression: expr })),
)

const HISTOGRAMS = new Set(
  DEFINITIONS.filter(({ kind }) => kind === 'histogram').map(({ name }) => name),
).add('nodejs_gc_duration_seconds')

/** Names of metrics in a query, those of histograms without the ends of their series. */
export function namesIn(expression: string): readonly string[] {
  const names = expression.match(/\b(?:lean|trine|process|nodejs)_[a-z0-9_]+/g) ?? []
  return names.map((name) => {
    const base = name.replace(/_(bucket|sum|count)$/, '')
    return HISTOGRAMS.has(base) ? base : name
  })
}
