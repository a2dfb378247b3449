import type { AttestationDuty, BlockProposal, Verdict } from '@trine/messages'
import { blockRoot } from '@trine/state-transition'
import {
  decode,
  describeDecodeError,
  failure,
  fromHex,
  type Result,
  type RootHex,
  type SignatureEncoding,
  type Slot,
  signedTypesFor,
  success,
  toHex,
} from '@trine/types'
import { z } from 'zod'
import type { Read, RequestFailure } from './requests.ts'

/** The answers of the node's API, as far as validators need them; whatever else is in them is passed over. */

export const root = z.string().regex(/^0x[0-9a-f]{64}$/, 'expected 0x and 64 lowercase hex digits')
const uint = z.number().int().min(0)
export const slot = uint.max(2 ** 32 - 1)
const reference = z.object({ root, slot })

const genesisShape = z.object({ genesis_time: uint, validator_count: uint, genesis_root: root })
const specShape = z.object({
  MILLISECONDS_PER_INTERVAL: uint,
  INTERVALS_PER_SLOT: uint,
  FORK_DIGEST: z.string(),
  SIGNATURE_ENCODING: z.string(),
})
const statusShape = z.object({ is_syncing: z.boolean(), head_slot: slot, sync_distance: uint })
const headShape = z.object({ head: root, slot })
const dutyShape = z.object({
  head_root: root,
  data: z.object({ slot, head: reference, target: reference, source: reference }),
})
const verdict = z.enum(['accept', 'ignore', 'reject'])
const reason = z.string().transform((text) => text.replace(/[^\w .:,()-]/g, ' ').slice(0, 100))
const blockVerdictShape = z.object({ verdict, reason })
const votesVerdictShape = z.object({
  failures: z.array(z.object({ index: uint, verdict: z.enum(['ignore', 'reject']), reason })),
})

/** What became of one of the things handed in. */
export type Refusal = {
  readonly index: number
  readonly verdict: Exclude<Verdict, 'accept'>
  readonly reason: string
}

export const readGenesis = reader(genesisShape)
export const readSpec = reader(specShape)
export const readStatus = reader(statusShape)

export const readHead: Read<RootHex> = (body) => map(reader(headShape)(body), ({ head }) => head)

export const readDuty: Read<AttestationDuty> = (body) =>
  map(reader(dutyShape)(body), ({ head_root: headRoot, data }) => ({
    headRoot,
    data: {
      slot: data.slot,
      head: checkpoint(data.head),
      target: checkpoint(data.target),
      source: checkpoint(data.source),
    },
  }))

export const readBlockVerdict: Read<readonly Refusal[]> = (body) =>
  map(reader(blockVerdictShape)(body), ({ verdict: given, reason: why }) =>
    given === 'accept' ? [] : [{ index: 0, verdict: given, reason: why }],
  )

/** Every index is one of the `count` votes handed in. */
export function readVotesVerdict(count: number): Read<readonly Refusal[]> {
  return (body) => {
    const read = reader(votesVerdictShape)(body)
    if (!read.ok) return read
    const strange = read.value.failures.find(({ index }) => index >= count)
    if (strange === undefined) return success(read.value.failures)
    return malformed(`failures: expected an index below ${count}, got ${strange.index}`)
  }
}

/** A block to sign with its proposer's vote; its root is computed here. The last signature is a place left empty. */
export function readProposal(encoding: SignatureEncoding): Read<BlockProposal & { validatorIndex: number }> {
  const type = signedTypesFor(encoding).signedBlockWithAttestationType
  return (body) => {
    const decoded = decode(type, body)
    if (!decoded.ok) return malformed(describeDecodeError(decoded.error))
    const { message, signature } = decoded.value
    const { block, proposerAttestation } = message
    const expected = block.body.attestations.length + 1
    if (signature.length !== expected) {
      return malformed(`signatures: expected ${expected}, got ${signature.length}`)
    }
    return success({
      root: toHex(blockRoot(block)),
      block,
      attestationSignatures: signature.slice(0, -1),
      proposerAttestationData: proposerAttestation.data,
      validatorIndex: Number(proposerAttestation.validatorIndex),
    })
  }
}

function checkpoint({ root: hex, slot: at }: { root: string; slot: Slot }) {
  return { root: fromHex(hex)!, slot: at }
}

function reader<T>(shape: z.ZodType<T>): Read<T> {
  return (body) => {
    let value: unknown
    try {
      value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    } catch {
      return malformed('expected JSON')
    }
    const parsed = shape.safeParse(value)
    if (parsed.success) return success(parsed.data)
    const [issue] = parsed.error.issues
    return malformed(`${issue?.path.join('.') || 'answer'}: ${issue?.message ?? 'not as expected'}`)
  }
}

function map<T, U>(result: Result<T, RequestFailure>, change: (value: T) => U): Result<U, RequestFailure> {
  return result.ok ? success(change(result.value)) : result
}

function malformed(message: string): { readonly ok: false; readonly error: RequestFailure } {
  return failure({ outcome: 'malformed', message })
}
