import { bytesEqual, toHex } from '@trine/types'
import { activeRange, encodePublicKey, type SignaturePool } from '@trine/xmss'
import { readSecretKeyFile } from '@trine/xmss/node'
import { UserError } from '../userError.ts'
import { readOrUserError } from '../userInput.ts'
import type { DutySetup } from './nodeSetup.ts'
import type { PooledKey } from './ports.ts'

/** Opens the node's key files, checks each against the genesis, and gives them to the pool. */
export async function openKeys(setup: DutySetup, pool: SignaturePool): Promise<PooledKey[]> {
  const { ownKeys, passphrase, genesis } = setup
  const keys: PooledKey[] = []
  for (const { validatorIndex, secretKeyFile } of ownKeys) {
    const key = await readOrUserError(secretKeyFile, (file) => readSecretKeyFile(file, passphrase))
    const publicKey = encodePublicKey(key.publicKey)
    const expected = genesis.publicKeys[validatorIndex]
    if (expected === undefined || !bytesEqual(publicKey, expected)) {
      const wanted = expected ? toHex(expected) : 'no such validator in the genesis'
      const where = `${secretKeyFile}: key of validator ${validatorIndex}`
      throw new UserError(`${where}: expected public key ${wanted}, got ${toHex(publicKey)}`)
    }
    const { start: firstEpoch, end: endEpoch } = activeRange(key.secretKey)
    keys.push({ validatorIndex, publicKey, keyId: pool.addKey(key), firstEpoch, endEpoch })
  }
  return keys
}
