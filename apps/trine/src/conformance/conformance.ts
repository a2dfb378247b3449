import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describeJsonError, parseJson } from '@trine/types'
import { UserError } from '../userError.ts'
import { type FileResult, messageOf, type Runner, type VectorFile } from './runner.ts'

/** What `trine conformance` found; all lists in the order of the files. */
export type Report = {
  readonly files: number
  readonly passed: number
  readonly failures: readonly { readonly file: string; readonly name: string; readonly failure: string }[]
  readonly notes: readonly { readonly file: string; readonly name: string; readonly note: string }[]
  readonly notApplicable: readonly { readonly file: string; readonly name: string; readonly reason: string }[]
  /** Files that could not be read or that no runner knows. */
  readonly unusable: readonly { readonly file: string; readonly reason: string }[]
  readonly casesByKind: Readonly<Record<string, number>>
}

/** Prose beside the vectors; everything else must be consumed by a runner. */
const PROSE = /\.md$/i

/** All files at or under a path, sorted, links followed; throws a UserError when something there cannot be read. */
function vectorPaths(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path]
    return readdirSync(path)
      .sort()
      .map((name) => join(path, name))
      .flatMap((entry) => (PROSE.test(entry) ? [] : vectorPaths(entry)))
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(
      `${path}: expected a readable file or folder of vectors (${(error as Error).message})`,
    )
  }
}

/** Reads a vector file, integers of JSON without loss; a `.json` file that is not JSON is a UserError. */
export function readVectorFile(path: string): VectorFile {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (error) {
    throw new UserError(`${path}: expected a readable file (${(error as Error).message})`)
  }
  if (!path.endsWith('.json')) return { path, bytes }
  const json = parseJson(new TextDecoder().decode(bytes))
  if (!json.ok) throw new UserError(`${path}: ${describeJsonError(json.error)}`)
  return { path, bytes, json: json.value }
}

/**
 * Runs every vector file at or under the given paths, one after the other: no more than one is held in memory.
 *
 * @param onFailure called for each failing case as it is found
 * @throws UserError for a path that is not there or holds no file at all
 */
export async function runConformance(
  paths: readonly string[],
  runners: readonly Runner[],
  onFailure: (file: string, name: string, failure: string) => void = () => {},
): Promise<Report> {
  const files = paths.flatMap(vectorPaths)
  if (files.length === 0)
    throw new UserError(`${paths.join(', ')}: expected at least one vector file, found none`)
  const report = {
    files: files.length,
    passed: 0,
    failures: [] as Report['failures'][number][],
    notes: [] as Report['notes'][number][],
    notApplicable: [] as Report['notApplicable'][number][],
    unusable: [] as Report['unusable'][number][],
    casesByKind: {} as Record<string, number>,
  }
  for (const path of files) {
    const found = findRunner(path, runners)
    if ('reason' in found) {
      report.unusable.push({ file: path, reason: found.reason })
      continue
    }
    const { cases, notApplicable = [] } = await runFile(found.runner, found.file)
    for (const { name, failure, note } of cases) {
      if (failure === undefined) report.passed += 1
      else {
        report.failures.push({ file: path, name, failure })
        onFailure(path, name, failure)
      }
      if (note !== undefined) report.notes.push({ file: path, name, note })
    }
    for (const entry of notApplicable) report.notApplicable.push({ file: path, ...entry })
    const { kind } = found.runner
    report.casesByKind[kind] = (report.casesByKind[kind] ?? 0) + cases.length
  }
  return report
}

/** A file that looks like a runner's kind and turns out to be something else is a case that fails. */
async function runFile(runner: Runner, file: VectorFile): Promise<FileResult> {
  try {
    return await runner.run(file)
  } catch (error) {
    return { cases: [{ name: 'the file itself', failure: messageOf(error) }] }
  }
}

function findRunner(
  path: string,
  runners: readonly Runner[],
): { runner: Runner; file: VectorFile } | { reason: string } {
  try {
    const file = readVectorFile(path)
    const runner = runners.find((candidate) => candidate.recognises(file))
    if (runner !== undefined) return { runner, file }
    const kinds = runners.map(({ kind }) => kind).join(', ')
    return { reason: `${path}: expected a file of one of the kinds ${kinds}; no runner knows it` }
  } catch (error) {
    if (error instanceof UserError) return { reason: error.message }
    throw error
  }
}
