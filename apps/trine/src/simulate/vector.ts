import type { VectorRecorder } from '@trine/simulator'
import { stringifyJson } from '@trine/types'
import { UserError } from '../userError.ts'
import { quoted, writeOutput } from './output.ts'

/** Writes a node's steps as a `forkchoice` vector, and says what it could not hold. */
export function writeVector(path: string, node: number, recorder: VectorRecorder): void {
  const vector = recorder.vector()
  if (vector === undefined) throw new UserError(`--export-vector: expected node ${node} to run, it never did`)
  writeOutput(path, `${stringifyJson(vector)}\n`)
  if (path === '-') return
  const { restarts, acceptancesLeftOut } = recorder
  console.log(
    `wrote ${vector.steps.length} steps of node ${node} to ${path}; to check: npx trine conformance ${quoted(path)}`,
  )
  if (restarts > 0)
    console.log(`node ${node} was started ${restarts + 1} times: the vector is about the last`)
  if (acceptancesLeftOut > 0) {
    console.log(
      `${acceptancesLeftOut} acceptances of votes by a proposer could not be expressed and are left out`,
    )
  }
}
