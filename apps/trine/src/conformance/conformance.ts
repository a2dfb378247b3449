import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../userError.ts'
import type { FileResult, Runner, VectorFile } from './runner.ts'

/** What `trine conformance` found; `failures` in the order of the files. */
export type Report = {
  readonly files: number
  readonly passed: number
  readonly failures: readonly { readonly file: string; readonly name: string; readonly failure: string }[]
  readonly notApplicable: readonly { readonly file: string; readonly name: string; readonly reason: string }[]
  readonly casesByKind: Readonly<Record<string, number>>
}

/** Prose beside the vectors; everything else must be consumed by a runner. */
const PROSE = /\.md$/i

/** All files at or under a path, sorted; throws a UserError when it cannot be read. */
export function vectorPaths(path: string): string[] {
  try {
    if (statSync(path).isFile()) return [path]
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !PROSE.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
  } catch (error) {
    throw new UserError(
      `${path}: expected a readable file or folder of vectors (${(error as Error).message})`,
    )
  }
}

/** Reads a vector file; a `.json` file that is not JSON is a UserError. */
export function readVectorFile(path: string): VectorFile {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (error) {
    throw new UserError(`${path}: cannot be read (${(error as Error).message})`)
  }
  if (!path.endsWith('.json')) return { path, bytes }
  try {
    return { path, bytes, json: JSON.parse(new TextDecoder().decode(bytes)) as unknown }
  } catch (error) {
    throw new UserError(`${path}: expected JSON (${(error as Error).message})`)
  }
}

/**
 * Runs every vector file at or under the given paths.
 *
 * @param onFailure called for each failing case as it is found
 * @throws UserError for a file that cannot be read or that no runner knows: never a silent skip
 */
export async function runConformance(
  paths: readonly string[],
  runners: readonly Runner[],
  onFailure: (file: string, name: string, failure: string) => void = () => {},
): Promise<Report> {
  const failures: { file: string; name: string; failure: string }[] = []
  const notApplicable: { file: string; name: string; reason: string }[] = []
  const casesByKind: Record<string, number> = {}
  let passed = 0
  const files = paths.flatMap(vectorPaths)
  if (files.length === 0)
    throw new UserError(`${paths.join(', ')}: expected at least one vector file, found none`)
  for (const path of files) {
    const file = readVectorFile(path)
    const runner = runners.find((candidate) => candidate.recognises(file))
    if (runner === undefined) throw new UserError(unknownFile(path, runners))
    const outcome: FileResult = await runner.run(file)
    for (const { name, failure } of outcome.cases) {
      if (failure === undefined) passed += 1
      else {
        failures.push({ file: path, name, failure })
        onFailure(path, name, failure)
      }
    }
    for (const entry of outcome.notApplicable ?? []) notApplicable.push({ file: path, ...entry })
    casesByKind[runner.kind] = (casesByKind[runner.kind] ?? 0) + outcome.cases.length
  }
  return { files: files.length, passed, failures, notApplicable, casesByKind }
}

function unknownFile(path: string, runners: readonly Runner[]): string {
  return `${path}: expected a file of one of the kinds ${runners.map((runner) => runner.kind).join(', ')}; no runner knows it`
}
