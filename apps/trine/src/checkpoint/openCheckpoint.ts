import { withoutSecrets } from '@trine/config'
import { UserError } from '../userError.ts'
import {
  type Checkpoint,
  type CheckpointNetwork,
  checkCheckpoint,
  problemBetween,
} from './checkCheckpoint.ts'
import { isUrl, readSource, SOURCE_LIMITS, type SourceLimits } from './readSource.ts'

export type OpenedCheckpoint = Checkpoint & {
  /** Where it comes from, to be shown: without what a URL carries to log in. */
  readonly source: string
  /** Sources that could not be asked: it was not compared with theirs. */
  readonly unreachable: readonly string[]
}

/** A node finalizes while it is asked for state and block: so often is it asked again. */
const ATTEMPTS = 3

/**
 * The finalized checkpoint to begin a chain at, instead of genesis: `anchor` of `createNode`.
 *
 * Several sources must tell of one chain; the latest checkpoint is taken that more than half of them have in their history:
 * the very latest would be the word of one alone, and the earliest may be of one that lags. One whose answer is wrong is
 * an error, one that does not answer is named in `unreachable`, unless none does.
 *
 * @param sources URLs of other nodes' APIs, or folders with `state.ssz` and `block.ssz`
 */
export async function openCheckpoint(
  sources: readonly string[],
  network: CheckpointNetwork,
  limits: SourceLimits = SOURCE_LIMITS,
): Promise<OpenedCheckpoint> {
  const outcomes = await Promise.all(sources.map((source) => openSource(source, network, limits)))
  const found = outcomes.filter((outcome) => 'root' in outcome)
  const unreachable = outcomes.flatMap((outcome) => ('problem' in outcome ? outcome.problem : []))
  const latestFirst = found.sort((left, right) => right.slot - left.slot)
  const first = latestFirst[Math.floor(found.length / 2)]
  if (first === undefined) throw new UserError(`checkpoint: ${unreachable.join('; ')}`)
  for (const other of found) {
    const problem = problemBetween(first, other)
    if (problem !== undefined)
      throw new UserError(`checkpoint: ${first.source} and ${other.source} disagree: ${problem}`)
  }
  return { ...first, unreachable }
}

async function openSource(
  source: string,
  network: CheckpointNetwork,
  limits: SourceLimits,
): Promise<(Checkpoint & { readonly source: string }) | { readonly problem: string }> {
  const shown = withoutSecrets(source)
  for (let attempt = 1; ; attempt++) {
    let problem: string
    try {
      const { state, block } = await readSource(source, limits)
      const checked = checkCheckpoint(state, block, network)
      if (checked.ok) return { ...checked.value, source: shown }
      problem = checked.error
    } catch (error) {
      return { problem: `${shown}: ${(error as Error).message}` }
    }
    if (attempt === ATTEMPTS || !isUrl(source)) throw new UserError(`checkpoint: ${shown}: ${problem}`)
  }
}
