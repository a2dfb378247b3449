import { scrypt } from '@noble/hashes/scrypt.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { type Result, success } from '../result.ts'
import { type KeyError, keyFailure } from './error.ts'

/** Cost of turning a passphrase into a key: scrypt's N, r and p (RFC 7914); memory is 128 * n * r bytes. */
export interface ScryptCost {
  readonly n: number
  readonly r: number
  readonly p: number
}

/** 128 MiB and about 0.7 s. */
export const DEFAULT_SCRYPT_COST: ScryptCost = { n: 2 ** 17, r: 8, p: 1 }

/** The most a file may demand: 1 GiB and p = 4. More is refused before anything is allocated. */
const MAX_SCRYPT_MEMORY = 2 ** 30
const MAX_SCRYPT_P = 4

export const SALT_BYTES = 32

/** Whether the numbers are a cost this program takes. */
export function checkScryptCost({ n, r, p }: ScryptCost): Result<ScryptCost, KeyError> {
  const isPower = Number.isSafeInteger(n) && n >= 2 && Number.isInteger(Math.log2(n))
  const isSmall = Number.isInteger(r) && r >= 1 && Number.isInteger(p) && p >= 1 && p <= MAX_SCRYPT_P
  if (!isPower || !isSmall || 128 * n * r > MAX_SCRYPT_MEMORY) {
    const expected = `n a power of 2, 128 * n * r <= ${MAX_SCRYPT_MEMORY}, p <= ${MAX_SCRYPT_P}`
    return keyFailure('unsupported', `scrypt cost: expected ${expected}, got n ${n}, r ${r}, p ${p}`)
  }
  return success({ n, r, p })
}

/**
 * A passphrase and the keys derived from it so far. Key files written together share one salt, so that reading a
 * hundred of them derives one key; each file has a nonce of its own.
 */
export class Passphrase {
  // Truly private, so that nothing that prints objects shows them.
  readonly #text: string
  readonly #derived = new Map<string, Uint8Array>()

  /** The text is normalised (NFKC), so that it can be typed on any keyboard. */
  constructor(text: string) {
    if (text.length === 0) throw new RangeError('passphrase: expected at least one character')
    this.#text = text.normalize('NFKC')
  }

  /** 32 bytes for an AEAD. The cost must have passed `checkScryptCost`. */
  deriveKey(salt: Uint8Array, { n, r, p }: ScryptCost): Uint8Array {
    const id = `${bytesToHex(salt)} ${n} ${r} ${p}`
    const known = this.#derived.get(id)
    if (known !== undefined) return known
    const key = scrypt(this.#text, salt, { N: n, r, p, dkLen: 32, maxmem: 2 * MAX_SCRYPT_MEMORY })
    this.#derived.set(id, key)
    return key
  }
}
