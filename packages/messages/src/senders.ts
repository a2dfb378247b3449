import type { Message } from '@trine/actors'

export const serviceNames = ['clock', 'chain', 'validator', 'network', 'sync'] as const

export type ServiceName = (typeof serviceNames)[number]

/** Who sends messages: the services, their transport, and the API, which stands for everything outside that asks. */
export type Sender = ServiceName | 'transport' | 'api'

/** Who may send each kind of message. A service's own name: results and timers it sends to itself. */
export type SendersOf<M extends Message> = { readonly [K in M['type']]: readonly Sender[] }

/** The messages of `M` that the sender may send: the type of the ref it is given. */
export type From<M extends Message, Senders extends SendersOf<M>, Name extends string> = Extract<
  M,
  { readonly type: { [K in M['type']]: Name extends Senders[K][number] ? K : never }[M['type']] }
>
