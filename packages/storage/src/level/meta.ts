import {
  failure,
  type Result,
  type RootHex,
  SIGNATURE_ENCODINGS,
  type SignatureEncoding,
  success,
} from '@trine/types'

const SCHEMA = 2

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

export type OpenedMeta = { readonly identity: StoreIdentity; readonly meta: Uint8Array }

/** Reads what a database, or an export of one, says that it is. */
export function readMeta(bytes: Uint8Array, place: string): Result<OpenedMeta, StoreOpenError> {
  const parsed = parse(bytes, place)
  if (!parsed.ok) return parsed
  const { schema, genesisRoot, protocol, signatureEncoding } = parsed.value
  const problem = problemOfSchema(schema, place)
  if (problem !== undefined) return problem
  if (
    typeof genesisRoot !== 'string' ||
    typeof protocol !== 'string' ||
    !SIGNATURE_ENCODINGS.includes(signatureEncoding!)
  ) {
    return refuse('DAMAGED', place, 'the database does not say what it is of')
  }
  const identity = { genesisRoot, protocol, signatureEncoding: signatureEncoding! }
  return success({ identity, meta: bytes })
}

/** Compares what a database says that it is with what it should be; undefined when it is the same. */
export function problemOfMeta(bytes: Uint8Array, expected: StoreIdentity, folder: string) {
  const parsed = parse(bytes, folder)
  if (!parsed.ok) return parsed
  const found = parsed.value
  const problem = problemOfSchema(found.schema, folder)
  if (problem !== undefined) return problem
  const fields = [
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

type FoundMeta = Partial<StoreIdentity> & { readonly schema: number }

function parse(bytes: Uint8Array, place: string): Result<FoundMeta, StoreOpenError> {
  let found: Partial<FoundMeta> | null
  try {
    found = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return refuse('DAMAGED', place, 'the description of the database cannot be read')
  }
  if (typeof found?.schema !== 'number') {
    return refuse('DAMAGED', place, 'the database does not say its schema')
  }
  return success(found as FoundMeta)
}

function problemOfSchema(schema: number, place: string) {
  if (schema === SCHEMA) return undefined
  const [code, wayOut] =
    schema > SCHEMA
      ? (['NEWER_SCHEMA', 'a later Trine wrote it'] as const)
      : (['OLDER_SCHEMA', 'an earlier Trine wrote it; choose another folder, and sync again'] as const)
  return refuse(code, place, `expected a database of schema ${SCHEMA}, got one of ${schema}: ${wayOut}`)
}
