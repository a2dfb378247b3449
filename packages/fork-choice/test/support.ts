import {
  blockRoot,
  genesisBlock,
  processBlock,
  processSlots,
  proposerOf,
  stateRoot,
} from '@trine/state-transition'
import {
  type Attestation,
  type Block,
  type Checkpoint,
  type Result,
  type SignedAttestation,
  type SignedBlockWithAttestation,
  type State,
  toHex,
  toNumber,
  ZERO_ROOT,
} from '@trine/types'
import { genesis, unwrap } from '../../state-transition/test/support.ts'
import { type BlockStates, createBlockStates, getForkchoiceStore, type Store } from '../src/index.ts'

export { genesis, unwrap }

/** Genesis time of the test chains, in Unix seconds. */
export const GENESIS_TIME = 1000

export const UNKNOWN_ROOT = new Uint8Array(32).fill(9)

/** A signature that tells whose vote it stands for. */
export function signatureOf({ validatorIndex, data }: Attestation): Uint8Array {
  return Uint8Array.of(Number(validatorIndex), Number(data.slot))
}

export function signed(message: Attestation): SignedAttestation {
  return { message, signature: signatureOf(message) }
}

export function signedBlock(block: Block, proposerAttestation: Attestation): SignedBlockWithAttestation {
  const signature = [...block.body.attestations, proposerAttestation].map(signatureOf)
  return { message: { block, proposerAttestation }, signature }
}

/** A store at genesis, and real blocks for it: on any parent, with any votes. */
export class TestStore {
  readonly validatorCount: number
  readonly states: BlockStates = createBlockStates()
  readonly genesis: Checkpoint
  readonly store: Store

  constructor(validatorCount: number, hasRemedies = true) {
    this.validatorCount = validatorCount
    const { state, checkpoint } = genesis(validatorCount)
    this.genesis = checkpoint
    this.store = unwrap(getForkchoiceStore(state, genesisBlock(state), { states: this.states, hasRemedies }))
  }

  stateOf({ root }: Checkpoint): State {
    return this.states.get(toHex(root))!
  }

  vote(
    validatorIndex: number,
    slot: number,
    target: Checkpoint,
    source: Checkpoint,
    head = target,
  ): Attestation {
    return { validatorIndex, data: { slot, head, target, source } }
  }

  /** A valid block, whatever a builder would think of its votes. */
  makeBlock(parent: Checkpoint, slot: number, attestations: Attestation[] = []): Block {
    const proposerIndex = proposerOf(slot, this.validatorCount)
    const block = {
      slot,
      proposerIndex,
      parentRoot: parent.root,
      stateRoot: ZERO_ROOT,
      body: { attestations },
    }
    const advanced = unwrap(processSlots(this.stateOf(parent), slot))
    return { ...block, stateRoot: stateRoot(unwrap(processBlock(advanced, block))) }
  }

  /** The clock at the beginning of a slot. */
  tickTo(slot: number): void {
    this.store.onTick(GENESIS_TIME + 4 * slot, false)
  }

  /** Imports a block whose proposer votes for the genesis block only, which moves nothing. */
  importBlock(block: Block): Checkpoint {
    this.tickTo(toNumber(block.slot))
    unwrap(this.store.onBlock(signedBlock(block, proposerVote(this, block))))
    return { root: blockRoot(block), slot: block.slot }
  }

  addBlock(parent: Checkpoint, slot: number, attestations: Attestation[] = []): Checkpoint {
    return this.importBlock(this.makeBlock(parent, slot, attestations))
  }
}

/** A proposer's vote for the genesis block, which moves nothing. */
export function proposerVote(test: TestStore, { slot, proposerIndex }: Block): Attestation {
  return test.vote(toNumber(proposerIndex), toNumber(slot), test.genesis, test.genesis)
}

/** The code of a refusal, of its cause where it has one. */
export function codeOf(result: Result<unknown, { code: string; cause?: { code: string } }>): string {
  return result.ok ? 'accepted' : (result.error.cause?.code ?? result.error.code)
}
