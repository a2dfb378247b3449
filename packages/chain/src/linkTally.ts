import type { RootHex, SignedAttestation, Slot } from '@trine/types'
import { dropOldest } from './dropOldest.ts'
import { type VoteContent, voteContent } from './memo.ts'

/** Links remembered; those without votes for longest are forgotten first. */
const LIMIT = 1024

type Link = {
  readonly source: VoteContent['source']
  /** One bit per validator. */
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
  #last: { readonly key: string; readonly link: Link } | undefined

  constructor(validatorCount: number) {
    this.#validatorCount = validatorCount
  }

  add({ message }: SignedAttestation): void {
    const link = this.#linkOf(voteContent(message.data))
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
      if (link.source.root === source && link.votes > most) most = link.votes
    }
    return most
  }

  /** Forgets the links from before a slot. */
  forgetBefore(slot: Slot): void {
    for (const [key, { source }] of this.#links) if (source.slot < slot) this.#links.delete(key)
    this.#last = undefined
  }

  #linkOf({ link: key, source }: VoteContent): Link {
    if (this.#last?.key === key) return this.#last.link
    const link = this.#links.get(key) ?? {
      source,
      bits: new Uint8Array(Math.ceil(this.#validatorCount / 8)),
      votes: 0,
    }
    this.#links.delete(key)
    this.#links.set(key, link)
    dropOldest(this.#links, LIMIT)
    this.#last = { key, link }
    return link
  }
}
