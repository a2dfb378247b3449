import { blockRoot } from '@trine/state-transition'
import {
  attestationType,
  decode,
  decodeToView,
  describeDecodeError,
  SIGNATURE_ENCODINGS,
  type SignedAttestation,
  type SignedBlockWithAttestation,
  signedTypesFor,
  toHex,
} from '@trine/types'
import { type CaseResult, difference, type Runner } from '../runner.ts'
import type { SszContainer } from './fields.ts'

/**
 * A bare `.ssz` file: one signed block or vote as it was sent, in any of the encodings of signatures. Nothing says what
 * it should be, so its root is told.
 */
export const signedFileRunner: Runner = {
  kind: 'signed ssz',
  recognises: ({ path }) => path.endsWith('.ssz'),
  run: ({ bytes }) => ({ cases: [checkSigned(bytes)] }),
}

type Candidate = { readonly name: string; readonly type: SszContainer; describe(value: unknown): string }

const CANDIDATES: readonly Candidate[] = SIGNATURE_ENCODINGS.flatMap((encoding) => {
  const { signedBlockWithAttestationType, signedAttestationType } = signedTypesFor(encoding)
  return [
    {
      name: `SignedBlockWithAttestation in ${encoding}`,
      type: signedBlockWithAttestationType as unknown as SszContainer,
      describe: (value) => describeBlock(value as SignedBlockWithAttestation),
    },
    {
      name: `SignedAttestation in ${encoding}`,
      type: signedAttestationType as unknown as SszContainer,
      describe: (value) => describeVote(value as SignedAttestation),
    },
  ] satisfies Candidate[]
})

function checkSigned(bytes: Uint8Array): CaseResult {
  const refusals: string[] = []
  for (const { name, type, describe } of CANDIDATES) {
    const decoded = decode(type, bytes)
    if (!decoded.ok) {
      refusals.push(`${name}: ${describeDecodeError(decoded.error)}`)
      continue
    }
    const view = decodeToView(type, bytes)
    if (!view.ok) return { name, failure: `view: ${describeDecodeError(view.error)}` }
    const failure =
      difference('encoded value', toHex(bytes), toHex(type.serialize(decoded.value))) ??
      difference(
        'root of the view',
        toHex(type.hashTreeRoot(decoded.value)),
        toHex(view.value.hashTreeRoot()),
      )
    return { name, failure, note: describe(decoded.value) }
  }
  return { name: 'signed block or vote', failure: `expected one of these, got none: ${refusals.join('; ')}` }
}

function describeBlock({ message, signature }: SignedBlockWithAttestation): string {
  const { block } = message
  const votes = block.body.attestations.length
  return `slot ${block.slot}, proposer ${block.proposerIndex}, ${votes} attestations, ${signature.length} signatures, block root ${toHex(blockRoot(block))}`
}

function describeVote({ message }: SignedAttestation): string {
  const root = toHex(attestationType.hashTreeRoot(message))
  return `slot ${message.data.slot}, validator ${message.validatorIndex}, attestation root ${root}`
}
