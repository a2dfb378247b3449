import type { SignError, Signer, Verifier } from '@trine/messages'
import { failure, success, type ValidatorIndex } from '@trine/types'
import type { JobError, SignaturePool } from '@trine/xmss'

/** The services' Verifier on a pool of workers. Refuses what the pool has no room for. */
export function createPoolVerifier(pool: SignaturePool): Verifier {
  return {
    verify: (items, reply) => {
      const job = pool.submitVerify(items)
      if (!job.ok) {
        reply.refuse('refused', job.error.message)
        return
      }
      void job.value.result.then((verdicts) => {
        if (verdicts.ok) reply.answer(verdicts.value)
        else reply.refuse('failed', verdicts.error.message)
      })
    },
  }
}

/** A validator's key, opened and known to the pool by its name. */
export type PooledKey = {
  readonly validatorIndex: ValidatorIndex
  readonly publicKey: Uint8Array
  readonly keyId: string
  readonly firstEpoch: number
  /** The first epoch that it cannot sign any more. */
  readonly endEpoch: number
}

/** The services' Signer on a pool that has the keys. */
export function createPoolSigner(pool: SignaturePool, keys: readonly PooledKey[]): Signer {
  const known = new Map(keys.map((key) => [key.validatorIndex, key]))
  return {
    validators: [...known.keys()],
    publicKeyOf: (validatorIndex) => known.get(validatorIndex)?.publicKey,
    sign: ({ validatorIndex, epoch, message }, reply) => {
      const key = known.get(validatorIndex)
      if (key === undefined) {
        const text = `expected one of the validators ${[...known.keys()].join(', ')}, got ${validatorIndex}`
        reply.answer(failure({ code: 'UNKNOWN_VALIDATOR', message: text }))
        return
      }
      const job = pool.submitSign({ keyId: key.keyId, epoch, message })
      if (!job.ok) {
        reply.answer(failure(signError(job.error)))
        return
      }
      void job.value.result.then((signature) => {
        reply.answer(signature.ok ? success(signature.value) : failure(signError(signature.error)))
      })
    },
  }
}

function signError({ code, message }: JobError): SignError {
  return { code: code === 'epochNotActive' ? 'EPOCH_OUT_OF_RANGE' : 'FAILED', message }
}

/** Moves the keys' windows to an epoch, before the first duty. What fails here fails again, with a reason, when signed. */
export async function prepareKeys(
  pool: SignaturePool,
  keys: readonly PooledKey[],
  epoch: number,
): Promise<void> {
  await Promise.all(
    keys.map(async ({ keyId }) => {
      const job = pool.submitPreparation(keyId, epoch)
      if (job.ok) await job.value.result
    }),
  )
}
