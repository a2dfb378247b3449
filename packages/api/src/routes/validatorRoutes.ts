import type { Evidence } from '@trine/messages'
import { attestationType, type SignedAttestation, toHex } from '@trine/types'
import { z } from 'zod'
import { dutyJson, dutyShape } from '../dutyJson.ts'
import type { ApiLimits, ApiParts } from '../parts.ts'
import type { Readings } from '../readings.ts'
import { defineRoute, json, type Route } from '../route.ts'
import {
  attestationShape,
  hex,
  integerText,
  MAX_SLOT,
  milliseconds,
  pageOf,
  pageQuery,
  reference,
  root,
  slot,
  uint,
} from '../schemas.ts'
import { sszToJson } from '../sszJson.ts'
import type { RecordedVote, VoteRecord } from '../voteRecord.ts'

const TAG = 'validators'

/** Who the validators are, what they did and what they voted for. */
export function validatorRoutes(
  readings: Readings,
  votes: VoteRecord,
  limits: ApiLimits,
  keyEndOf: ApiParts['keyEndOf'],
): Route[] {
  return [
    validatorsRoute(readings, votes, limits),
    dutiesRoute(readings, keyEndOf),
    attestationsRoute(votes, limits),
    evidenceRoute(readings),
  ]
}

const voteShape = z.object({
  validator_index: uint,
  slot,
  head: reference,
  target: reference,
  source: reference,
  origin: z.enum(['gossip', 'block', 'own']),
  seen_at: milliseconds,
  in_block: z.boolean(),
})

function voteJson(vote: RecordedVote): z.output<typeof voteShape> {
  return {
    validator_index: vote.validatorIndex,
    slot: vote.slot,
    head: vote.head,
    target: vote.target,
    source: vote.source,
    origin: vote.origin,
    seen_at: vote.seenAt,
    in_block: vote.isInBlock,
  }
}

function validatorsRoute(readings: Readings, votes: VoteRecord, { pageItems }: ApiLimits): Route {
  return defineRoute({
    path: '/lean/v0/validators',
    operationId: 'getValidators',
    summary: 'The registry, with the next proposal and the latest known vote of each validator',
    tag: TAG,
    query: pageQuery(pageItems, 100),
    json: z.object({
      validators: z.array(
        z.object({
          validator_index: uint,
          public_key: hex,
          is_own: z.boolean(),
          next_proposal_slot: slot,
          latest_vote: voteShape.nullable(),
        }),
      ),
      total: uint,
    }),
    handle: async ({ query }) => {
      const [chain, keys, duties] = await Promise.all([
        readings.chain(),
        readings.publicKeys(),
        readings.duties(),
      ])
      if (!chain.ok) return chain
      if (!keys.ok) return keys
      if (!duties.ok) return duties
      const own = new Set(duties.value.validators.map(({ validatorIndex }) => validatorIndex))
      const total = keys.value.length
      const end = Math.min(total, query.offset + query.limit)
      const validators = []
      for (let index = query.offset; index < end; index++) {
        const latestVote = votes.latestOf(index)
        validators.push({
          validator_index: index,
          public_key: keys.value[index],
          is_own: own.has(index),
          next_proposal_slot: nextSlotOf(index, chain.value.slot, total),
          latest_vote: latestVote === undefined ? null : voteJson(latestVote),
        })
      }
      return json({ validators, total })
    },
  })
}

/** The first slot from `slot` on whose proposer is the validator: they take turns. */
function nextSlotOf(validatorIndex: number, slot: number, validatorCount: number): number {
  return slot + ((validatorIndex - (slot % validatorCount) + validatorCount) % validatorCount)
}

function dutiesRoute(readings: Readings, keyEndOf: ApiParts['keyEndOf']): Route {
  return defineRoute({
    path: '/lean/v0/duties',
    operationId: 'getDuties',
    summary: "This node's own validators: next proposals and last results, latest first",
    tag: TAG,
    query: pageQuery(1000, 100),
    json: z.object({
      paused_because: z.string().nullable(),
      validators: z.array(
        z.object({
          validator_index: uint,
          next_proposal_slot: slot,
          key_end_slot: slot.nullable().meta({ description: 'the first slot that its key cannot sign' }),
          last_results: z.array(dutyShape),
        }),
      ),
      total: uint,
    }),
    handle: async ({ query }) => {
      const view = await readings.duties()
      if (!view.ok) return view
      const { pausedBecause, validators } = view.value
      return json({
        paused_because: pausedBecause ?? null,
        validators: pageOf(validators, query).map(({ validatorIndex, nextProposal, lastResults }) => ({
          validator_index: validatorIndex,
          next_proposal_slot: nextProposal,
          key_end_slot: keyEndOf?.(validatorIndex) ?? null,
          last_results: lastResults.map(dutyJson),
        })),
        total: validators.length,
      })
    },
  })
}

function attestationsRoute(votes: VoteRecord, { pageItems }: ApiLimits): Route {
  return defineRoute({
    path: '/lean/v0/attestations',
    operationId: 'getAttestations',
    summary: 'Who voted for what in the latest slots: latest slot first, then by validator',
    tag: TAG,
    query: {
      ...pageQuery(pageItems, 256),
      slot: integerText(0, MAX_SLOT).optional(),
      validator_index: integerText(0, MAX_SLOT).optional(),
    },
    json: z.object({
      slots: z.array(slot).meta({ description: 'slots of which votes are kept, latest first' }),
      attestations: z.array(voteShape),
      total: uint.meta({ description: 'votes that the query meets' }),
    }),
    handle: async ({ query }) => {
      const { total, page } = votes.find(query)
      return json({ slots: votes.slots, attestations: page.map(voteJson), total })
    },
  })
}

const signedVoteShape = z.object({ message: attestationShape, signature: hex })

const evidenceShape = z.union([
  z.object({
    kind: z.literal('two_votes'),
    validator_index: uint,
    slot,
    first: signedVoteShape,
    second: signedVoteShape,
  }),
  z.object({
    kind: z.literal('two_blocks'),
    proposer_index: uint,
    slot,
    first: root,
    second: root,
    is_proof: z.boolean(),
  }),
])

function evidenceRoute(readings: Readings): Route {
  return defineRoute({
    path: '/lean/v0/evidence',
    operationId: 'getEvidence',
    summary: 'Validators that did what an honest one never does, oldest first',
    tag: TAG,
    query: pageQuery(100, 100),
    json: z.object({ evidence: z.array(evidenceShape), total: uint }),
    handle: async ({ query }) => {
      const view = await readings.evidence()
      if (!view.ok) return view
      return json({ evidence: pageOf(view.value, query).map(evidenceJson), total: view.value.length })
    },
  })
}

function evidenceJson(evidence: Evidence) {
  if (evidence.kind === 'twoVotes') {
    const { validatorIndex, slot, first, second } = evidence
    const write = ({ message, signature }: SignedAttestation) => ({
      message: sszToJson(attestationType, message),
      signature: toHex(signature),
    })
    const kind = 'two_votes'
    return { kind, validator_index: validatorIndex, slot, first: write(first), second: write(second) }
  }
  const { proposerIndex, slot, first, second, isProof } = evidence
  return { kind: 'two_blocks', proposer_index: proposerIndex, slot, first, second, is_proof: isProof }
}
