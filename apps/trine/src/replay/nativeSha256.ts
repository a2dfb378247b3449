import { createHash } from 'node:crypto'
import type { StartSha256 } from '@trine/mini3sf'

/** Node's SHA-256, four times as fast as the portable one. */
export const startNativeSha256: StartSha256 = () => {
  const hash = createHash('sha256')
  return {
    update: (text) => {
      hash.update(text)
    },
    hex: () => hash.digest('hex'),
  }
}
