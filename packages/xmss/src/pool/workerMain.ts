import { decodePublicKey } from '../keys/publicKey.ts'
import type { VerifyItem } from '../ports.ts'
import { sign } from '../sign.ts'
import { decodeSignature, encodeSignature, signatureBytes } from '../signatureEncoding.ts'
import { buildBottomTree, computeLeaves } from '../trees.ts'
import { type SignedMessage, verifyBatch } from '../verify.ts'
import {
  unpackItems,
  type WorkerKey,
  type WorkerRequest,
  type WorkerResponse,
  type WorkerSettings,
} from './protocol.ts'

/** What every worker does, whatever kind of thread it is. Throws only for broken invariants: then the worker dies. */
export function createWorker(settings: WorkerSettings): (request: WorkerRequest) => WorkerResponse {
  const keys = new Map<string, WorkerKey>()
  return (request) => {
    switch (request.type) {
      case 'verify':
        return verifyPacked(settings, request.packed)
      case 'sign': {
        const key = request.key ?? keys.get(request.keyId)
        if (!key) throw new Error(`worker: key ${request.keyId} is not here`)
        keys.set(request.keyId, key)
        const signature = sign(key.scheme, key.secretKey, request.epoch, request.message)
        if (signature.ok) return encodeSignature(key.scheme, signature.value, settings.encoding)
        if (signature.error.code === 'noCodeword') return null
        throw new Error(`worker: ${signature.error.message}`)
      }
      case 'leaves':
        return computeLeaves(
          request.scheme,
          request.prfKey,
          request.parameter,
          request.startEpoch,
          request.count,
        )
      case 'bottomTree':
        return buildBottomTree(request.scheme, request.parameter, request.index, request.leaves)
    }
  }
}

function verifyPacked({ scheme, encoding }: WorkerSettings, packed: Uint8Array): Uint8Array {
  const items = unpackItems(packed, signatureBytes(scheme, encoding))
  const answers = new Uint8Array(items.length)
  const decoded = items.map((item) => decodeItem({ scheme, encoding }, item))
  const present = decoded.flatMap((item, index) => (item ? [{ item, index }] : []))
  const valid = verifyBatch(
    scheme,
    present.map(({ item }) => item),
  )
  for (const [position, { index }] of present.entries()) answers[index] = valid[position] ? 1 : 0
  return answers
}

function decodeItem({ scheme, encoding }: WorkerSettings, item: VerifyItem): SignedMessage | undefined {
  const publicKey = decodePublicKey(item.publicKey)
  const signature = decodeSignature(scheme, item.signature, encoding)
  if (!publicKey.ok || !signature.ok) return undefined
  return { publicKey: publicKey.value, epoch: item.epoch, message: item.message, signature: signature.value }
}
