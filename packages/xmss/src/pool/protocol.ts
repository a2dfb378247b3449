import { ELEMENT_BYTES, MESSAGE_BYTES, PUBLIC_KEY_BYTES } from '../constants.ts'
import type { VerifyItem } from '../ports.ts'
import type { SignatureEncoding } from '../signatureEncoding.ts'
import type { Scheme, SecretKey, SubTree } from '../types.ts'

/** What a worker is started with. */
export interface WorkerSettings {
  readonly scheme: Scheme
  readonly encoding: SignatureEncoding
}

/** A key as a worker keeps it. */
export interface WorkerKey {
  readonly scheme: Scheme
  readonly secretKey: SecretKey
}

export type WorkerRequest =
  | { readonly type: 'verify'; readonly packed: Uint8Array }
  | {
      readonly type: 'sign'
      readonly keyId: string
      /** Given when this worker has not seen this state of the key yet. */
      readonly key: WorkerKey | undefined
      readonly epoch: number
      readonly message: Uint8Array
    }
  | {
      readonly type: 'leaves'
      readonly scheme: Scheme
      readonly prfKey: Uint8Array
      readonly parameter: Uint32Array
      readonly startEpoch: number
      readonly count: number
    }
  | {
      readonly type: 'bottomTree'
      readonly scheme: Scheme
      readonly parameter: Uint32Array
      readonly index: number
      readonly leaves: Uint32Array
    }

/** `verify`: a byte 0 or 1 per item; `sign`: the signature or null; `leaves`: digests. */
export type WorkerResponse = Uint8Array | Uint32Array | SubTree | null

export type WorkerMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'done'; readonly value: WorkerResponse }

/** Bytes of an item before its signature: public key, epoch u32, message. */
const ITEM_HEAD_BYTES = PUBLIC_KEY_BYTES + ELEMENT_BYTES + MESSAGE_BYTES

/**
 * Whether an item can be packed; what cannot is not valid. One buffer for a batch is moved between threads in no
 * time, while copying hundreds of small arrays (or the block they are views of) costs as much as checking.
 */
export function canPack(item: VerifyItem, signatureBytes: number): boolean {
  const { publicKey, epoch, message, signature } = item
  return (
    publicKey.length === PUBLIC_KEY_BYTES &&
    message.length === MESSAGE_BYTES &&
    signature.length === signatureBytes &&
    Number.isInteger(epoch) &&
    epoch >= 0 &&
    epoch < 2 ** 32
  )
}

export function packItems(items: readonly VerifyItem[], signatureBytes: number): Uint8Array {
  const stride = ITEM_HEAD_BYTES + signatureBytes
  const packed = new Uint8Array(items.length * stride)
  const view = new DataView(packed.buffer)
  for (const [index, { publicKey, epoch, message, signature }] of items.entries()) {
    const start = index * stride
    packed.set(publicKey, start)
    view.setUint32(start + PUBLIC_KEY_BYTES, epoch, true)
    packed.set(message, start + PUBLIC_KEY_BYTES + ELEMENT_BYTES)
    packed.set(signature, start + ITEM_HEAD_BYTES)
  }
  return packed
}

/** The items of a batch, as views of it. */
export function unpackItems(packed: Uint8Array, signatureBytes: number): VerifyItem[] {
  const stride = ITEM_HEAD_BYTES + signatureBytes
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  return Array.from({ length: packed.length / stride }, (_, index) => {
    const start = index * stride
    const messageStart = start + PUBLIC_KEY_BYTES + ELEMENT_BYTES
    return {
      publicKey: packed.subarray(start, start + PUBLIC_KEY_BYTES),
      epoch: view.getUint32(start + PUBLIC_KEY_BYTES, true),
      message: packed.subarray(messageStart, messageStart + MESSAGE_BYTES),
      signature: packed.subarray(start + ITEM_HEAD_BYTES, start + stride),
    }
  })
}

/** Buffers of a request or response that can be moved instead of copied. */
export function movable(message: WorkerRequest | WorkerResponse): ArrayBuffer[] {
  if (message === null) return []
  if (message instanceof Uint8Array || message instanceof Uint32Array) return ownBuffers([message])
  if ('layers' in message) return ownBuffers(message.layers.map((layer) => layer.nodes))
  if (message.type === 'verify') return ownBuffers([message.packed])
  return []
}

function ownBuffers(arrays: readonly (Uint8Array | Uint32Array)[]): ArrayBuffer[] {
  const buffers = arrays
    .filter((array) => array.byteLength === array.buffer.byteLength)
    .map((array) => array.buffer)
    .filter((buffer) => buffer instanceof ArrayBuffer)
  return [...new Set(buffers)]
}
