import type { Reply } from '@trine/actors'
import type { BlockStore, StoreBatch } from '@trine/messages'

/** What a port answers; rejects when it refuses. */
export function asked<T>(put: (reply: Reply<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const answer = (value: T) => {
      resolve(value)
      return true
    }
    const refuse = (_code: string, message: string) => {
      reject(new Error(message))
      return true
    }
    put({ answer, refuse, isOpen: true })
  })
}

export function write(store: BlockStore, batch: StoreBatch) {
  return asked<Parameters<Parameters<BlockStore['write']>[1]['answer']>[0]>((reply) =>
    store.write(batch, reply),
  )
}

export const written = { ok: true, value: 'written' }
