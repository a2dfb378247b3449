import { signatureChecks } from '@trine/state-transition'
import { blockWithAttestationType } from '@trine/types'
import { encodeSignature, type Signature, test } from '@trine/xmss'
import { z } from 'zod'
import { json, jsonState, readFields } from '../devnet1/fields.ts'
import { type FixtureOutcome, fixtureRunner } from '../devnet1/fixtures.ts'
import { elements, join } from './fields.ts'
import { wrongSignature } from './signatureVerifier.ts'

const list = <Item extends z.ZodType>(item: Item) => z.strictObject({ data: z.array(item) })
const digest = z.strictObject({ data: elements }).transform(({ data }) => data)
const digests = list(digest).transform(({ data }) => join(data))

const signature = z
  .strictObject({ path: z.strictObject({ siblings: digests }), rho: digest, hashes: digests })
  .transform(({ path, rho, hashes }): Signature => ({ path: path.siblings, rho, hashes }))

/** A block with the signatures as the fixtures write them, and the state whose registry has the keys. */
const signedBlockFields = {
  anchorState: jsonState,
  signedBlockWithAttestation: z.strictObject({
    message: json(blockWithAttestationType),
    signature: list(signature),
  }),
}

const signedBlockSchema = z.object(signedBlockFields)

const schema = z.strictObject({
  network: z.string(),
  ...signedBlockFields,
  expectException: z.string().nullish(),
})

/** What the specification's generator signs with: its constants are in the order it had at the time. */
const SCHEME = { ...test, roundConstantOrder: 'leanspec' } as const

/** The specification's `verify_signatures` fixtures: a block whose signatures are all valid, or not. */
export const verifySignaturesRunner = fixtureRunner(
  'verify_signatures',
  'verify_signatures_test',
  schema,
  (fixture): FixtureOutcome => {
    const { expectException } = fixture
    const wrong = wrongSignatureIn(fixture)
    if (expectException == null) return { failure: wrong }
    if (wrong === undefined)
      return { failure: `signatures: expected ${expectException}, got all of them valid` }
    return { failure: undefined, note: `refused: ${wrong}` }
  },
)

function wrongSignatureIn({
  anchorState,
  signedBlockWithAttestation: signed,
}: z.output<typeof signedBlockSchema>): string | undefined {
  const bytes = signed.signature.data.map((each) => encodeSignature(SCHEME, each, 'ssz'))
  const checks = signatureChecks({ message: signed.message, signature: bytes }, anchorState)
  return checks.ok ? wrongSignature(SCHEME, checks.value, 'ssz') : checks.error.code
}

/**
 * What is wrong with the signatures of a fixture's block; undefined when all are valid. Throws an error that says which
 * field is not what was expected.
 */
export function findWrongSignature(json: unknown): string | undefined {
  return wrongSignatureIn(readFields(signedBlockSchema, json))
}
