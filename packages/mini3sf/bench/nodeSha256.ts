import { createHash, type Hash } from 'node:crypto'
import type { StartSha256, TextHash } from '../src/index.ts'

/** Node's own SHA-256, as the command line uses it. */
export const nodeSha256: StartSha256 = () => textHash(createHash('sha256'))

function textHash(hash: Hash): TextHash {
  return {
    update: (text) => void hash.update(text),
    copy: () => textHash(hash.copy()),
    hex: () => hash.digest('hex'),
  }
}
