import { type Checkpoint, type RootHex, type SignedAttestation, type Slot, toHex } from '@trine/types'

/** Links remembered; those without votes for longest are forgotten first. */
const LIMIT = 1024

type Link = {
  readonly source: RootHex
  readonly sourceSlot: Slot
  readonly bits: Uint8Array
  votes: number
}

/**
 * Counts the validators that voted for each link source -> target, from every verified vote, whatever branch it was
 * included in: the votes themselves are the facts that finality has to be justified by.
 */
export class LinkTally {
  readonly #validatorCount: number
  readonly #links = new Map<string, Link>()
  /** Nearly all votes of a slot are for the same link. */
  #last: { readonly source: Checkpoint; readonly target: Checkpoint; readonly link: Link } | undefined

  constructor(validatorCount: number) {
    this.#validatorCount = validatorCount
  }

  add({ message }: SignedAttestation): void {
    const link = this.#linkOf(message.data)
    const validatorIndex = Number(message.validatorIndex)
    const byte = validatorIndex >>> 3
    const mask = 1 << (validatorIndex & 7)
    if ((link.bits[byte]! & mask) !== 0) return
    link.bits[byte]! |= mask
    link.votes += 1
  }

  /** The most validators that agreed on one link from this block. */
  votesFrom(source: RootHex): number {
    let most = 0
    for (const link of this.#links.values()) {
      if (link.source === source && link.votes > most) most = link.votes
    }
    return most
  }

  /** Forgets the links from before a slot. */
  forgetBefore(slot: Slot): void {
    for (const [key, { sourceSlot }] of this.#links) if (sourceSlot < slot) this.#links.delete(key)
    this.#last = undefined
  }

  #linkOf({ source, target }: { readonly source: Checkpoint; readonly target: Checkpoint }): Link {
    if (this.#last?.source === source && this.#last.target === target) return this.#last.link
    const sourceRoot = toHex(source.root)
    const key = sourceRoot + toHex(target.root)
    const link = this.#links.get(key) ?? this.#newLink(sourceRoot, Number(source.slot))
    this.#links.delete(key)
    this.#links.set(key, link)
    if (this.#links.size > LIMIT) {
      const [oldest] = this.#links.keys()
      this.#links.delete(oldest!)
    }
    this.#last = { source, target, link }
    return link
  }

  #newLink(source: RootHex, sourceSlot: Slot): Link {
    return { source, sourceSlot, bits: new Uint8Array(Math.ceil(this.#validatorCount / 8)), votes: 0 }
  }
}
