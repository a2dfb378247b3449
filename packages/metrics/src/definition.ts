import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** What a metric is, apart from its values. */
export type Definition<Kind extends string = string, Label extends string = string> = {
  readonly kind: Kind
  readonly name: string
  readonly help: string
  readonly labels: readonly Label[]
  /** Upper bounds, in the metric's unit; none but for histograms. */
  readonly buckets: readonly number[]
}

export type CounterDefinition<Label extends string> = Definition<'counter', Label>
export type GaugeDefinition<Label extends string> = Definition<'gauge', Label>
export type HistogramDefinition<Label extends string> = Definition<'histogram', Label>

/** Only rises. */
export function counter<const Label extends string = never>(
  name: string,
  help: string,
  labels: readonly Label[] = [],
): CounterDefinition<Label> {
  return { kind: 'counter', name, help, labels, buckets: [] }
}

/** How much there is now. */
export function gauge<const Label extends string = never>(
  name: string,
  help: string,
  labels: readonly Label[] = [],
): GaugeDefinition<Label> {
  return { kind: 'gauge', name, help, labels, buckets: [] }
}

/** How values are distributed. */
export function histogram<const Label extends string = never>(
  name: string,
  help: string,
  buckets: readonly number[],
  labels: readonly Label[] = [],
): HistogramDefinition<Label> {
  return { kind: 'histogram', name, help, labels, buckets }
}

type InstrumentOf<D> =
  D extends CounterDefinition<infer Label>
    ? Counter<Label>
    : D extends GaugeDefinition<infer Label>
      ? Gauge<Label>
      : D extends HistogramDefinition<infer Label>
        ? Histogram<Label>
        : never

/** One instrument for each definition, by the same key. */
export type InstrumentsOf<Table> = { readonly [Key in keyof Table]: InstrumentOf<Table[Key]> }

/** Makes the instruments of a table and registers them; a name that is defined twice throws. */
export function createInstruments<Table extends Readonly<Record<string, Definition>>>(
  table: Table,
  registry: Registry,
): InstrumentsOf<Table> {
  const entries = Object.entries(table).map(([key, definition]) => [key, create(definition, registry)])
  return Object.fromEntries(entries) as InstrumentsOf<Table>
}

function create({ kind, name, help, labels, buckets }: Definition, registry: Registry) {
  const shape = { name, help, labelNames: [...labels], registers: [registry] }
  if (kind === 'counter') return new Counter(shape)
  return kind === 'gauge' ? new Gauge(shape) : new Histogram({ ...shape, buckets: [...buckets] })
}
