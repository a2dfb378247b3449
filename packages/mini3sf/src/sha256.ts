import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/** A SHA-256 over text (as UTF-8) that grows piece by piece; `hex` ends it, `copy` goes on from the same text. */
export type TextHash = { update(text: string): void; copy(): TextHash; hex(): string }

/** Starts a SHA-256. Handed in where a platform has a faster one than the portable default. */
export type StartSha256 = () => TextHash

/** SHA-256 in plain JavaScript. */
export const portableSha256: StartSha256 = () => textHash(nobleSha256.create())

function textHash(hash: ReturnType<typeof nobleSha256.create>): TextHash {
  return {
    update: (text) => {
      hash.update(utf8ToBytes(text))
    },
    copy: () => textHash(hash.clone()),
    hex: () => bytesToHex(hash.digest()),
  }
}

/** SHA-256 of one text, as 64 hex digits. */
export function sha256Text(text: string, start: StartSha256): string {
  const hash = start()
  hash.update(text)
  return hash.hex()
}
