/** Immutable data with a literal `type`. No class instances and no callbacks, `Reply` in a field `reply` excepted. */
export type Message = { readonly type: string }

/** Where messages of the kinds `M` can be sent. */
export interface Ref<in M extends Message> {
  /** Path of the receiver, `system/actor`. */
  readonly name: string
  /** Hands a message over; false when it was refused (lane full, or receiver closed), and the sender decides what then. */
  readonly tell: (message: M) => boolean
}

/** The one answer to a question. It can be given once; everything later is ignored. */
export interface Reply<in T> {
  /** Gives the answer; false when it came too late or was not the first. */
  readonly answer: (value: T) => boolean
  /** Says that no answer will come. The runtime calls this for questions that are dropped or whose handler threw. */
  readonly refuse: (code: AskErrorCode, message: string) => boolean
  /** Whether an answer is still awaited. */
  readonly isOpen: boolean
}

/**
 * Why a question stayed without an answer: nobody answered in time (`timeout`), the mailbox was full or closed
 * (`refused`), a newer message pushed it out (`dropped`), the receiver stopped first (`stopped`), its handler threw or
 * its work failed (`failed`).
 */
export type AskErrorCode = 'timeout' | 'refused' | 'dropped' | 'stopped' | 'failed'

export type AskError = { readonly code: AskErrorCode; readonly message: string }

/** What became of a question: failures are data, a promise of this never rejects. */
export type AskResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: AskError }

/** The kinds of `M` that are questions. */
export type AskKind<M extends Message> = Extract<M, { readonly reply: Reply<never> }>['type']

/** The message of `M` that has the kind `K`. */
export type MessageOf<M extends Message, K extends M['type']> = Extract<M, { readonly type: K }>

/** A question of the kind `K` without its reply, which is added when it is asked. */
export type Question<M extends Message, K extends M['type']> = { readonly type: K } & Omit<
  MessageOf<M, K>,
  'type' | 'reply'
>

/** What the question of the kind `K` is answered with. */
export type AnswerOf<M extends Message, K extends M['type']> =
  MessageOf<M, K> extends { readonly reply: Reply<infer T> } ? T : never

/** The reply that a message carries, if it is a question. */
export function replyOf(message: Message): Reply<unknown> | undefined {
  return (message as { reply?: Reply<unknown> }).reply
}
