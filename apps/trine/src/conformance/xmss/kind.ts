import { z } from 'zod'
import { readFields } from '../devnet1/fields.ts'
import { type CaseResult, checkCase, hasKeys, type Runner } from '../runner.ts'

/** A case of a file: what differs, if anything. */
export type Check = {
  readonly name: string
  readonly check: () => string | undefined
  readonly note?: string
}

/**
 * A runner of JSON files that have certain keys.
 *
 * @param schema of the whole file; it may leave out what is only prose
 * @param checks the cases of a file
 */
export function xmssRunner<Schema extends z.ZodType>(
  kind: string,
  keys: readonly string[],
  schema: Schema,
  checks: (file: z.output<Schema>, json: unknown) => Iterable<Check>,
): Runner {
  return {
    kind: `xmss ${kind}`,
    recognises: ({ json }) => hasKeys(json, ...keys),
    run: ({ json }) => {
      const cases: CaseResult[] = []
      for (const { name, check, note } of checks(readFields(schema, json), json)) {
        cases.push({ ...checkCase(name, check), ...(note !== undefined && { note }) })
      }
      if (cases.length === 0) throw new Error(`${kind}: expected at least one case, got none`)
      return { cases }
    },
  }
}

/** A list of vectors whose items have certain keys, for files that differ only in that. */
export const listOf = <Item extends z.ZodType>(item: Item) => z.looseObject({ vectors: z.array(item) })

/** Whether a file has vectors, the first of which has certain keys. */
export function hasVectorsWith(json: unknown, ...keys: string[]): boolean {
  return hasKeys(json, 'vectors') && Array.isArray(json.vectors) && hasKeys(json.vectors[0], ...keys)
}

/** A runner of files `{vectors: [...]}` whose first vector has certain keys. */
export function vectorsRunner<Item extends z.ZodType>(
  kind: string,
  keys: readonly string[],
  item: Item,
  check: (vector: z.output<Item>, index: number, json: unknown) => Check,
): Runner {
  const runner = xmssRunner(kind, ['vectors'], listOf(item), ({ vectors }, json) =>
    vectors.map((vector, index) => check(vector as z.output<Item>, index, json)),
  )
  return { ...runner, recognises: ({ json }) => hasVectorsWith(json, ...keys) }
}
