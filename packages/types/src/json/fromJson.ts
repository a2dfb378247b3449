import type { Type } from '@chainsafe/ssz'
import { type BlockWithAttestation, blockWithAttestationType } from '../containers/block.ts'
import { PRESET } from '../preset.ts'
import type { Result } from '../result.ts'
import type { JsonError } from './error.ts'
import { readJson } from './reader.ts'

/**
 * The value that a JSON value (as of `parseJson`) stands for, in the form that `toJson` writes. Nothing is guessed: a
 * key too many or too few, a list over its limit, a byte too few are errors that say where.
 *
 * @param path what to call the value in errors, for example the key under which it was found
 * @returns plain data; for a state, `stateType.toViewDU(value)` makes the view
 */
export function fromJson<Value>(type: Type<Value>, json: unknown, path = ''): Result<Value, JsonError> {
  return readJson(path, (reader) => reader.read(type, json) as Value)
}

/** A signed block as the fixtures from December 2025 on have it: each signature is still the JSON it was. */
export type BlockWithJsonSignatures = {
  readonly message: BlockWithAttestation
  readonly signatures: readonly unknown[]
}

/**
 * As `fromJson` for a `SignedBlockWithAttestation`, with the signatures left alone: the specification writes them as
 * hex at 050fa4a1 and as objects `{path, rho, hashes}` from d6cec9b3 on, which is for the signature scheme to read.
 */
export function signedBlockFromJson(json: unknown, path = ''): Result<BlockWithJsonSignatures, JsonError> {
  return readJson(path, (reader) => {
    const { message, signature } = reader.objectWith(['message', 'signature'], json)
    return {
      message: reader.at('message', () =>
        reader.read(blockWithAttestationType, message),
      ) as BlockWithAttestation,
      signatures: reader.at('signature', () => reader.listElements(signature, PRESET.validatorRegistryLimit)),
    }
  })
}
