import { ClassicLevel } from 'classic-level'

/** What the store needs of a LevelDB. */
export type Database = Pick<
  ClassicLevel<Uint8Array, Uint8Array>,
  | 'get'
  | 'getMany'
  | 'batch'
  | 'iterator'
  | 'keys'
  | 'snapshot'
  | 'approximateSize'
  | 'compactRange'
  | 'open'
  | 'close'
>

/** A LevelDB in a folder. It begins to open, and to make files, as soon as it exists. */
export function newDatabase(folder: string, createIfMissing = true): ClassicLevel<Uint8Array, Uint8Array> {
  return new ClassicLevel(folder, { keyEncoding: 'view', valueEncoding: 'view', createIfMissing })
}

export type Operations = (
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: Uint8Array }
)[]

export function put(key: Uint8Array, value: Uint8Array): Operations[number] {
  return { type: 'put', key, value }
}

export function del(key: Uint8Array): Operations[number] {
  return { type: 'del', key }
}

/** What the database answers is a Buffer, whatever its type says: its `slice` does not copy, so that decoded values would hang on to it. */
export function asBytes(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)
}

/** The message of an error, and of what caused it. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : `${error.message}: ${describeFailure(error.cause)}`
}
