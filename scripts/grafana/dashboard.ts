/** Writes devnet/grafana/generated/trine.json: `npm run devnet:dashboard`. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { CONSENSUS_ROWS } from './consensusRows.ts'
import { MACHINERY_ROWS } from './machineryRows.ts'
import type { Panel, Row } from './panel.ts'

export const ROWS: readonly Row[] = [...CONSENSUS_ROWS, ...MACHINERY_ROWS]

// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana fills it in
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' }
const [COLUMNS, HEIGHT] = [24, 8]

/** The dashboard as Grafana imports it. */
export function dashboard(): unknown {
  const panels: unknown[] = []
  let top = 0
  for (const row of ROWS) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title: row.title,
      collapsed: false,
      gridPos: { x: 0, y: top, w: COLUMNS, h: 1 },
    })
    top += 1
    let left = 0
    for (const panel of row.panels) {
      const width = panel.kind === 'stat' ? 6 : 8
      const height = panel.kind === 'stat' ? HEIGHT / 2 : HEIGHT
      if (left + width > COLUMNS) {
        left = 0
        top += height
      }
      panels.push(writePanel(panel, panels.length + 1, { x: left, y: top, w: width, h: height }))
      left += width
      if (panel === row.panels.at(-1)) top += height
    }
  }
  return {
    uid: 'trine',
    title: 'Trine',
    tags: ['lean', 'trine'],
    timezone: 'utc',
    schemaVersion: 39,
    version: 1,
    refresh: '10s',
    time: { from: 'now-30m', to: 'now' },
    templating: {
      list: [
        { name: 'datasource', type: 'datasource', query: 'prometheus', label: 'Prometheus' },
        {
          name: 'instance',
          type: 'query',
          label: 'Node',
          datasource: DATASOURCE,
          query: { query: 'label_values(lean_node_info, instance)', refId: 'instance' },
          refresh: 2,
          multi: true,
          includeAll: true,
          allValue: '.*',
          current: { selected: true, text: ['All'], value: ['$__all'] },
        },
      ],
    },
    panels,
  }
}

function writePanel({ title, unit, kind, queries }: Panel, id: number, gridPos: unknown): unknown {
  const options =
    kind === 'stat'
      ? { reduceOptions: { calcs: ['lastNotNull'] }, textMode: 'value_and_name', colorMode: 'none' }
      : { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } }
  return {
    id,
    type: kind,
    title,
    gridPos,
    datasource: DATASOURCE,
    fieldConfig: { defaults: { unit }, overrides: [] },
    options,
    targets: queries.map(([expr, legendFormat], index) => ({
      refId: String.fromCharCode(65 + index),
      datasource: DATASOURCE,
      expr,
      legendFormat,
    })),
  }
}

/** The file's text. */
export function dashboardText(): string {
  return `${JSON.stringify(dashboard(), null, 2)}\n`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const folder = new URL('../../devnet/grafana/generated/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  writeFileSync(new URL('trine.json', folder), dashboardText())
}
