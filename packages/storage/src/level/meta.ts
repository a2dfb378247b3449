import { failure, type RootHex, type SignatureEncoding } from '@trine/types'

export const SCHEMA = 2

/** What a database is of. Another one is refused. */
export type StoreIdentity = {
  /** Root of the genesis block. */
  readonly genesisRoot: RootHex
  /** Name of the protocol, `devnet-1`. */
  readonly protocol: string
  /** How the signatures in the stored blocks are encoded. */
  readonly signatureEncoding: SignatureEncoding
}

/**
 * Why a database is not opened. LOCKED: another process has it. OTHER_...: it is of something else. NEWER_SCHEMA: a later
 * Trine wrote it. OLDER_SCHEMA: an earlier one did, and it is not read any more. DAMAGED: it cannot be read. FILE_FAILED: the disk refused.
 */
export type StoreOpenErrorCode =
  | 'LOCKED'
  | 'OTHER_GENESIS'
  | 'OTHER_PROTOCOL'
  | 'OTHER_SIGNATURE_ENCODING'
  | 'NEWER_SCHEMA'
  | 'OLDER_SCHEMA'
  | 'DAMAGED'
  | 'FILE_FAILED'

export type StoreOpenError = { readonly code: StoreOpenErrorCode; readonly message: string }

export function refuse(code: StoreOpenErrorCode, folder: string, message: string) {
  return failure<StoreOpenError>({ code, message: `${folder}: ${message}` })
}

export function encodeMeta(identity: StoreIdentity): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ schema: SCHEMA, ...identity }))
}

/** Compares what a database says that it is with what it should be; undefined when it is the same. */
export function problemOfMeta(bytes: Uint8Array, expected: StoreIdentity, folder: string) {
  let found: Partial<StoreIdentity & { schema: unknown }> | null
  try {
    found = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return refuse('DAMAGED', folder, 'the description of the database cannot be read')
  }
  if (typeof found?.schema !== 'number')
    return refuse('DAMAGED', folder, 'the database does not say its schema')
  const fields = [
    [found.schema < SCHEMA ? 'OLDER_SCHEMA' : 'NEWER_SCHEMA', 'schema', SCHEMA, found.schema],
    ['OTHER_PROTOCOL', 'protocol', expected.protocol, found.protocol],
    ['OTHER_GENESIS', 'genesis', expected.genesisRoot, found.genesisRoot],
    ['OTHER_SIGNATURE_ENCODING', 'signature encoding', expected.signatureEncoding, found.signatureEncoding],
  ] as const
  for (const [code, name, wanted, actual] of fields) {
    if (wanted === actual) continue
    const message = `expected a database of ${name} ${wanted}, got one of ${actual}; choose another folder for this chain`
    return refuse(code, folder, message)
  }
  return undefined
}
