import { BitArray, type RootHex, type State, stateType, toHex } from '@trine/types'
import { copyBits, countBits, orBits } from './bits.ts'

/** Votes for one target that is not yet justified. */
export type TargetVotes = {
  readonly root: Uint8Array
  /** One bit per validator, least significant first. */
  readonly bits: Uint8Array
  count: number
  /** Place of the target in the state's list, -1 for a new one. */
  readonly position: number
}

/**
 * The votes for each pending target, in the form in which they are worked on. The state keeps them flattened:
 * `justificationsRoots` ascending, `justificationsValidators` with one bit per validator, target after target.
 */
export class Justifications {
  private readonly targets = new Map<RootHex, TargetVotes>()
  private readonly validatorCount: number
  /** Bits to set in the state's flattened votes, as long as its list of targets stays the same. */
  private readonly addedBits: number[] = []
  private targetsChanged = false

  constructor(state: State) {
    this.validatorCount = state.validators.length
    const roots = state.justificationsRoots.getAllReadonlyValues()
    if (roots.length === 0) return
    const view = state.justificationsValidators
    const flattened = view.type.toValueFromViewDU(view).uint8Array
    for (const [position, root] of roots.entries()) {
      const bits = copyBits(flattened, position * this.validatorCount, this.validatorCount)
      this.targets.set(toHex(root), { root, bits, count: countBits(bits), position })
    }
  }

  /** The votes for a target, none yet where it is new. */
  votesFor(root: Uint8Array): TargetVotes {
    const key = toHex(root)
    let votes = this.targets.get(key)
    if (votes === undefined) {
      votes = { root, bits: new Uint8Array(Math.ceil(this.validatorCount / 8)), count: 0, position: -1 }
      this.targets.set(key, votes)
      this.targetsChanged = true
    }
    return votes
  }

  /** Records a validator's vote; a second one for the same target changes nothing. */
  add(votes: TargetVotes, validatorIndex: number): void {
    const byte = validatorIndex >>> 3
    const mask = 1 << (validatorIndex & 7)
    if ((votes.bits[byte]! & mask) !== 0) return
    votes.bits[byte]! |= mask
    votes.count += 1
    this.addedBits.push(votes.position * this.validatorCount + validatorIndex)
  }

  /** Forgets a target that became justified. */
  delete(root: Uint8Array): void {
    this.targets.delete(toHex(root))
    this.targetsChanged = true
  }

  /** Writes the votes into a state that is being made, touching no more of its tree than changed. */
  writeTo(state: State): void {
    if (!this.targetsChanged) {
      for (const bit of this.addedBits) state.justificationsValidators.set(bit, true)
      return
    }
    const sorted = [...this.targets.entries()]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([, votes]) => votes)
    const bitCount = sorted.length * this.validatorCount
    const flattened = new Uint8Array(Math.ceil(bitCount / 8))
    for (const [position, votes] of sorted.entries()) {
      orBits(flattened, position * this.validatorCount, votes.bits)
    }
    const { justificationsRoots, justificationsValidators } = stateType.fields
    state.justificationsRoots = justificationsRoots.toViewDU(sorted.map((votes) => votes.root))
    state.justificationsValidators = justificationsValidators.toViewDU(new BitArray(flattened, bitCount))
  }
}
