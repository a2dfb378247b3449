/** What the dashboard's panels are written with. */

export type Unit = 's' | 'bytes' | 'Bps' | 'ops' | 'short' | 'percentunit' | 'none'
export type Kind = 'timeseries' | 'stat'
/** A query and how its series are named. */
export type Query = readonly [expression: string, legend: string]
export type Panel = {
  readonly title: string
  readonly unit: Unit
  readonly kind: Kind
  readonly queries: readonly Query[]
}
export type Row = { readonly title: string; readonly panels: readonly Panel[] }

export const AT = 'instance=~"$instance"'

/** Increase per second of a counter, by labels. */
export const rate = (name: string, by = 'instance', where = ''): string =>
  `sum by (${by}) (rate(${name}{${AT}${where}}[$__rate_interval]))`

/** A quantile of a histogram, by labels. */
export const quantile = (share: number, name: string, by = 'instance', where = ''): string =>
  `histogram_quantile(${share}, sum by (${by}, le) (rate(${name}_bucket{${AT}${where}}[$__rate_interval])))`

export const level = (name: string, where = ''): string => `${name}{${AT}${where}}`

export const graph = (title: string, unit: Unit, ...queries: Query[]): Panel => ({
  title,
  unit,
  kind: 'timeseries',
  queries,
})
export const figure = (title: string, unit: Unit, ...queries: Query[]): Panel => ({
  title,
  unit,
  kind: 'stat',
  queries,
})

/** Names of series. */
export const NODE = '{{instance}}'
const [MEDIAN, MOST] = ['{{instance}} median', '{{instance}} 95 %']

/** Median and 95 % of a histogram. */
export const spread = (title: string, unit: Unit, name: string, where = ''): Panel =>
  graph(
    title,
    unit,
    [quantile(0.5, name, 'instance', where), MEDIAN],
    [quantile(0.95, name, 'instance', where), MOST],
  )
