/** What the model's data are made of. Numbers are integers: Python writes floats differently. */
export type PythonValue =
  | null
  | boolean
  | number
  | string
  | readonly PythonValue[]
  | { readonly [key: string]: PythonValue }

/**
 * The text of Python's `json.dumps(value, sort_keys=True)`: `, ` and `: ` between parts, keys sorted (ASCII keys: the
 * model has no others), every character outside printable ASCII escaped.
 */
export function pythonJson(value: PythonValue): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new Error(`expected a safe integer, got ${value}`)
    return String(value)
  }
  if (isList(value)) return `[${value.map(pythonJson).join(', ')}]`
  const entries = Object.keys(value).sort()
  return `{${entries.map((key) => `${quote(key)}: ${pythonJson(value[key]!)}`).join(', ')}}`
}

function isList(value: object): value is readonly PythonValue[] {
  return Array.isArray(value)
}

function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
