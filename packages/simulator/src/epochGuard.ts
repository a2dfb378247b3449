import { bytesEqual, type RootHex, toHex } from '@trine/types'

type LastSignature = { readonly epoch: number; readonly message: Uint8Array }

/**
 * Watches every signature an honest node makes: no key may ever sign two messages at one epoch. Epochs of a key only
 * grow, so that the last one is all there is to remember.
 */
export class EpochGuard {
  readonly #last = new Map<RootHex, LastSignature>()
  readonly #names = new WeakMap<Uint8Array, RootHex>()

  /** The violation, if this signature is one. */
  note(publicKey: Uint8Array, epoch: number, message: Uint8Array): string | undefined {
    const key = this.#nameOf(publicKey)
    const last = this.#last.get(key)
    if (last === undefined || epoch > last.epoch) {
      this.#last.set(key, { epoch, message })
      return undefined
    }
    const name = `key ${key.slice(0, 18)}`
    if (epoch < last.epoch) return `${name} signed at epoch ${epoch} after epoch ${last.epoch}`
    if (bytesEqual(last.message, message)) return undefined
    return `${name} signed two messages at epoch ${epoch}: ${toHex(last.message)} and ${toHex(message)}`
  }

  #nameOf(publicKey: Uint8Array): RootHex {
    const name = this.#names.get(publicKey) ?? toHex(publicKey)
    this.#names.set(publicKey, name)
    return name
  }
}
