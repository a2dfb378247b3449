import { ListCompositeType } from '@chainsafe/ssz'
import type { BlockProposal, DutyError, Submission } from '@trine/messages'
import { blockRoot } from '@trine/state-transition'
import {
  attestationDataType,
  decode,
  describeDecodeError,
  PRESET,
  type Result,
  type SignedBlockWithAttestation,
  type SignedTypes,
  signedTypesFor,
  stringifyJson,
  success,
  toHex,
} from '@trine/types'
import { z } from 'zod'
import type { Asks } from '../asks.ts'
import { type ApiFailure, apiFailure } from '../failure.ts'
import type { ApiIdentity, ApiLimits, ApiRefs } from '../parts.ts'
import { defineRoute, json, type Route } from '../route.ts'
import { integerText, MAX_SLOT, reference, root, slot, uint } from '../schemas.ts'
import { sszToJson } from '../sszJson.ts'

const TAG = 'signing'

/**
 * For validators outside of this process. What they hand in is judged like gossip: verified, never taken for the node's
 * own, and published when it is accepted.
 */
export function signingRoutes(asks: Asks, refs: ApiRefs, identity: ApiIdentity, limits: ApiLimits): Route[] {
  const types = signedTypesFor(identity.signatureEncoding)
  return [
    attestationDataRoute(asks, refs),
    blockProposalRoute(asks, refs, types),
    submitBlockRoute(asks, refs, types, limits),
    submitAttestationsRoute(asks, refs, types, limits),
  ]
}

const NOT_NOW = { 409: 'not the current slot, not the proposer of it, or there is a block already' }

const slotQuery = { slot: integerText(0, MAX_SLOT) }

function attestationDataRoute(asks: Asks, refs: ApiRefs): Route {
  return defineRoute({
    path: '/lean/v0/validator/attestation_data',
    operationId: 'getAttestationData',
    summary: 'What to vote for in the current slot, and the head that this was made from',
    tag: TAG,
    query: slotQuery,
    json: z.object({
      head_root: root,
      data: z.object({ slot, head: reference, target: reference, source: reference }),
    }),
    statuses: NOT_NOW,
    handle: async ({ query }) => {
      const duty = await asks.share(refs.chain, { type: 'getAttestationData', slot: query.slot })
      if (!duty.ok) return duty
      if (!duty.value.ok) return refusedDuty(duty.value.error)
      const { data, headRoot } = duty.value.value
      const text = stringifyJson({ head_root: headRoot, data: sszToJson(attestationDataType, data) })
      return success({ as: 'text', text })
    },
  })
}

function blockProposalRoute(asks: Asks, refs: ApiRefs, types: SignedTypes): Route {
  return defineRoute({
    path: '/lean/v0/validator/block',
    operationId: 'getBlockProposal',
    summary: "A block to sign: a signed block's SSZ, with zeros where the proposer's signature belongs",
    tag: TAG,
    query: { ...slotQuery, validator_index: integerText(0, PRESET.validatorRegistryLimit - 1) },
    represented: ['ssz'],
    statuses: NOT_NOW,
    handle: async ({ query }) => {
      const { slot, validator_index: validatorIndex } = query
      const built = await asks.share(refs.chain, { type: 'buildBlock', slot, validatorIndex })
      if (!built.ok) return built
      if (!built.value.ok) return refusedDuty(built.value.error)
      const unsigned = unsignedBlock(built.value.value, validatorIndex, types)
      return success({ as: 'ssz', bytes: types.signedBlockWithAttestationType.serialize(unsigned) })
    },
  })
}

function unsignedBlock(
  { block, attestationSignatures, proposerAttestationData }: BlockProposal,
  validatorIndex: number,
  { signedAttestationType }: SignedTypes,
): SignedBlockWithAttestation {
  const empty = new Uint8Array(signedAttestationType.fields.signature.minSize)
  return {
    message: { block, proposerAttestation: { validatorIndex, data: proposerAttestationData } },
    signature: [...attestationSignatures, empty],
  }
}

function refusedDuty({ code, message }: DutyError): Result<never, ApiFailure> {
  return apiFailure(code === 'NOT_READY' ? 'UNAVAILABLE' : 'CONFLICT', message)
}

const submissionShape = z.object({
  verdict: z.enum(['accept', 'ignore', 'reject']),
  reason: z.string().meta({ description: 'ACCEPTED, DUPLICATE, INVALID_SIGNATURE and so on' }),
})

function submitBlockRoute(asks: Asks, refs: ApiRefs, types: SignedTypes, limits: ApiLimits): Route {
  const type = types.signedBlockWithAttestationType
  return defineRoute({
    method: 'POST',
    path: '/lean/v0/validator/block',
    operationId: 'submitBlock',
    summary: 'Hands in a signed block: judged like gossip, and published when it is accepted',
    tag: TAG,
    sszBody: { description: 'a SignedBlockWithAttestation', mostBytes: type.maxSize },
    atOnce: limits.submissions,
    json: submissionShape,
    statuses: BODY_STATUSES,
    handle: async ({ request }) => {
      const decoded = decode(type, request.body as Uint8Array)
      if (!decoded.ok) return apiFailure('INVALID_INPUT', `body: ${describeDecodeError(decoded.error)}`)
      const signedBlock = decoded.value
      const block = { root: toHex(blockRoot(signedBlock.message.block)), signedBlock }
      const submission = await asks.ask(
        refs.network,
        { type: 'submitBlock', block },
        limits.submissionTimeout,
      )
      return submission.ok ? json(submission.value) : submission
    },
  })
}

function submitAttestationsRoute(asks: Asks, refs: ApiRefs, types: SignedTypes, limits: ApiLimits): Route {
  const type = new ListCompositeType(types.signedAttestationType, PRESET.validatorRegistryLimit, {
    typeName: 'List[SignedAttestation]',
  })
  return defineRoute({
    method: 'POST',
    path: '/lean/v0/validator/attestations',
    operationId: 'submitAttestations',
    summary:
      'Hands in signed votes, each judged like gossip and published when accepted; says what became of the others',
    tag: TAG,
    sszBody: { description: 'a list of SignedAttestation', mostBytes: type.maxSize },
    atOnce: limits.submissions,
    json: z.object({ accepted: uint, failures: z.array(submissionShape.extend({ index: uint })) }),
    statuses: BODY_STATUSES,
    handle: async ({ request }) => {
      const decoded = decode(type, request.body as Uint8Array)
      if (!decoded.ok) return apiFailure('INVALID_INPUT', `body: ${describeDecodeError(decoded.error)}`)
      const outcomes = await Promise.all(
        decoded.value.map((signedAttestation) =>
          asks.ask(refs.network, { type: 'submitAttestation', signedAttestation }, limits.submissionTimeout),
        ),
      )
      const failures = outcomes.flatMap((outcome, index) => failureAt(index, outcome))
      return json({ accepted: outcomes.length - failures.length, failures })
    },
  })
}

const BODY_STATUSES = { 413: 'the body is too long', 415: 'the body is not SSZ' }

/** What was not accepted; no verdict in time is none. */
function failureAt(index: number, outcome: Result<Submission, ApiFailure>) {
  if (!outcome.ok) return [{ index, verdict: 'ignore', reason: 'NO_VERDICT' }]
  const { verdict, reason } = outcome.value
  return verdict === 'accept' ? [] : [{ index, verdict, reason }]
}
