import { createLab } from '@trine/actors/testing'
import {
  type BlockProposal,
  type ChainMessage,
  type DutyResult,
  type NetworkMessage,
  type NodeEvent,
  type Signer,
  type SignRequest,
  startOfInterval,
  type ValidatorMessage,
  validatorLanes,
} from '@trine/messages'
import { blockRoot, proposerOf } from '@trine/state-transition'
import { type AttestationData, type Block, success, toHex, ZERO_ROOT } from '@trine/types'
import { createValidator, MemoryLedger } from '../src/index.ts'

export const TIMING = { genesisTime: 1_000_000, millisecondsPerInterval: 1000, intervalsPerSlot: 4 }
export const VALIDATOR_COUNT = 4

/** What the neighbours do; a test changes what it wants to be different. */
export type Behaviours = {
  dataDelay: number
  ledgerDelay: number
  signDelay: number
  /** Changes a proposal before it is answered. */
  twist: (proposal: BlockProposal) => BlockProposal
}

export function publicKeyOf(validatorIndex: number): Uint8Array {
  return new Uint8Array(52).fill(validatorIndex + 1)
}

const checkpoint = (byte: number, slot: number) => ({ root: new Uint8Array(32).fill(byte), slot })

/** A head by a single byte, so that tests can speak of heads as numbers. */
export function headRootHex(byte: number): string {
  return toHex(new Uint8Array(32).fill(byte))
}

export function voteData(slot: number, head: number): AttestationData {
  return {
    slot,
    head: checkpoint(head, slot - 1),
    target: checkpoint(head, slot - 1),
    source: checkpoint(0, 0),
  }
}

export function proposalFor(slot: number, head: number): BlockProposal {
  const block: Block = {
    slot,
    proposerIndex: proposerOf(slot, VALIDATOR_COUNT),
    parentRoot: new Uint8Array(32).fill(head),
    stateRoot: ZERO_ROOT,
    body: { attestations: [{ validatorIndex: 3, data: voteData(slot - 1, head) }] },
  }
  const root = blockRoot(block)
  const data = { ...voteData(slot, head), head: { root, slot } }
  return {
    root: toHex(root),
    block,
    attestationSignatures: [new Uint8Array([3])],
    proposerAttestationData: data,
  }
}

/** A ValidatorService in virtual time, with a chain that answers from `head` and a signer and ledger of their own pace. */
export function createBench(validators: readonly number[], startSlot = 1) {
  const startTime = startOfInterval(startSlot, 0, TIMING)
  const lab = createLab({ startTime })
  const behaviours: Behaviours = {
    dataDelay: 10,
    ledgerDelay: 5,
    signDelay: 20,
    twist: (proposal) => proposal,
  }
  const signRequests: SignRequest[] = []
  const reservations: { publicKey: string; epoch: number; message: string }[] = []
  const events: NodeEvent[] = []
  const state = { head: 1 }
  const later = (milliseconds: number, act: () => void) => lab.scheduler.after(milliseconds, act)

  const chain = lab.neighbour<ChainMessage>('chain', {
    buildBlock: ({ slot, reply }) => {
      const proposal = behaviours.twist(proposalFor(slot, state.head))
      later(behaviours.dataDelay, () => reply.answer(success(proposal)))
    },
    getAttestationData: ({ slot, reply }) => {
      const duty = { data: voteData(slot, state.head), headRoot: headRootHex(state.head) }
      later(behaviours.dataDelay, () => reply.answer(success(duty)))
    },
  })
  const network = lab.neighbour<NetworkMessage>('network')
  const memory = new MemoryLedger()
  const signer: Signer = {
    validators,
    publicKeyOf: (index) => (validators.includes(index) ? publicKeyOf(index) : undefined),
    sign: (request, reply) => {
      signRequests.push(request)
      const signature = new Uint8Array([request.validatorIndex, request.epoch])
      later(behaviours.signDelay, () => reply.answer(success(signature)))
    },
  }
  const validator = lab.spawn<ValidatorMessage>(
    'validator',
    validatorLanes,
    createValidator({
      timing: TIMING,
      validatorCount: VALIDATOR_COUNT,
      signer,
      ledger: {
        reserve: ({ publicKey, epoch, message }, reply) => {
          reservations.push({ publicKey: toHex(publicKey), epoch, message: toHex(message) })
          later(behaviours.ledgerDelay, () => memory.reserve({ publicKey, epoch, message }, reply))
        },
        highestReserved: (publicKey) => memory.highestReserved(publicKey),
      },
      chain: chain.ref,
      network: network.ref,
      events: { emit: (event) => events.push(event) },
    }),
  )
  const tick = (slot: number, interval: number, skipped = 0) =>
    validator.ref.tell({ type: 'tick', slot, interval, skipped })
  const moveHead = (head: number) => {
    state.head = head
    const root = headRootHex(head)
    const reference = { root, slot: 0 }
    validator.ref.tell({ type: 'chainStatus', head: reference, justified: reference, finalized: reference })
  }
  const duties = (): DutyResult[] => events.flatMap((event) => (event.type === 'duty' ? [event.result] : []))
  return {
    lab,
    behaviours,
    chain,
    network,
    validator,
    signRequests,
    reservations,
    events,
    tick,
    moveHead,
    duties,
    startTime,
    ledger: memory,
  }
}
