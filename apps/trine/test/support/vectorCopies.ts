import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseJson, stringifyJson } from '@trine/types'
import { vectorsPath } from '../../../../test/support/vectors.ts'

export const randomVectors = (name: string) => vectorsPath('devnet1', 'random', name)
export const recording = vectorsPath('devnet1', 'real', 'ream-two-nodes.json')
export const forkChoice = vectorsPath(
  'devnet1/official/fork_choice/devnet/fc/test_attestation_processing/test_proposer_attestation_appears_in_latest_new.json',
)

/** A folder for copies of vectors; `remove` when the test is over. */
export class VectorCopies {
  readonly folder = mkdtempSync(join(tmpdir(), 'trine-vectors-'))

  remove(): void {
    rmSync(this.folder, { recursive: true })
  }

  /** A copy of a JSON vector with something changed in it, at the place of the given keys. Returns its path. */
  changed(path: string, keys: readonly (string | number)[], change: (value: unknown) => unknown): string {
    const parsed = parseJson(readFileSync(path, 'utf8'))
    if (!parsed.ok) throw new Error(parsed.error.actual)
    const last = keys.at(-1) as string
    const parent = keys.slice(0, -1).reduce((json: unknown, key) => child(json, key), parsed.value)
    const object = parent as Record<string, unknown>
    const value = change(object[last])
    if (value === undefined) delete object[last]
    else object[last] = value
    return this.write(basename(path), stringifyJson(parsed.value))
  }

  write(name: string, content: string | Uint8Array): string {
    const path = join(this.folder, name)
    writeFileSync(path, content)
    return path
  }
}

/** The fixture's test name is long: '*' stands for the only key of an object. */
function child(json: unknown, key: string | number): unknown {
  const object = json as Record<string, unknown>
  const found = key === '*' ? Object.values(object)[0] : object[key]
  if (found === undefined) throw new Error(`${key}: expected a key of ${Object.keys(object).join(', ')}`)
  return found
}
