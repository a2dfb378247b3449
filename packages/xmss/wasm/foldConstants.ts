import { DIAGONAL, type DiagonalEntry } from '../src/poseidon2/parameters.ts'
import { type RoundConstants, roundConstants, type Width } from '../src/poseidon2/roundConstants.ts'
import type { RoundConstantOrder } from '../src/types.ts'
import {
  byRound,
  externalPreimage,
  factorOf,
  modulo,
  montgomery,
  multiplicationOffset,
  P,
} from './modular.ts'

/**
 * Where the kernels add round constants.
 *
 * A multiplication already adds one constant inside its reduction (see `Field.multiply`), so the constants of a round
 * ride along with the cubes of the round before, taken back through the linear layer between them. What is left is
 * one addition before the first round and one between the partial and the last full rounds. `excess` is what the
 * kernel's partial rounds add beyond the specification's. Words, in order of use:
 *
 *   width          added before round 1 (an element less P)
 *   4 * width      offsets of the cubes of the first full rounds
 *   partialRounds  offsets of the cubes of the partial rounds
 *   width          added before the last full rounds (less P; word 0 is 0)
 *   4 * width      offsets of the cubes of the last full rounds
 */
export function foldedConstants(width: Width, order: RoundConstantOrder, excess = excessOfFour): number[] {
  const { initial, partial, final } = montgomeryConstants(roundConstants(width, order))
  const [first, ...others] = byRound(initial)
  const [lastFirst, ...lastOthers] = byRound(final)
  const zeros = Array<bigint>(width).fill(0n)
  const intoPartial = [partial[0]!, ...zeros.slice(1)]
  const middle = foldPartialRounds(width, [...partial, lastFirst![0]!], excess)
  return [
    ...first!.map(lessP),
    ...[...others, intoPartial].flatMap(externalPreimage).map(offset),
    ...middle.offsets.map(offset),
    0,
    ...zeros
      .slice(1)
      .map((_, index) => lessP(modulo(lastFirst![index + 1]! + middle.deviations[index + 1]!))),
    ...[...lastOthers, zeros].flatMap(externalPreimage).map(offset),
  ]
}

function montgomeryConstants(constants: RoundConstants) {
  const convert = (values: readonly number[]) => values.map((value) => montgomery(BigInt(value)))
  return {
    initial: convert(constants.initial),
    partial: convert(constants.partial),
    final: convert(constants.final),
  }
}

/**
 * Offsets for the cubes of the partial rounds, so that element 0 always carries its next constant already. The other
 * elements then deviate from their true values by known amounts (true = held + deviation), given for the end.
 * `constants` holds one more than there are rounds: what element 0 needs afterwards.
 */
function foldPartialRounds(
  width: Width,
  constants: readonly bigint[],
  excess: (entry: DiagonalEntry) => bigint,
) {
  const diagonal = DIAGONAL[width]
  let deviations = Array<bigint>(width).fill(0n)
  const offsets = constants.slice(1).map((next) => {
    const total = deviations.slice(1).reduce((sum, value) => sum + value, 0n)
    // Element 0 becomes others - cube, of which the kernel holds (others - total) - (cube + added).
    const added = modulo(-total - next)
    deviations = deviations.map((deviation, index) =>
      index === 0
        ? 0n
        : modulo(total - added + factorOf(diagonal[index]!) * deviation - excess(diagonal[index]!)),
    )
    return added
  })
  return { offsets, deviations }
}

/** What `PermuteFour`'s step adds beyond sum + factor * x. */
export function excessOfFour(entry: DiagonalEntry): bigint {
  if ('times' in entry) return 0n
  const factor = factorOf(entry)
  if (entry.sign > 0) return modulo(factor - 1n)
  return entry.shift > 16 ? modulo(factor + 1n) : factor
}

const offset = (value: bigint): number => Number(multiplicationOffset(value))

/** A Montgomery form c as a signed word in [-P, 0). */
const lessP = (value: bigint): number => Number(value - P)
