import type { RequestId } from '@trine/messages'

/** Numbers for our requests. They outlive a restart of the service: an answer from before never meets a new request. */
export class RequestIds {
  #last = 0

  next(): RequestId {
    this.#last += 1
    return this.#last
  }
}
