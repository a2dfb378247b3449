import type { RootedBlock } from '@trine/messages'
import {
  type Attestation,
  type AttestationData,
  blockType,
  type DecodeError,
  decode,
  type Result,
  type SignatureEncoding,
  type SignedAttestation,
  sameAttestationData,
  signedTypesFor,
  success,
  toHex,
} from '@trine/types'

/** Blocks and votes to and from plain SSZ, in the signature encoding of one network. */
export interface PayloadCodec {
  /** Longest legal payload of each kind, bytes. */
  readonly maxBlockLength: number
  readonly maxAttestationLength: number
  /** The block with its root computed; never throws, takes memory in proportion to the bytes. */
  decodeBlock(payload: Uint8Array): Result<RootedBlock, DecodeError>
  decodeAttestation(payload: Uint8Array): Result<SignedAttestation, DecodeError>
  encodeBlock(block: RootedBlock): Uint8Array
  encodeAttestation(signedAttestation: SignedAttestation): Uint8Array
}

export function createPayloadCodec(encoding: SignatureEncoding): PayloadCodec {
  const { signedBlockWithAttestationType, signedAttestationType } = signedTypesFor(encoding)
  const shared = new SharedVoteData()
  return {
    maxBlockLength: signedBlockWithAttestationType.maxSize,
    maxAttestationLength: signedAttestationType.maxSize,
    decodeBlock: (payload) => {
      const decoded = decode(signedBlockWithAttestationType, payload)
      if (!decoded.ok) return decoded
      const signedBlock = decoded.value
      const { block, proposerAttestation } = signedBlock.message
      for (const vote of block.body.attestations) shared.put(vote)
      shared.put(proposerAttestation)
      return success({ root: toHex(blockType.hashTreeRoot(signedBlock.message.block)), signedBlock })
    },
    decodeAttestation: (payload) => {
      const decoded = decode(signedAttestationType, payload)
      if (decoded.ok) shared.put(decoded.value.message)
      return decoded
    },
    encodeBlock: ({ signedBlock }) => signedBlockWithAttestationType.serialize(signedBlock),
    encodeAttestation: (signedAttestation) => signedAttestationType.serialize(signedAttestation),
  }
}

/** What is remembered of the votes decoded last: what two slots' votes say, with room for a fork. */
const REMEMBERED = 8

/**
 * Nearly all votes of a slot say the same. Those that do get one object for it, which is then told from others by
 * identity, and takes its memory once.
 */
class SharedVoteData {
  readonly #last: AttestationData[] = []

  put(vote: Attestation): void {
    const known = this.#last.find((data) => sameAttestationData(data, vote.data))
    if (known !== undefined) vote.data = known
    else if (this.#last.unshift(vote.data) > REMEMBERED) this.#last.pop()
  }
}

/**
 * A codec that many nodes of one process share: what several of them decode from the same bytes object, or encode from
 * the same block object, is worked out once. The outcome is the same as without.
 */
export function createSharedPayloadCodec(encoding: SignatureEncoding): PayloadCodec {
  const codec = createPayloadCodec(encoding)
  return {
    ...codec,
    decodeBlock: byIdentity(codec.decodeBlock),
    decodeAttestation: byIdentity(codec.decodeAttestation),
    encodeBlock: byIdentity(codec.encodeBlock),
  }
}

function byIdentity<Input extends object, Output extends object>(
  work: (input: Input) => Output,
): (input: Input) => Output {
  const known = new WeakMap<Input, Output>()
  return (input) => {
    let output = known.get(input)
    if (output === undefined) {
      output = work(input)
      known.set(input, output)
    }
    return output
  }
}
