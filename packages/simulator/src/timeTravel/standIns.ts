import type { Message, Ref } from '@trine/actors'
import type { KeyLedger, PeerId, Signer, Transport, Verifier } from '@trine/messages'
import { type NodeRefs, type Refused, TRANSPORT } from '@trine/node'
import type { ValidatorIndex } from '@trine/types'

/**
 * What stands around a service that is rebuilt from a journal: it takes everything and does nothing, for what came of it
 * stands in the journal. Whether something was taken is said as it was then.
 */
export class Refusals {
  readonly #refused = new Map<string, Set<number>>()

  /** Something that `teller` told was refused. */
  note(teller: string, { by, number }: Refused): void {
    const key = `${teller} ${by}`
    const numbers = this.#refused.get(key) ?? new Set()
    this.#refused.set(key, numbers.add(number))
  }

  /** Counts what one teller tells another, and says of each whether it was taken. */
  counter(teller: string, by: string): () => boolean {
    const key = `${teller} ${by}`
    let number = 0
    return () => {
      number += 1
      return this.#refused.get(key)?.has(number) !== true
    }
  }
}

/** Refs of services that are not there. */
export function silentRefs(nodeName: string): NodeRefs {
  const silent = (name: string) => ({ name: `${nodeName}/${name}`, tell: () => true })
  return {
    clock: silent('clock'),
    chain: silent('chain'),
    validator: silent('validator'),
    network: silent('network'),
    sync: silent('sync'),
  }
}

/** A ref that takes and refuses what was taken and refused then. */
export function rememberingRef<M extends Message>(
  { name }: Ref<M>,
  teller: string,
  refusals: Refusals,
): Ref<M> {
  const tell = refusals.counter(teller, name)
  return { name, tell }
}

export const silentVerifier: Verifier = { verify: () => {} }

export const silentLedger: KeyLedger = { reserve: () => {}, highestReserved: () => undefined }

/** Knows whose keys it would have, and signs nothing. */
export function silentSigner(
  validators: readonly ValidatorIndex[],
  publicKeys: readonly Uint8Array[],
): Signer {
  return {
    validators,
    publicKeyOf: (index) => (validators.includes(index) ? publicKeys[index] : undefined),
    sign: () => {},
  }
}

export function silentTransport(localPeerId: PeerId, refusals: Refusals): Transport {
  const nothing = () => {}
  return {
    localPeerId,
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    subscribe: nothing,
    unsubscribe: nothing,
    publish: nothing,
    reportVerdict: nothing,
    serve: nothing,
    request: nothing,
    readOn: nothing,
    cancelRequest: nothing,
    respond: refusals.counter('network', TRANSPORT),
    endResponse: nothing,
    setScore: nothing,
    disconnect: nothing,
    ban: nothing,
    peers: () => [],
  }
}
