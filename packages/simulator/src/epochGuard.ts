import { toHex } from '@trine/types'

/** Watches every signature an honest node makes: no key may ever sign two messages at one epoch. */
export class EpochGuard {
  readonly #messages = new Map<string, string>()

  /** The violation, if this signature is one. */
  note(publicKey: Uint8Array, epoch: number, message: Uint8Array): string | undefined {
    const key = `${toHex(publicKey)}@${epoch}`
    const text = toHex(message)
    const earlier = this.#messages.get(key)
    this.#messages.set(key, text)
    return earlier === undefined || earlier === text
      ? undefined
      : `key ${key.slice(0, 18)} signed two messages at epoch ${epoch}: ${earlier} and ${text}`
  }
}
