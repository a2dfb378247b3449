import type { RootedBlock } from '@trine/messages'
import { generateGenesis, genesisBlock, proposerOf } from '@trine/state-transition'
import { attestationType, type SignedAttestation } from '@trine/types'
import { encodePublicKey, production, type Scheme, type Submission } from '@trine/xmss'
import { createPool } from '@trine/xmss/pool'
import { BenchNode } from '../../../packages/chain/bench/benchNode.ts'
import { GENESIS_TIME } from './scaleProtocol.ts'

/** Production to every verifier; a key covers 16 epochs and takes two milliseconds to make. */
const scheme: Scheme = { ...production, name: 'scale', logBottomTreeLeaves: 3 }
const EPOCHS = 16

/** Slots that the keys can sign, from 1. */
export const MAX_SLOTS = EPOCHS - 1

/** What is gossiped in a slot: its block first, its votes an interval later. */
export type MadeSlot = { readonly block: RootedBlock; readonly votes: readonly SignedAttestation[] }

export type MadeChain = {
  /** 52 bytes each, in the order of the validators. */
  readonly publicKeys: readonly Uint8Array[]
  /** From slot 1. */
  readonly slots: readonly MadeSlot[]
}

/** A chain in which every validator votes in every slot and every block holds all votes there are, really signed. */
export async function makeChain(validators: number, slots: number): Promise<MadeChain> {
  const pool = createPool({ scheme, encoding: 'ssz3112', maxPendingSignatures: validators })
  const keys = await Promise.all(
    Array.from({ length: validators }, async (_, index) => {
      const seed = new Uint8Array(32)
      new DataView(seed.buffer).setUint32(0, index)
      const request = { scheme, activationEpoch: 0, numActiveEpochs: EPOCHS, seed }
      const { publicKey, secretKey } = await answerOf(pool.submitKeyGeneration(request))
      return {
        keyId: pool.addKey({ scheme, publicKey, secretKey }),
        publicKey: encodePublicKey(publicKey),
      }
    }),
  )
  /** Puts the signature into the place that the vote has for it. */
  const sign = async (validatorIndex: number, { message, signature }: SignedAttestation) => {
    const epoch = Number(message.data.slot)
    const request = {
      keyId: keys[validatorIndex]!.keyId,
      epoch,
      message: attestationType.hashTreeRoot(message),
    }
    signature.set(await answerOf(pool.submitSign(request)))
  }

  const publicKeys = keys.map(({ publicKey }) => publicKey)
  const state = generateGenesis(
    GENESIS_TIME,
    publicKeys.map((pubkey, index) => ({ pubkey, index })),
  )
  if (!state.ok) throw new Error(state.error.code)
  const node = new BenchNode(validators, {
    anchor: { state: state.value, block: genesisBlock(state.value) },
  })
  const everyone = publicKeys.map((_, index) => index)
  const made: MadeSlot[] = []
  for (let slot = 1; slot <= slots; slot++) {
    await node.tick(slot, 0)
    const block = await node.build(slot)
    const { message, signature } = block.signedBlock
    const proposerVote = { message: message.proposerAttestation, signature: signature.at(-1)! }
    await sign(proposerOf(slot, validators), proposerVote)
    node.tellBlock(block)
    await node.tick(slot, 1)
    const votes = await node.votes(slot, everyone)
    await Promise.all(votes.map((vote) => sign(Number(vote.message.validatorIndex), vote)))
    node.tellVotes(votes)
    // Else the tick would overtake them.
    await node.settle()
    await node.tick(slot, 2)
    await node.tick(slot, 3)
    made.push({ block, votes })
  }
  await pool.close()
  return { publicKeys, slots: made }
}

async function answerOf<Value>(submission: Submission<Value>): Promise<Value> {
  const answer = submission.ok ? await submission.value.result : submission
  if (!answer.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`)
  return answer.value
}
