import { z } from 'zod'
import { type CaseResult, difference, hasKeys, messageOf, type Runner } from '../runner.ts'
import { readFields } from './fields.ts'

const infoSchema = z.object({ description: z.string().default(''), fixtureFormat: z.string() })

/** What the specification's generator says about a fixture. */
export type FixtureInfo = z.output<typeof infoSchema>

/** The outcome of a fixture: what differs, or something to tell where all is as expected. */
export type FixtureOutcome = { readonly failure: string | undefined; readonly note?: string }

/**
 * A runner of one format of the specification's fixtures: files with one object per test, by the test's name.
 *
 * @param format as in `_info.fixtureFormat`
 * @param schema of a fixture without `_info`
 */
export function fixtureRunner<Schema extends z.ZodType>(
  kind: string,
  format: string,
  schema: Schema,
  run: (fixture: z.output<Schema>, info: FixtureInfo) => FixtureOutcome | Promise<FixtureOutcome>,
): Runner {
  const runFixture = async (name: string, { _info, ...fixture }: { _info: unknown }): Promise<CaseResult> => {
    try {
      const info = readFields(infoSchema, _info)
      const failure = difference('_info.fixtureFormat', format, info.fixtureFormat)
      return { name, ...(failure === undefined ? await run(readFields(schema, fixture), info) : { failure }) }
    } catch (error) {
      return { name, failure: messageOf(error) }
    }
  }
  return {
    kind,
    recognises: ({ json }) => formatsOf(json).includes(format),
    run: async ({ json }) => {
      const cases: CaseResult[] = []
      for (const [name, fixture] of Object.entries(json as Record<string, { _info: unknown }>)) {
        cases.push(await runFixture(shortName(name), fixture))
      }
      return { cases }
    },
  }
}

/** A check that this runner does not understand is a failure, never passed over. */
export function unknownCheck(name: string): string {
  return `${name}: expected a check that is known, got none of that name`
}

function formatsOf(json: unknown): string[] {
  if (typeof json !== 'object' || json === null) return []
  return Object.values(json).flatMap((fixture: unknown) =>
    hasKeys(fixture, '_info') && hasKeys(fixture._info, 'fixtureFormat')
      ? [String(fixture._info.fixtureFormat)]
      : [],
  )
}

/** `tests/.../test_x.py::test_y[fork_Devnet][...]` without the parameters that all of them have. */
function shortName(name: string): string {
  return name.replace(/^.*\//, '').replace(/\[fork_.*$/, '')
}
