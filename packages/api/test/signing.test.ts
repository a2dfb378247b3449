import { ListCompositeType } from '@chainsafe/ssz'
import { decode, type SignedAttestation, signedTypesFor } from '@trine/types'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Contract } from './support/contract.ts'
import { GOOD_SIGNATURE, startTestNode, type TestNode, until } from './support/testNode.ts'

const VALIDATORS = 4
const SSZ = 'application/octet-stream'
const { signedAttestationType, signedBlockWithAttestationType } = signedTypesFor('ssz3112')
const signedAttestationsType = new ListCompositeType(signedAttestationType, 4096)

let lean: TestNode
let contract: Contract

beforeAll(async () => {
  const parts = { servesValidators: true }
  lean = await startTestNode({
    hasDuties: false,
    validatorCount: VALIDATORS,
    millisecondsPerInterval: 100,
    parts,
  })
  contract = await Contract.of(lean.api)
}, 60_000)

afterAll(async () => {
  await lean.stop()
  expect(lean.errors).toEqual([])
})

async function post(path: string, payload: Uint8Array, type = SSZ) {
  const request = { method: 'POST', url: path, headers: { 'content-type': type } } as const
  const response = await lean.api.server.inject({ ...request, payload: Buffer.from(payload) })
  return { status: response.statusCode, body: response.json() }
}

const submitVotes = (votes: SignedAttestation[]) =>
  post('/lean/v0/validator/attestations', signedAttestationsType.serialize(votes))

/** A block for the slot from the node, with the proposer's signature. */
async function signedBlockFor(slot: number) {
  const url = `/lean/v0/validator/block?slot=${slot}&validator_index=${slot % VALIDATORS}`
  const response = await lean.api.server.inject(url)
  if (response.statusCode !== 200) return undefined
  const block = decode(signedBlockWithAttestationType, new Uint8Array(response.rawPayload))
  if (!block.ok) throw new Error(block.error.code)
  const { message, signature } = block.value
  expect(signature).toHaveLength(message.block.body.attestations.length + 1)
  expect(signature.at(-1)!.every((byte) => byte === 0)).toBe(true)
  return { message, signature: [...signature.slice(0, -1), GOOD_SIGNATURE] }
}

/** The votes for the slot, all but the proposer's. */
async function votesFor(slot: number, signature = GOOD_SIGNATURE): Promise<SignedAttestation[] | undefined> {
  const response = await lean.api.server.inject(`/lean/v0/validator/attestation_data?slot=${slot}`)
  if (response.statusCode !== 200) return undefined
  const { head_root, data } = response.json()
  expect(head_root).toBe(data.head.root)
  const checkpoint = ({ root, slot }: { root: string; slot: number }) => ({
    root: Buffer.from(root.slice(2), 'hex'),
    slot,
  })
  return Array.from({ length: VALIDATORS }, (_, validatorIndex) => validatorIndex)
    .filter((validatorIndex) => validatorIndex !== slot % VALIDATORS)
    .map((validatorIndex) => ({
      message: {
        validatorIndex,
        data: {
          slot: data.slot,
          head: checkpoint(data.head),
          target: checkpoint(data.target),
          source: checkpoint(data.source),
        },
      },
      signature,
    }))
}

const slotNow = async () => (await contract.json('/lean/v0/clock')).last_tick?.slot as number | undefined

describe('validators outside of the process', { timeout: 120_000 }, () => {
  it('make a chain that finalizes', async () => {
    let last = 0
    let accepted = 0
    await until('a finalized slot', async () => {
      const slot = await slotNow()
      if (slot !== undefined && slot > last) {
        last = slot
        const block = await signedBlockFor(slot)
        if (block !== undefined) {
          const { status } = await post(
            '/lean/v0/validator/block',
            signedBlockWithAttestationType.serialize(block),
          )
          expect(status).toBe(200)
        }
        const votes = await votesFor(slot)
        if (votes !== undefined) {
          const { status, body } = await submitVotes(votes)
          expect(status).toBe(200)
          expect(body.accepted + body.failures.length).toBe(votes.length)
          accepted += body.accepted
        }
      }
      return (await contract.json('/lean/v0/checkpoints/finalized')).slot > 0
    })
    expect(accepted).toBeGreaterThan(0)
  })

  it('hear what became of each vote', async () => {
    await until('a slot with time left', async () => {
      const slot = await slotNow()
      const votes = slot === undefined ? undefined : await votesFor(slot)
      if (votes === undefined) return false
      const [first, second, third] = votes as [SignedAttestation, SignedAttestation, SignedAttestation]
      const badSignature = { ...second, signature: new Uint8Array(3112) }
      const nobody = { ...third, message: { ...third.message, validatorIndex: 4000 } }
      const { status, body } = await submitVotes([first, badSignature, nobody])
      expect(status).toBe(200)
      const expected = [
        { index: 1, verdict: 'reject', reason: 'INVALID_SIGNATURE' },
        { index: 2, verdict: 'reject', reason: 'SIGNER_OUT_OF_RANGE' },
      ]
      if (body.accepted !== 1) return false
      expect(body.failures).toEqual(expected)
      const again = await submitVotes([first])
      expect(again.body).toMatchObject({ accepted: 0, failures: [{ index: 0, verdict: 'ignore' }] })
      return true
    })
  })

  it('hear that a block is not good', async () => {
    const block = await until('a block', async () => {
      const slot = await slotNow()
      return slot === undefined ? undefined : signedBlockFor(slot)
    })
    const forged = { ...block, signature: [...block.signature.slice(0, -1), new Uint8Array(3112)] }
    const { status, body } = await post(
      '/lean/v0/validator/block',
      signedBlockWithAttestationType.serialize(forged),
    )
    expect(status).toBe(200)
    expect(body).toEqual({ verdict: 'reject', reason: 'INVALID_SIGNATURE' })
  })

  it('are refused what is not for now, or not for them', async () => {
    const far = await lean.api.server.inject('/lean/v0/validator/attestation_data?slot=4000000000')
    expect(far.statusCode).toBe(409)
    expect(far.json().message).toMatch(/expected the current slot \d+, got 4000000000$/)
    await until('a refusal', async () => {
      const slot = (await slotNow())!
      const url = `/lean/v0/validator/block?slot=${slot}&validator_index=${(slot + 1) % VALIDATORS}`
      const response = await lean.api.server.inject(url)
      expect(response.statusCode).toBe(409)
      return /NOT_PROPOSER/.test(response.json().message)
    })
    const bad = ['slot=1', 'validator_index=1', 'slot=1&validator_index=4096', 'slot=x&validator_index=1']
    for (const query of bad) {
      const response = await lean.api.server.inject(`/lean/v0/validator/block?${query}`)
      expect([query, response.statusCode]).toEqual([query, 400])
    }
  })

  it('are refused bodies of another shape', async () => {
    for (const path of ['/lean/v0/validator/block', '/lean/v0/validator/attestations']) {
      const junk = await post(path, new Uint8Array(500).fill(9))
      expect(junk.status).toBe(400)
      expect(junk.body.message).toMatch(/^body: .*expected/)
      const text = await post(path, Buffer.from('[]'), 'application/json')
      expect(text).toMatchObject({ status: 415, body: { code: 'UNSUPPORTED_MEDIA_TYPE' } })
      const long = await post(path, new Uint8Array(14 * 2 ** 20))
      expect(long).toMatchObject({ status: 413, body: { code: 'TOO_LARGE' } })
    }
    const none = await post('/lean/v0/validator/attestations', new Uint8Array(0))
    expect(none).toMatchObject({ status: 200, body: { accepted: 0, failures: [] } })
  })

  it('find no such routes where they are not served', async () => {
    const other = await startTestNode({ hasDuties: false })
    try {
      const response = await other.api.server.inject('/lean/v0/validator/attestation_data?slot=1')
      expect(response.statusCode).toBe(404)
    } finally {
      await other.stop()
    }
  })
})
