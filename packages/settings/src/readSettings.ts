import { parseDocument } from 'yaml'
import type { z } from 'zod'

/** Why settings were refused. `field` is empty when the text as a whole is wrong. */
export type SettingsError = {
  readonly code: 'invalid-yaml' | 'invalid-field' | 'unknown-field'
  /** Path of the field, e.g. `faults[2].node`. */
  readonly field: string
  /** What was expected and what came instead. */
  readonly message: string
}

export type SettingsResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: SettingsError }

/** Reads a YAML text and checks it; an empty text is an empty mapping. */
export function parseSettings<T>(text: string, schema: z.ZodType<T>): SettingsResult<T> {
  let content: unknown
  try {
    const document = parseDocument(text)
    if (document.errors[0]) throw document.errors[0]
    content = document.toJS() ?? {}
  } catch (error) {
    const message = (error as Error).message.split('\n')[0] ?? ''
    return refuseSettings('invalid-yaml', '', `expected YAML: ${message.replace(/:$/, '')}`)
  }
  return checkSettings(content, schema)
}

/**
 * Checks settings from any source. The schema's own messages say what is expected: see `fields.ts`. A custom issue with
 * the parameter `isSecret` keeps its text out of the refusal.
 */
export function checkSettings<T>(content: unknown, schema: z.ZodType<T>): SettingsResult<T> {
  const checked = schema.safeParse(content)
  return checked.success
    ? { ok: true, value: checked.data }
    : describeIssue(checked.error.issues[0]!, content)
}

export function refuseSettings(
  code: SettingsError['code'],
  field: string,
  message: string,
): { readonly ok: false; readonly error: SettingsError } {
  return { ok: false, error: { code, field, message } }
}

/** The refusal as one line, after the name of the file or option it is about. */
export function describeSettingsError(source: string, { field, message }: SettingsError): string {
  return field === '' ? `${source}: ${message}` : `${source}: ${field}: ${message}`
}

function describeIssue(issue: z.core.$ZodIssue, content: unknown): SettingsResult<never> {
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  const path = unknown === undefined ? issue.path : [...issue.path, unknown]
  const field = path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
  if (unknown !== undefined) {
    return refuseSettings('unknown-field', field, `unknown field, expected ${issue.message}`)
  }
  let value = content
  for (const part of path) {
    // A shorthand like `3` for a list is shown as it was written.
    if (typeof value !== 'object' || value === null) break
    value = (value as Record<PropertyKey, unknown>)[part]
  }
  const isSecret = issue.code === 'custom' && issue.params?.isSecret === true
  const got = isSecret && typeof value === 'string' ? `${value.length} characters` : shown(value)
  return refuseSettings('invalid-field', field, `expected ${issue.message}, got ${got}`)
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : jsonOf(value)
  return text.length > 80 ? `${text.slice(0, 80)}...` : text
}

/** YAML can name a value within itself, which JSON cannot. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch {
    return 'something that contains itself'
  }
}
