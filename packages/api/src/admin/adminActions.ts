import type { Result } from '@trine/types'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const

export type LogLevel = (typeof LOG_LEVELS)[number]

/** What an action has to say when it is done; its keys in snake_case. */
export type ActionReport = Readonly<Record<string, unknown>>

/** What the operator asked for cannot be done now, and why. */
export type ActionError = { readonly code: 'UNAVAILABLE'; readonly message: string }

export type ActionOutcome = Promise<Result<ActionReport, ActionError>>

/** What only the process around the node can do. What is not handed in is not served. */
export type AdminActions = {
  /** Runtime log levels by component. */
  readonly logs?: {
    levels(): Readonly<Record<string, LogLevel>>
    /** Of one component, or of all; false when there is no such component. */
    set(level: LogLevel, component: string | undefined): boolean
  }
  /** Copies what the node needs to go on; reports where it is. */
  readonly backup?: () => ActionOutcome
  readonly heapSnapshot?: () => ActionOutcome
  readonly cpuProfile?: (seconds: number) => ActionOutcome
  /** Looks the node over, as `trine doctor` does. */
  readonly doctor?: () => ActionOutcome
  /** Writes what is known of the node into one file, without secrets; reports where it is. */
  readonly bundle?: () => ActionOutcome
}
