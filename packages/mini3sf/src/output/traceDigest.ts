import type { ModelRun } from '../modelRun.ts'
import { portableSha256, type StartSha256, type TextHash } from '../sha256.ts'

/**
 * SHA-256 over what every staker holds after every step: per step the line
 * `[[head,justified,finalized,safeTarget or "",blocks,known votes,new votes],...]` as compact JSON.
 */
export class TraceDigest {
  readonly #hash: TextHash

  constructor(startSha256: StartSha256 = portableSha256) {
    this.#hash = startSha256()
  }

  /** To be called after each step. */
  addStep(run: ModelRun): void {
    let line = '['
    for (let staker = 0; staker < run.scenario.stakers; staker++) {
      const { head, justified, finalized, safeTarget, chain, knownVotes, newVotes } = run.status(staker)
      line += `${staker === 0 ? '' : ','}["${head}","${justified}","${finalized}","${safeTarget ?? ''}",${chain},${knownVotes},${newVotes}]`
    }
    this.#hash.update(`${line}]\n`)
  }

  /** The digest as 64 hex digits; nothing can be added afterwards. */
  hex(): string {
    return this.#hash.hex()
  }
}
