import { pino } from 'pino'
import { prettyFactory } from 'pino-pretty'
import { cleanFields, cleanText } from './clean.ts'
import { COMPONENTS, type Component, type Level, type Levels } from './components.ts'
import type { Line } from './line.ts'

export type WriterOptions = {
  /** Takes finished lines, each with its end: `process.stdout.write`. */
  readonly write: (text: string) => void
  /** pretty: for people, at a terminal. json: for machines. */
  readonly format: 'pretty' | 'json'
  readonly isColoured?: boolean | undefined
  readonly levels: Levels
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
}

/** Keys of a log entry that pretty lines show in a place of their own. */
const PLACED = new Set(['level', 'time', 'component', 'msg', 'advice'])

/** Columns of the component and of the message in pretty lines. */
const [COMPONENT_WIDTH, MESSAGE_WIDTH] = [9, 16]

/** Writes lines that are at or above the level of their component. */
export class Writer {
  readonly #loggers: ReadonlyMap<Component, pino.Logger>

  constructor({ write, format, isColoured = false, levels, now }: WriterOptions) {
    const pretty = prettyFactory({
      colorize: isColoured,
      translateTime: 'UTC:HH:MM:ss.l',
      hideObject: true,
      ignore: 'component',
      messageFormat: (entry) => prettyText(entry),
    })
    const root = pino(
      {
        base: null,
        level: 'trace',
        timestamp: () => `,"time":${Math.round(now())}`,
        formatters: { level: (label) => ({ level: label }) },
      },
      { write: (json: string) => write(format === 'json' ? json : pretty(json)) },
    )
    this.#loggers = new Map(
      COMPONENTS.map((component) => [component, root.child({ component }, { level: levels[component] })]),
    )
  }

  get levels(): Levels {
    const entries = [...this.#loggers].map(([component, logger]) => [component, logger.level])
    return Object.fromEntries(entries) as Levels
  }

  setLevel(component: Component, level: Level): void {
    this.#loggers.get(component)!.level = level
  }

  /** Whether a line would be written. */
  isOn({ component, level }: Pick<Line, 'component' | 'level'>): boolean {
    return this.#loggers.get(component)!.isLevelEnabled(level)
  }

  write({ component, level, message, fields, advice }: Line): void {
    const entry = { ...cleanFields(fields), ...(advice !== undefined && { advice }) }
    this.#loggers.get(component)![level](entry, cleanText(message))
  }
}

function prettyText(entry: Readonly<Record<string, unknown>>): string {
  const fields = Object.entries(entry).filter(([key]) => !PLACED.has(key))
  const text = [
    `${entry['component']}`.padEnd(COMPONENT_WIDTH),
    `${entry['msg']}`.padEnd(MESSAGE_WIDTH),
    ...fields.map(([key, value]) => `${key}=${quoted(value)}`),
  ]
  const advice = entry['advice'] === undefined ? '' : ` -> ${entry['advice']}`
  return `${text.join(' ').trimEnd()}${advice}`
}

/** A value with spaces, or with none of anything, in quotes. */
function quoted(value: unknown): string {
  const text = String(value)
  return /^[^\s"=]+$/.test(text) ? text : `"${text.replaceAll('"', '\\"')}"`
}
